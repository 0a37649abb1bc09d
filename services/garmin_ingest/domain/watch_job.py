"""Following a job while it works, by asking for its progress again and again at a bounded cost."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from services.garmin_ingest.domain.imports import Job
from services.garmin_ingest.domain.ports import JobStore
from shared.errors import NotFound

_OVER = frozenset({"succeeded", "failed", "dead"})
# A progress bar does not move visibly more often.
_PAUSE_S = 0.5
# A job of 200,000 files takes longer to count; watching it takes this part of one connection's time at most.
_SHARE_OF_A_CONNECTION = 0.05
_RESULTS_ON_THE_WAY = 10
_RESULTS_AT_THE_END = 200
# A browser opens six connections to one address.
_WATCHERS_OF_ONE_USER = 6


def is_over(job: Job) -> bool:
    return job.state in _OVER


@dataclass(frozen=True, slots=True)
class JobWatch:
    jobs: JobStore
    _watching: Counter[uuid.UUID] = field(default_factory=Counter)

    @contextmanager
    def place(self, user_id: uuid.UUID) -> Iterator[bool]:
        """Whether the user may follow another job now; the place is theirs inside."""
        self._watching[user_id] += 1
        try:
            yield self._watching[user_id] <= _WATCHERS_OF_ONE_USER
        finally:
            self._watching[user_id] -= 1
            if not self._watching[user_id]:
                del self._watching[user_id]

    async def now(self, user_id: uuid.UUID, job_id: uuid.UUID) -> Job:
        """The job, with all the results one may see if it is over. Raises NotFound."""
        job = await self.jobs.get(user_id, job_id, results=_RESULTS_ON_THE_WAY)
        if job is None:
            raise NotFound("There is no such job.")
        if not is_over(job):
            return job
        return await self.jobs.get(user_id, job_id, results=_RESULTS_AT_THE_END) or job

    async def changes(self, seen: Job) -> AsyncGenerator[Job | None]:
        """The job each time it differs from what was seen last, and None each time it was looked at and does not.

        It never ends by itself. Raises NotFound when the job goes away.
        """
        while True:
            began_s = time.monotonic()
            job = await self.jobs.get(seen.user_id, seen.job_id)
            if job is None:
                raise NotFound("This job is gone.")
            pause_s = max(_PAUSE_S, (time.monotonic() - began_s) / _SHARE_OF_A_CONNECTION)
            if replace(job, results=()) == replace(seen, results=()):
                yield None
            else:
                seen = await self.now(job.user_id, job.job_id)
                yield seen
            await asyncio.sleep(pause_s)
