"""The second reading of a notification: what it means for one runner, element by element, in the order they came."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.garmin_ingest.domain.errors import GarminRateLimited
from services.garmin_ingest.domain.garmin.models import Connection
from services.garmin_ingest.domain.garmin.notices import Notices
from services.garmin_ingest.domain.garmin.notifications import parsed
from services.garmin_ingest.domain.garmin.ports import ConnectionStore
from services.garmin_ingest.domain.garmin.webhook_ports import NoticeMark, NoticeStore
from services.garmin_ingest.domain.imports import Failure
from shared.errors import InternalError, ServiceError
from shared.logs import get_logger

_log = get_logger("garmin notifications")


@dataclass(slots=True)
class _Round:
    """What has to wait for the next try: subjects, and after a "wait" of Garmin's all that needs it."""

    blocked: set[str] = field(default_factory=set)
    problem: ServiceError | None = None
    asks_garmin: bool = True

    def postpone(self, mark: NoticeMark, error: ServiceError) -> None:
        self.blocked.add(mark.subject)
        self.problem = self.problem or error
        if isinstance(error, GarminRateLimited):
            self.problem, self.asks_garmin = error, False


@dataclass(frozen=True, slots=True)
class WorkOffNotices:
    store: NoticeStore
    connections: ConnectionStore
    notices: Notices

    async def run(self, user_id: uuid.UUID, payload_id: uuid.UUID) -> None:
        """Work off all that waits for this runner, and what of this payload was given up before.

        What cannot be done now does not hold up what is about something else; in the end its error is raised, so that
        the rest is tried again.
        """
        async with self.store.alone(user_id):
            this = _Round()
            for mark in await self.store.waiting(user_id, payload_id):
                if mark.subject not in this.blocked:
                    await self._one(user_id, mark, this)
        if this.problem is not None:
            raise this.problem

    async def bury(self, user_id: uuid.UUID, payload_id: uuid.UUID, error: ServiceError) -> None:
        await self.store.give_up(user_id, payload_id, Failure(error.code, error.message))

    async def _one(self, user_id: uuid.UUID, mark: NoticeMark, this: _Round) -> None:
        try:
            outcome = await self._outcome(user_id, mark, this)
        except ServiceError as error:
            await self.store.fail(user_id, mark, Failure(error.code, error.message), final=not error.retryable)
            if error.retryable:
                this.postpone(mark, error)
        except Exception:  # noqa: BLE001 - one element that trips over a bug of ours must not cost the others
            _log.exception("a notification could not be worked off", kind=mark.kind)
            failure = InternalError("This notification made our importer fail; we have been told.")
            await self.store.fail(user_id, mark, Failure(failure.code, failure.message), final=True)
        else:
            if outcome is not None:
                await self.store.settle(user_id, mark, outcome)

    async def _outcome(self, user_id: uuid.UUID, mark: NoticeMark, this: _Round) -> str | None:
        """None for what has to wait for Garmin's patience."""
        value = parsed(await self.store.content(user_id, mark)) or {}
        if not this.asks_garmin and _needs_garmin(value):
            return None
        connection = await self.connections.get(user_id)
        if not _is_of(mark, connection):
            return "not_connected"
        assert connection is not None
        return await self.notices.apply(connection, mark, value)


def _needs_garmin(value: Mapping[str, Any]) -> bool:
    return "callbackURL" in value


def _is_of(mark: NoticeMark, connection: Connection | None) -> bool:
    """Whether the runner is still linked to the account that this is about."""
    found = None if connection is None else (connection.source, connection.account_hash)
    return found == ("official_partner", mark.account_hash)
