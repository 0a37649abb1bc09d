"""Finding the job that kills its worker: deliveries that made no progress, and running a suspect alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.errors import ServiceError
from shared.postgres import Database


class Deliveries:
    """How often a job was begun and neither succeeded nor failed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, job_id: int) -> int:
        async with self._database.connection() as connection:
            count = await connection.fetchval("SELECT deliveries FROM job_delivery WHERE job_id = $1", job_id)
        return int(count or 0)

    async def count(self, job_id: int) -> int:
        async with self._database.connection() as connection:
            count = await connection.fetchval(
                "INSERT INTO job_delivery (job_id, deliveries) VALUES ($1, 1) ON CONFLICT (job_id)"
                " DO UPDATE SET deliveries = job_delivery.deliveries + 1, last_at = now() RETURNING deliveries",
                job_id,
            )
        return int(count)

    async def forget(self, job_id: int) -> None:
        """The outcome stands whether or not this succeeds; a row that stays counts against the job at most once."""
        with contextlib.suppress(ServiceError):
            async with self._database.connection() as connection:
                await connection.execute("DELETE FROM job_delivery WHERE job_id = $1", job_id)


class ReadersWriterLock:
    """Many may share, one may be alone; who wants to be alone is not overtaken by newcomers."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()
        self._sharing = 0
        self._exclusive = False

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        async with self._condition:
            await self._condition.wait_for(lambda: not self._exclusive)
            self._sharing += 1
        try:
            yield
        finally:
            async with self._condition:
                self._sharing -= 1
                self._condition.notify_all()

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        async with self._condition:
            await self._condition.wait_for(lambda: not self._exclusive)
            self._exclusive = True
        try:
            async with self._condition:
                await self._condition.wait_for(lambda: self._sharing == 0)
            yield
        finally:
            async with self._condition:
                self._exclusive = False
                self._condition.notify_all()
