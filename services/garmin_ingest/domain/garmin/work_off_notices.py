"""The second reading of a notification: what it means for one runner, element by element, in the order they came."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from services.garmin_ingest.domain.errors import GarminRateLimited
from services.garmin_ingest.domain.garmin.log_ins import asks_to_wait
from services.garmin_ingest.domain.garmin.models import Connection
from services.garmin_ingest.domain.garmin.notices import Notices
from services.garmin_ingest.domain.garmin.notifications import parsed
from services.garmin_ingest.domain.garmin.ports import ConnectionStore
from services.garmin_ingest.domain.garmin.sync_ports import SyncLog
from services.garmin_ingest.domain.garmin.webhook_ports import NoticeMark, NoticeStore
from services.garmin_ingest.domain.imports import Failure
from shared.clock import Clock
from shared.errors import InternalError, ServiceError
from shared.logs import get_logger

_log = get_logger("garmin notifications")
# Where Garmin does not say how long it wants to be left alone.
_OWN_PATIENCE = dt.timedelta(minutes=15)


@dataclass(slots=True)
class _Round:
    """What has to wait for the next try, by subject, and the error that says when that is."""

    blocked: set[str] = field(default_factory=set)
    problem: ServiceError | None = None

    def postpone(self, mark: NoticeMark, error: ServiceError) -> None:
        self.blocked.add(mark.subject)
        if self.problem is None or isinstance(error, GarminRateLimited):
            self.problem = error


@dataclass(frozen=True, slots=True)
class WorkOffNotices:
    store: NoticeStore
    connections: ConnectionStore
    notices: Notices
    log: SyncLog
    clock: Clock

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
            outcome = await self._outcome(user_id, mark)
        except ServiceError as error:
            await self.store.fail(user_id, mark, Failure(error.code, error.message), final=not error.retryable)
            if error.retryable:
                this.postpone(mark, error)
        except Exception:  # noqa: BLE001 - one element that trips over a bug of ours must not cost the others
            _log.exception("a notification could not be worked off", kind=mark.kind)
            failure = InternalError("This notification made our importer fail; we have been told.")
            await self.store.fail(user_id, mark, Failure(failure.code, failure.message), final=True)
        else:
            await self.store.settle(user_id, mark, outcome)

    async def _outcome(self, user_id: uuid.UUID, mark: NoticeMark) -> str:
        value = parsed(await self.store.content(user_id, mark)) or {}
        connection = await self.connections.get(user_id)
        if connection is None or not _is_of(mark, connection):
            return "not_connected"
        if "callbackURL" in value:
            self._require_patience(connection)
        try:
            return await self.notices.apply(connection, mark, value)
        except GarminRateLimited as error:
            now = self.clock.now()
            wait = _OWN_PATIENCE if error.retry_after_s is None else dt.timedelta(seconds=error.retry_after_s)
            told = asks_to_wait(now + wait, now, connection.zone)
            await self.log.failed(connection, Failure(told.code, told.message), cooldown_until=now + wait)
            raise told from error

    def _require_patience(self, connection: Connection) -> None:
        """Raises GarminRateLimited while Garmin has asked us to wait, whoever it was that it asked."""
        now = self.clock.now()
        if connection.cooldown_until is not None and connection.cooldown_until > now:
            raise asks_to_wait(connection.cooldown_until, now, connection.zone)


def _is_of(mark: NoticeMark, connection: Connection) -> bool:
    """Whether the runner is still linked to the account that this is about."""
    return (connection.source, connection.account_hash) == ("official_partner", mark.account_hash)
