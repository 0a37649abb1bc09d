"""UUIDv7 (RFC 9562): ids that sort by the time they were made, which keeps index pages dense."""

from __future__ import annotations

import secrets
import time
import uuid


def uuid7(*, unix_ms: int | None = None) -> uuid.UUID:
    """A new UUIDv7; ``unix_ms`` fixes its timestamp (milliseconds since 1970)."""
    milliseconds = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
