"""Asking a service of ours over HTTP whether it is ready."""

from __future__ import annotations

import asyncio

from deploy.local.ports import LOOPBACK

_ANSWER_WITHIN_S = 5.0
_REQUEST = b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


async def is_ready(port: int) -> bool:
    """Whether ``GET /health/ready`` answers 200 on this loopback port."""
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            return await _status(port) == b"200"
    except (OSError, TimeoutError):
        return False


async def _status(port: int) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(_REQUEST)
        _, _, rest = (await reader.readline()).partition(b" ")
        return rest[:3]
    finally:
        writer.close()
