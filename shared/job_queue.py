"""What pgqueuer needs so that a database which goes away costs no job and no worker."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS
from pgqueuer.ports.driver import NotifyCallback

from shared.logs import get_logger
from shared.postgres import AWAY

_log = get_logger("job_queue")
_PAUSE_S = 0.2
# Announced, as the queue's own trigger announces new jobs only: a job that goes on at once need not wait to be found.
_PUT_OFF = """
WITH later AS (
    UPDATE pgqueuer SET status = 'queued', execute_after = now() + $2, created = now() + $2, updated = now(),
        queue_manager_id = NULL
    WHERE id = $1 RETURNING id, entrypoint, priority
), logged AS (
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority) SELECT id, 'queued', entrypoint, priority FROM later
)
SELECT pg_notify('ch_pgqueuer', json_build_object('channel', 'ch_pgqueuer', 'operation', 'update', 'sent_at', now(),
    'table', 'pgqueuer', 'type', 'table_changed_event')::text)
"""


class PutOff(RetryRequested):
    """The job is to go on after ``delay``. That is no failure: its tries stay as many, and its age begins anew."""


class QueueDriver(AsyncpgPoolDriver):
    """Says at once that its listening connection is gone; pgqueuer would find out by asking every ten seconds."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        super().__init__(pool)
        self.listener_lost = asyncio.Event()
        self._listening = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        assert self._listener_connection is not None
        self._listener_connection.add_termination_listener(lambda _: self.listener_lost.set())
        self._listening.set()

    async def notify(self, channel: str, payload: str) -> None:
        """Waits for the listener: a check of it that nobody hears yet would pass for a lost one in ten seconds."""
        await self._listening.wait()
        await super().notify(channel, payload)

    async def __aexit__(self, *_: object) -> None:
        # A connection that is lost went back to the pool by itself and cannot be reset.
        with contextlib.suppress(*AWAY):
            await super().__aexit__()


class PatientQueries(Queries):
    """Waits for the database to write down how a try ended.

    pgqueuer would park a job whose retry it could not write, and run one again whose success it could not.
    """

    def __init__(self, driver: QueueDriver, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        super().__init__(driver)
        self._pool = pool

    async def retry_job(self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        if traceback_record is not None and traceback_record.exception_type == PutOff.__name__:
            await self._patiently(functools.partial(self.driver.execute, _PUT_OFF, job.id, delay))
        else:
            await self._patiently(functools.partial(super().retry_job, job, delay, traceback_record))

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        await self._patiently(functools.partial(super().log_jobs, job_status))

    async def _patiently(self, write: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await write()
            except (*AWAY, TimeoutError) as error:
                if self._pool.is_closing():
                    raise asyncio.CancelledError from None  # nobody can write any more: the job will be redelivered
                _log.warning("the end of a try waits for the database", cause=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
            else:
                return
