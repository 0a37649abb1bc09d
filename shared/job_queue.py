"""What pgqueuer needs so that a database which goes away costs no job and no worker."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.ports.driver import NotifyCallback

from shared.logs import get_logger
from shared.postgres import AWAY

_log = get_logger("job_queue")
_PAUSE_S = 0.5


class QueueDriver(AsyncpgPoolDriver):
    """Says at once that its listening connection is gone; pgqueuer would find out by asking every ten seconds."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        super().__init__(pool)
        self.listener_lost = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        assert self._listener_connection is not None
        self._listener_connection.add_termination_listener(lambda _: self.listener_lost.set())

    async def __aexit__(self, *_: object) -> None:
        # A connection that is lost went back to the pool by itself and cannot be reset.
        with contextlib.suppress(*AWAY):
            await super().__aexit__()


class PatientQueries(Queries):
    """Waits for the database to write down a retry: pgqueuer would park the job for good instead."""

    def __init__(self, driver: QueueDriver, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        super().__init__(driver)
        self._pool = pool

    async def retry_job(self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        while True:
            try:
                await super().retry_job(job, delay, traceback_record)
            except (*AWAY, TimeoutError) as error:
                if self._pool.is_closing():
                    raise asyncio.CancelledError from None  # nobody can write any more: the job will be redelivered
                _log.warning("a retry waits for the database", jobId=job.id, cause=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
            else:
                return
