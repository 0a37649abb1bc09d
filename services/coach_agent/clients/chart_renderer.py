"""Drawing charts in one child process, started with the first chart; Redis keeps what was drawn for a while."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import redis.asyncio

from shared.errors import InternalError, PayloadTooLarge, UpstreamTimeout, UpstreamUnavailable
from shared.logs import get_logger
from shared.redis import UNAVAILABLE

_log = get_logger("charts")

WORKER = "services.coach_agent.clients.chart_worker"
LARGEST_SPEC_BYTES = 1024 * 1024
_LARGEST_IMAGE_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RendererLimits:
    """``timeout_s`` for one drawing, ``idle_s`` until the child is let go, ``cache_s`` for a drawing in Redis."""

    timeout_s: float
    idle_s: float
    cache_s: int


class ProcessChartRenderer:
    """One drawing at a time: the child has one engine, and a queue here is cheaper than a second one."""

    def __init__(self, cache: redis.asyncio.Redis, limits: RendererLimits) -> None:
        self._cache = cache
        self._limits = limits
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def render(self, spec: Mapping[str, Any], media_type: str) -> bytes:
        line = orjson.dumps({"spec": spec, "mediaType": media_type})
        if len(line) > LARGEST_SPEC_BYTES:
            raise PayloadTooLarge("This chart holds more than can be drawn.")
        key = f"coach_agent:chart:{hashlib.sha256(line).hexdigest()}"
        kept = await self._kept(key)
        if kept is not None:
            return kept
        image = await self._drawn(line)
        await self._keep(key, image)
        return image

    async def close(self) -> None:
        async with self._turn:
            await self._let_go()

    async def _drawn(self, line: bytes) -> bytes:
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            try:
                async with asyncio.timeout(self._limits.timeout_s):
                    answer = await self._exchange(line)
            except TimeoutError:
                await self._let_go()
                raise UpstreamTimeout("Drawing this chart took too long. Please try again.", retry_after_s=1) from None
            except OSError as error:
                await self._let_go()
                raise UpstreamUnavailable("Charts cannot be drawn right now. Please try again.") from error
            except BaseException:
                # Whoever asked has gone; the child's answer would be taken for that of the next drawing.
                await self._let_go()
                raise
            self._idle = asyncio.get_running_loop().call_later(self._limits.idle_s, self._end_input)
        if "error" in answer:
            _log.error("chart not drawn", cause=answer["error"])
            raise InternalError("This chart could not be drawn. We have logged it; please try again later.")
        return base64.b64decode(answer["data"])

    async def _exchange(self, line: bytes) -> dict[str, Any]:
        child = await self._living_child()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(line + b"\n")
        await child.stdin.drain()
        answer = await child.stdout.readline()
        if not answer:
            raise ConnectionError("the chart process ended")
        parsed: dict[str, Any] = orjson.loads(answer)
        return parsed

    async def _living_child(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None or self._child_is_leaving():
            await self._let_go()
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", WORKER,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                limit=_LARGEST_IMAGE_LINE,
            )  # fmt: skip
        return self._child

    def _child_is_leaving(self) -> bool:
        return self._child is not None and self._child.stdin is not None and self._child.stdin.is_closing()

    def _end_input(self) -> None:
        """The child ends by itself when its input does."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()

    async def _let_go(self) -> None:
        child, self._child = self._child, None
        if self._idle is not None:
            self._idle.cancel()
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()

    async def _kept(self, key: str) -> bytes | None:
        try:
            kept = await self._cache.get(key)
        except UNAVAILABLE:
            return None
        return kept if isinstance(kept, bytes) else None

    async def _keep(self, key: str, image: bytes) -> None:
        try:
            await self._cache.set(key, image, ex=self._limits.cache_s)
        except UNAVAILABLE:
            _log.info("drawing not kept")
