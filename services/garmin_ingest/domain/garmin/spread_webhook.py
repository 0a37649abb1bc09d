"""The first reading of a notification: which element is whose. The elements of each runner then wait in a line."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.garmin_ingest.domain.garmin.figures import text
from services.garmin_ingest.domain.garmin.models import Connection
from services.garmin_ingest.domain.garmin.notifications import USED, Element, elements, parsed
from services.garmin_ingest.domain.garmin.ports import ConnectionStore
from services.garmin_ingest.domain.garmin.webhook_ports import NewNotice, PayloadStore
from services.garmin_ingest.domain.imports import Failure
from shared.errors import MalformedBody
from shared.logs import get_logger

_log = get_logger("garmin notifications")
# What is read before it is written: enough that a statement is worth it, little enough to be held.
_BATCH_ELEMENTS = 500
_BATCH_BYTES = 4 * 1024 * 1024
_SAME_KIND: Mapping[str, str] = {"bodyComposition": "bodyComps", "manuallyUpdatedActivities": "activities"}
_OF_ACTIVITIES = frozenset({"activities", "activityFiles"})
_OF_THE_ACCOUNT = frozenset({"deregistrations", "userPermissionsChange"})
_LONGEST_SUBJECT = 100


@dataclass(slots=True)
class _Accounts:
    """Whose Garmin account is whose, asked once for each that a body names. ``strangers`` counts elements."""

    connections: ConnectionStore
    known: dict[str, Connection | None] = field(default_factory=dict)
    strangers: int = 0

    async def owner(self, garmin_id: str) -> Connection | None:
        if garmin_id not in self.known:
            account_hash = self.connections.account_hash("official_partner", garmin_id)
            self.known[garmin_id] = await self.connections.find("official_partner", account_hash)
        return self.known[garmin_id]


@dataclass(frozen=True, slots=True)
class SpreadWebhook:
    payloads: PayloadStore
    connections: ConnectionStore

    async def run(self, payload_id: uuid.UUID) -> None:
        """Do it once, however often it is asked for. Raises MalformedBody for a body that breaks off or never was one:
        what could be read of it is spread all the same, and the body is kept.
        """
        pieces = await self.payloads.open(payload_id)
        if pieces is None:
            return
        accounts, found = _Accounts(self.connections), elements(pieces)
        problem: MalformedBody | None = None
        async with self.payloads.spreading(payload_id) as spreading:
            while problem is None:
                batch, problem = await asyncio.to_thread(_batch, found)
                await spreading.add([notice for one in batch if (notice := await _notice(one, accounts)) is not None])
                if len(batch) == 0:
                    break
            await spreading.done(None if problem is None else Failure(problem.code, problem.message))
        if accounts.strangers:
            _log.info("notifications for accounts that nobody has connected", elements=accounts.strangers)
        if problem is not None:
            raise problem


def _batch(found: Iterator[Element]) -> tuple[list[Element], MalformedBody | None]:
    """The next elements that somebody here reads, an empty list after the last."""
    batch: list[Element] = []
    size = 0
    try:
        for element in found:
            if element.kind not in USED:
                continue
            batch.append(element)
            size += len(element.content)
            if len(batch) >= _BATCH_ELEMENTS or size >= _BATCH_BYTES:
                break
    except MalformedBody as error:
        return batch, error
    return batch, None


async def _notice(element: Element, accounts: _Accounts) -> NewNotice | None:
    value = parsed(element.content)
    garmin_id = None if value is None else text(value.get("userId"))
    owner = None if garmin_id is None else await accounts.owner(garmin_id)
    if value is None or owner is None:
        accounts.strangers += 1
        return None
    kind = _SAME_KIND.get(element.kind, element.kind)
    return NewNotice(owner.user_id, owner.account_hash, element.position, kind, _subject(kind, value), element.content)


def _subject(kind: str, value: Mapping[str, Any]) -> str:
    """What an element is about. Later ones may replace earlier ones, so the order of each subject is kept."""
    if kind in _OF_THE_ACCOUNT:
        return "account"
    if kind in _OF_ACTIVITIES:
        named = f"activity {value.get('activityId') or value.get('summaryId')}"
    else:
        named = f"{kind} {value.get('calendarDate') or value.get('summaryId')}"
    # One that cannot be stored would cost all runners of this notification theirs.
    return (text(named) or kind)[:_LONGEST_SUBJECT]
