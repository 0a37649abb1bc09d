"""One sync: what the runner has at Garmin is here afterwards, and what they deleted there is gone."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from services.garmin_ingest.domain.errors import (
    GarminConnectFailed,
    GarminNotConnected,
    GarminRateLimited,
    GarminUnavailable,
)
from services.garmin_ingest.domain.garmin.access import Access, Keys
from services.garmin_ingest.domain.garmin.backfill import Backfill
from services.garmin_ingest.domain.garmin.days import latest_day, pieces, without
from services.garmin_ingest.domain.garmin.log_ins import asks_to_wait
from services.garmin_ingest.domain.garmin.mirror import MOST_FAILURES, Mirror
from services.garmin_ingest.domain.garmin.models import Connection, Days
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, WellnessStore
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.domain.garmin.sync_ports import SyncJobs, SyncLog, Turn, Turns
from services.garmin_ingest.domain.imports import Failure, Job
from services.garmin_ingest.domain.ports import JobStore
from shared.clock import Clock
from shared.errors import ServiceError

# Watches are read late, and runs are edited in the days after: so far each sync looks back from the last good one.
_LOOKS_BACK = dt.timedelta(days=14)
# The first piece is what the runner waits for; the others are large, for each costs a request at least.
_PIECES_DAYS = (28, 196)
# The longest range that Garmin gives days of.
_WELLNESS_DAYS = 28
# A night may cost a request. Recovery is judged by 60 days; whoever wants older nights asks for their days by name.
_NIGHTS_OF_ITSELF, _NIGHTS_AT_ONCE = dt.timedelta(days=90), dt.timedelta(days=365)
# A first sync of many years takes its turn with the jobs of others.
_SLICE_S = 60.0
_NEXT_TURN = dt.timedelta(seconds=5)
_EVERY = dt.timedelta(hours=6)
_JITTER = 0.1
# Where Garmin does not say how long; doubled each time in a row.
_SHORTEST_COOLDOWN, _LONGEST_COOLDOWN = dt.timedelta(minutes=15), dt.timedelta(hours=4)
_KEPT_FOR = dt.timedelta(days=30)


class NotNow(Exception):
    """The job is to go on after ``delay``; nothing has failed."""

    def __init__(self, delay: dt.timedelta) -> None:
        super().__init__()
        self.delay = delay


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncGarmin:
    jobs: JobStore
    sync_jobs: SyncJobs
    connections: ConnectionStore
    sources: Sources
    keys: Keys
    log: SyncLog
    mirror: Mirror
    backfill: Backfill
    wellness: WellnessStore
    turns: Turns
    clock: Clock

    async def run(
        self, user_id: uuid.UUID, job_id: uuid.UUID, *, attempts: int, is_stopping: Callable[[], bool] = bool
    ) -> None:
        """Do what is left of a sync. Raises NotNow, and what may pass by itself, with how long to wait."""
        job = await self.jobs.get(user_id, job_id)
        if job is None or job.state in {"succeeded", "failed"}:
            return
        async with self.turns.take(user_id) as turn:
            if turn is None:
                raise NotNow(_NEXT_TURN)
            connection = await self.connections.get(user_id)
            refusal = _refusal(job, connection)
            if connection is None or refusal is not None:
                await self.jobs.set_state(job, "failed", attempts=attempts + 1, failure=refusal)
                return
            await self._run(job, connection, _Pause(turn, is_stopping, self.clock), attempts + 1)

    async def bury(self, user_id: uuid.UUID, job_id: uuid.UUID, error: ServiceError) -> None:
        """Mark a job that gave up, with its reason."""
        job = await self.jobs.get(user_id, job_id)
        if job is not None:
            await self.jobs.set_state(job, "dead", attempts=job.attempts, failure=_failure(error))

    async def _run(self, job: Job, connection: Connection, pause: _Pause, attempts: int) -> None:
        now = self.clock.now()
        if connection.cooldown_until is not None and connection.cooldown_until > now:
            raise asks_to_wait(connection.cooldown_until, now, connection.zone)
        await self.jobs.set_state(job, "running", attempts=attempts)
        await self.log.began(connection, now)
        try:
            await self._bring(job, connection, pause)
        except NotNow:
            raise
        except (GarminConnectFailed, GarminNotConnected) as error:
            failure = _failure(error)
            await self.log.failed(connection, failure, broken=True)
            await self.jobs.set_state(job, "failed", attempts=attempts, failure=failure)
        except Exception as error:
            with contextlib.suppress(ServiceError):
                await self.jobs.set_state(job, "queued", attempts=attempts)
            await self._put_off(connection, error)
            raise
        else:
            ended_at = self.clock.now()
            await self.log.succeeded(connection, ended_at, next_sync_at=next_sync_after(ended_at))
            await self.jobs.set_state(job, "succeeded", attempts=attempts)
            await self.sync_jobs.forget_old(job.user_id, before=ended_at - _KEPT_FOR)

    async def _put_off(self, connection: Connection, error: Exception) -> None:
        """Write down why it is not done. Raises GarminRateLimited with the wait that Garmin did not name."""
        if isinstance(error, GarminRateLimited):
            now = self.clock.now()
            until = now + _cooldown(connection, error)
            told = asks_to_wait(until, now, connection.zone)
            await self.log.failed(connection, _failure(told), cooldown_until=until)
            if connection.login_hash is not None:
                await self.keys.limits.cool_down(connection.login_hash, until)
            raise told from error
        if isinstance(error, ServiceError):
            with contextlib.suppress(ServiceError):
                await self.log.failed(connection, _failure(error))

    async def _bring(self, job: Job, connection: Connection, pause: _Pause) -> None:
        source = self.sources.find(connection.source)
        if source is None:
            raise GarminUnavailable("This way to Garmin is switched off at the moment.")
        access = await self.keys.open(connection, source)
        try:
            await self._bring_over(job, access, pause)
        except GarminConnectFailed:
            # Garmin may end a token before its time; fresh ones that it refuses as well are the runner's matter.
            if access.renewed:
                raise
            await access.renew()
            await self._bring_over(job, access, pause)

    async def _bring_over(self, job: Job, access: Access, pause: _Pause) -> None:
        if access.connection.source == "official_partner":
            named = job.first_day is not None and job.last_day is not None
            days = Days(job.first_day, job.last_day) if named else None  # type: ignore[arg-type]
            await self.backfill.run(access.connection, days, access.tokens)
        else:
            await self._bring_all(job, access, await self._plan(job, access.connection), pause)

    async def _plan(self, job: Job, connection: Connection) -> list[Days]:
        """The days to fetch, newest first: those asked for, or the last ones and whatever is missing."""
        today = latest_day(self.clock.now())
        if job.first_day is not None and job.last_day is not None:
            reached = await self.sync_jobs.where(job)
            last = job.last_day if reached is None else min(job.last_day, reached - dt.timedelta(days=1))
            return pieces([Days(job.first_day, min(last, today))], sizes=_PIECES_DAYS)
        now_covered = await self.connections.get(connection.user_id)
        covered = connection.covered if now_covered is None else now_covered.covered
        seen_until = today if connection.last_success_at is None else connection.last_success_at.date()
        wanted = [Days(min(seen_until, today) - _LOOKS_BACK, today)]
        wanted += without(Days(connection.import_from, today), covered)
        wanted += await self.mirror.remote.failed_days(connection, fewer_than=MOST_FAILURES)
        since = [Days(max(days.first, connection.import_from), days.last) for days in wanted]
        return pieces(since, sizes=_PIECES_DAYS)

    async def _bring_all(self, job: Job, access: Access, plan: list[Days], pause: _Pause) -> None:
        trouble: GarminUnavailable | None = None
        nights_since, reached = _nights_since(job, latest_day(self.clock.now())), await self.sync_jobs.where(job)
        for days in plan:
            await self.mirror.run(job, access, days, pause)
            try:
                # Each part is remembered at once: all of them may take longer than a slice.
                for part in pieces([days], sizes=(_WELLNESS_DAYS,)):
                    if reached is None or part.first < reached:
                        pause()
                        await self._bring_wellness(access, part, nights_since)
                        if trouble is None:
                            await self.sync_jobs.reached(job, part.first)
                    await self.log.covered(access.connection, part)
            except GarminUnavailable as error:
                # Runs do not wait for nights; these days stay missing, so that the next try fetches both.
                trouble = error
        if trouble is not None:
            raise trouble

    async def _bring_wellness(self, access: Access, days: Days, nights_since: dt.date) -> None:
        connection = access.connection
        found = await access.source.wellness(await access.tokens(), days, nights_since=nights_since)
        await self.wellness.put(connection.user_id, connection.source, connection.account_hash, found)


@dataclass(slots=True)
class _Pause:
    """Called between two steps: stops a sync whose process ends, whose turn is lost, or whose slice is over."""

    turn: Turn
    is_stopping: Callable[[], bool]
    clock: Clock
    _began_at_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._began_at_s = self.clock.monotonic_s()

    def __call__(self) -> None:
        self.turn.require()
        if self.is_stopping() or self.clock.monotonic_s() - self._began_at_s > _SLICE_S:
            raise NotNow(dt.timedelta(0))


def next_sync_after(now: dt.datetime) -> dt.datetime:
    """Six hours later, give or take, so that the syncs of all runners do not come at once."""
    return now + _EVERY * (1 + random.uniform(-_JITTER, _JITTER))


def _nights_since(job: Job, today: dt.date) -> dt.date:
    if job.first_day is None or job.last_day is None:
        return today - _NIGHTS_OF_ITSELF
    return max(job.first_day, job.last_day - _NIGHTS_AT_ONCE)


def _refusal(job: Job, connection: Connection | None) -> Failure | None:
    if connection is None or connection.connection_id != job.connection_id:
        return Failure(GarminNotConnected.code, "This Garmin account is not connected any more.")
    return connection.failure if connection.state == "broken" else None


def _failure(error: ServiceError) -> Failure:
    return Failure(error.code, error.message)


def _cooldown(connection: Connection, error: GarminRateLimited) -> dt.timedelta:
    """What Garmin asks for; where it does not say, twice the wait before this one."""
    if error.retry_after_s is not None:
        return dt.timedelta(seconds=max(error.retry_after_s, 1.0))
    wait = _SHORTEST_COOLDOWN
    failure, until, since = connection.failure, connection.cooldown_until, connection.last_attempt_at
    if failure is not None and failure.code == GarminRateLimited.code and until is not None and since is not None:
        wait = max(wait, 2 * (until - since))
    return min(wait, _LONGEST_COOLDOWN)
