"""What the coach remembers of the runner, to be read and deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.moments import Moments
from gateway.web.visit import Visit
from shared.http.parsing import path_uuid

MEMORY = "/api/v1/memory"
_PAGE_LENGTH = "50"
_KINDS = {"habit": "Habit", "phase": "Phase of training", "injury": "Injury", "illness": "Illness", "race": "Race"}


@dataclass(frozen=True, slots=True)
class Remembered:
    memory_id: str
    kind: str
    text: str
    days: str

    @classmethod
    def of(cls, item: Mapping[str, Any], moments: Moments) -> Remembered:
        """From an item of ``GET /memory``."""
        first, last = (item[end] and moments.day(dt.date.fromisoformat(item[end])) for end in ("from", "to"))
        return cls(
            memory_id=str(item["id"]),
            kind=_KINDS.get(str(item["kind"]), str(item["kind"]).capitalize()),
            text=str(item["text"]),
            days=" to ".join(dict.fromkeys(day for day in (first, last) if day)),
        )


async def show_memory(visit: Visit) -> web.Response:
    cursor = visit.request.query.get("cursor")
    page = await visit.get("coach_agent", MEMORY, limit=_PAGE_LENGTH, **({"cursor": cursor} if cursor else {}))
    return visit.render(
        "memory.html",
        memories=[Remembered.of(item, visit.moments) for item in page["items"]],
        next_cursor=page["nextCursor"],
        first_page=cursor is None,
        forgotten="forgotten" in visit.request.query,
    )


async def forget(visit: Visit) -> web.Response:
    await visit.form()
    await visit.call("coach_agent", "DELETE", f"{MEMORY}/{path_uuid(visit.request, 'memory_id')}")
    return visit.see("/account/memory?forgotten=1")
