"""Work that outlives a request, on pgqueuer: enqueued with the data that caused it, delivered at least once.

Handlers must be idempotent. What pgqueuer leaves open is settled here: a job that kills its worker is redelivered
without its ``attempts`` rising, so deliveries without progress are counted in ``job_delivery``, committed before the
work; a redelivered job runs alone, so that its innocent neighbours are not counted; a long job says when it gets on, so
that kills from outside are not held against it; a job that gave up stays in the queue with status ``failed``: the dead
letters.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import orjson
import structlog
from opentelemetry.trace import SpanKind
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job

from shared.errors import InternalError, Kind, ServiceError
from shared.job_deliveries import Deliveries, ReadersWriterLock
from shared.job_queue import PatientQueries, PutOff, QueueDriver
from shared.logs import get_logger
from shared.periodic import Periodic
from shared.postgres import AWAY, Connection, Database
from shared.resilience import Backoff
from shared.telemetry import Telemetry, carrier

_log = get_logger("jobs")

# A worker that misses its heartbeat this long is taken for dead; its jobs are redelivered well within 60 s.
_HEARTBEAT_TIMEOUT = timedelta(seconds=20)
_MAX_DELIVERIES = 3
_POLL_INTERVAL = timedelta(seconds=5)
# A restarting database is back within seconds; asking it more often only fills its log.
_RECONNECT_PAUSE_S = 0.5
_AFTER_INTERRUPTION = timedelta(seconds=1)
_in_hand: ContextVar[int] = ContextVar("job_in_hand")


class GaveUp(Exception):
    """What is left in the queue of a job that will not be tried again: the code of its last error."""


@dataclass(frozen=True, slots=True)
class JobPolicy:
    """When to try again and when to stop: after ``max_attempts`` failed runs, or ``give_up_after`` since it was
    enqueued or last put off.
    """

    max_attempts: int = 5
    give_up_after: timedelta | None = None
    backoff: Backoff = Backoff()  # noqa: RUF009 - frozen, so sharing the default is safe


JobHandler = Callable[[Mapping[str, Any], int], Awaitable[None]]
DeadLetterHook = Callable[[Mapping[str, Any], ServiceError], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be added; a queued or running job with the same ``dedupe_key`` absorbs it."""

    data: Mapping[str, Any]
    dedupe_key: str | None = None


async def enqueue(  # noqa: PLR0913 - all but three go by name
    connection: Connection,
    entrypoint: str,
    data: Mapping[str, Any],
    *,
    dedupe_key: str | None = None,
    request_id: str | None = None,
    delay: timedelta | None = None,
    priority: int = 0,
) -> None:
    """Add a job within the transaction of ``connection``; a queued or running job with the same key absorbs it.

    It is not begun before ``delay`` has passed, nor while one of a higher ``priority`` waits.
    """
    job = NewJob(data, dedupe_key)
    await enqueue_many(connection, entrypoint, [job], request_id=request_id, delay=delay, priority=priority)


async def enqueue_many(
    connection: Connection,
    entrypoint: str,
    jobs: Sequence[NewJob],
    *,
    request_id: str | None = None,
    delay: timedelta | None = None,
    priority: int = 0,
) -> None:
    """Add jobs with one statement; each is treated as ``enqueue`` treats one."""
    if not jobs:
        return
    trace, count = carrier(), len(jobs)
    payloads = [orjson.dumps({"data": dict(job.data), "requestId": request_id, "trace": trace}) for job in jobs]
    await Queries(AsyncpgDriver(connection)).enqueue(
        [entrypoint] * count, list[bytes | None](payloads), [priority] * count, execute_after=[delay] * count,
        dedupe_key=[job.dedupe_key for job in jobs], on_conflict="skip",
    )  # fmt: skip


class JobWorker:
    """Runs the jobs of one service's database until it is told to stop.

    ``concurrency`` is how many jobs this process has in hand at once; more replicas do more. A job whose worker shows
    no sign of life for ``heartbeat_timeout`` is given to another. A new job is announced at once; for jobs to be tried
    again, the queue is asked every ``poll_interval``.
    """

    def __init__(
        self,
        database: Database,
        telemetry: Telemetry,
        *,
        concurrency: int = 2,
        heartbeat_timeout: timedelta = _HEARTBEAT_TIMEOUT,
        poll_interval: timedelta = _POLL_INTERVAL,
    ) -> None:
        self._database = database
        self._telemetry = telemetry
        self._concurrency = concurrency
        self._heartbeat_timeout = heartbeat_timeout
        self._poll_interval = poll_interval
        self._deliveries = Deliveries(database)
        self._alone = ReadersWriterLock()
        self._tasks: dict[str, _Task] = {}
        self._periodic: list[Periodic] = []
        self._stopping = asyncio.Event()

    def register(
        self,
        entrypoint: str,
        handler: JobHandler,
        *,
        policy: JobPolicy | None = None,
        on_dead: DeadLetterHook | None = None,
    ) -> None:
        """``handler(data, attempts)`` runs the job; ``on_dead`` may tell the user that it will never run again.

        A handler that raises PutOff has its job go on later, which is no failure.
        ``on_dead`` is called at least once as well; while it fails, the job is tried again.
        """
        self._tasks[entrypoint] = _Task(handler, policy or JobPolicy(), on_dead)

    def every(self, name: str, interval_s: float, action: Callable[[], Awaitable[None]]) -> None:
        """Do something at the start and at this interval for as long as the worker works."""
        self._periodic.append(Periodic(name, interval_s, action))

    @property
    def is_stopping(self) -> bool:
        """Whether jobs in hand should come to an end; one that takes long had better be put off."""
        return self._stopping.is_set()

    async def note_progress(self) -> None:
        """Let the job whose handler calls this be as if it were delivered for the first time, now and when it comes
        again: it has done a part for good, which no delivery of it will do again.
        """
        await self._deliveries.forget(_in_hand.get())

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping``; jobs in hand are finished first. A database that goes away is waited for."""
        self._stopping = stopping
        rounds = [asyncio.create_task(each.run(stopping)) for each in self._periodic]
        try:
            await self._work(stopping)
        finally:
            stopping.set()
            await asyncio.gather(*rounds)

    async def _work(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self._run_until_lost(stopping)
            except (*AWAY, TimeoutError, FailingListenerError) as error:
                _log.warning("the queue was lost", cause=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _RECONNECT_PAUSE_S)

    async def _run_until_lost(self, stopping: asyncio.Event) -> None:
        driver = QueueDriver(self._database.pool)
        queue = QueueManager(PatientQueries(driver, self._database.pool))
        for entrypoint, task in self._tasks.items():
            queue.entrypoint(entrypoint, on_failure="hold")(self._runner(task))
        forwarding = [
            asyncio.create_task(_forward(event, queue.shutdown)) for event in (stopping, driver.listener_lost)
        ]
        try:
            await queue.run(
                dequeue_timeout=self._poll_interval, batch_size=1, heartbeat_timeout=self._heartbeat_timeout,
                max_concurrent_tasks=max(2, self._concurrency), shutdown_on_listener_failure=True,
            )  # fmt: skip
        finally:
            for each in forwarding:
                each.cancel()

    def _runner(self, task: _Task) -> Callable[[Job], Awaitable[None]]:
        async def run(job: Job) -> None:
            """Ends well, with RetryRequested, or with GaveUp: anything else would make pgqueuer park the job."""
            try:
                await self._run(job, task)
            except (RetryRequested, GaveUp):
                raise
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - bookkeeping, or a process torn down
                _log.warning("job was interrupted", entrypoint=job.entrypoint, exc_info=error)
                raise RetryRequested(_AFTER_INTERRUPTION, reason=type(error).__name__) from None

        return run

    async def _run(self, job: Job, task: _Task) -> None:
        envelope = orjson.loads(job.payload or b"{}")
        structlog.contextvars.bind_contextvars(jobId=job.id, requestId=envelope.get("requestId"))
        with self._telemetry.span(f"job {job.entrypoint}", SpanKind.CONSUMER, parent=envelope.get("trace") or {}):
            redelivered = await self._deliveries.of(job.id) > 0
            async with self._alone.exclusive() if redelivered else self._alone.shared():
                await self._run_counted(job, task, envelope.get("data") or {})

    async def _run_counted(self, job: Job, task: _Task, data: Mapping[str, Any]) -> None:
        _in_hand.set(job.id)
        if await self._deliveries.count(job.id) > _MAX_DELIVERIES:
            await self._bury(job, task, data, InternalError("This work stopped its worker each time it was tried."))
        try:
            await task.handler(data, job.attempts)
        except PutOff:
            await self._deliveries.forget(job.id)
            raise
        except Exception as error:  # noqa: BLE001 - any failure of a handler is a failed try
            await self._deliveries.forget(job.id)
            await self._after_failure(job, task, data, error)
        else:
            await self._deliveries.forget(job.id)

    async def _after_failure(self, job: Job, task: _Task, data: Mapping[str, Any], error: Exception) -> None:
        """Ask for another try, or let the job become a dead letter. Always raises."""
        if (wait := _told_to_wait(error, task.policy)) is not None:
            _log.warning("job was told to wait", entrypoint=job.entrypoint, delayS=wait.total_seconds(), exc_info=error)
            raise PutOff(wait, reason=type(error).__name__) from None
        if _is_final(error) or task.is_exhausted(job):
            failure = error if isinstance(error, ServiceError) else InternalError("This work failed on our side.")
            _log.error("job failed for good", entrypoint=job.entrypoint, exc_info=error)
            await self._bury(job, task, data, failure)
        retry_after_s = error.retry_after_s if isinstance(error, ServiceError) else None
        delay_s = max(task.policy.backoff.delay_s(job.attempts + 1), retry_after_s or 0.0)
        _log.warning("job will be tried again", entrypoint=job.entrypoint, delayS=round(delay_s, 1), exc_info=error)
        # What pgqueuer keeps of it is stored in clear, so the error itself stays behind.
        raise RetryRequested(timedelta(seconds=delay_s), reason=type(error).__name__) from None

    async def _bury(self, job: Job, task: _Task, data: Mapping[str, Any], error: ServiceError) -> NoReturn:
        if task.on_dead is not None:
            await task.on_dead(data, error)
        await self._deliveries.forget(job.id)
        raise GaveUp(error.code) from None


async def _forward(happened: asyncio.Event, shutdown: asyncio.Event) -> None:
    await happened.wait()
    shutdown.set()


def _told_to_wait(error: Exception, policy: JobPolicy) -> timedelta | None:
    """How long, where somebody said so and means longer than we would wait by ourselves.

    Such a wait is no failed try: whoever asks for it works, and would cost the job all its tries.
    """
    if not isinstance(error, ServiceError) or not error.retryable or error.retry_after_s is None:
        return None
    return timedelta(seconds=error.retry_after_s) if error.retry_after_s > policy.backoff.cap_s else None


def _is_final(error: Exception) -> bool:
    """Whether trying again is in vain: a refusal that stands, and not a bug here or in another service."""
    return isinstance(error, ServiceError) and not error.retryable and error.kind is not Kind.INTERNAL


@dataclass(frozen=True, slots=True)
class _Task:
    handler: JobHandler
    policy: JobPolicy
    on_dead: DeadLetterHook | None

    def is_exhausted(self, job: Job) -> bool:
        if self.policy.give_up_after is not None:
            return datetime.now(UTC) - job.created > self.policy.give_up_after
        return job.attempts + 1 >= self.policy.max_attempts
