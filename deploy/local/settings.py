"""What a person may set: where the stack listens and where it keeps its data."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path

from deploy.local.failure import CannotRun

PROJECT = Path(__file__).parents[2]


@dataclasses.dataclass(frozen=True, slots=True)
class LocalSettings:
    """``host`` and ``port`` are the gateway's; everything else listens on loopback ports of its own choice."""

    host: str
    port: int
    data: Path


def read_settings(environment: Mapping[str, str] = os.environ) -> LocalSettings:
    """Raises ``CannotRun`` when a variable makes no sense."""
    port = environment.get("PACE42_PORT") or "8080"
    if not port.isdecimal() or not 1 <= int(port) <= 65_535:
        raise CannotRun(f"PACE42_PORT is {port!r}, but a port is a number from 1 to 65535.")
    if environment.get("PACE42_ENV") == "production":
        raise CannotRun(
            "PACE42_ENV is production, but this stack keeps its secrets beside its data: it is for one machine."
        )
    data = Path(environment.get("PACE42_DATA") or PROJECT / ".pace42")
    return LocalSettings(environment.get("PACE42_HOST") or "127.0.0.1", int(port), data.expanduser())
