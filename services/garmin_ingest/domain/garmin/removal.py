"""Removing what a Garmin account brought, when its owner has let it go and wants nothing of it to stay."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Protocol

from services.garmin_ingest.domain.garmin.models import SourceKind
from services.garmin_ingest.domain.imports import Failure
from shared.errors import ServiceError


@dataclass(frozen=True, slots=True)
class RemovalJob:
    user_id: uuid.UUID
    job_id: uuid.UUID
    source: SourceKind
    account_hash: bytes = field(repr=False)


class RemovalStore(Protocol):
    async def plan(self, job: RemovalJob, *, attempts: int) -> None:
        """Note, once, which activities came over this account alone."""
        ...

    async def remove_some(self, job: RemovalJob) -> bool:
        """Forget some of them, with their events, but none that was uploaded by hand meanwhile; whether any is left."""
        ...

    async def finish(self, job: RemovalJob) -> None:
        """Forget the days and the list of this account. Where the runner has connected it again, a sync is queued that
        brings everything back.
        """
        ...

    async def bury(self, job: RemovalJob, failure: Failure) -> None: ...


@dataclass(frozen=True, slots=True)
class Removal:
    """May be interrupted anywhere and run again."""

    store: RemovalStore

    async def run(self, job: RemovalJob, *, attempts: int) -> None:
        await self.store.plan(job, attempts=attempts)
        while await self.store.remove_some(job):
            pass
        await self.store.finish(job)

    async def bury(self, job: RemovalJob, error: ServiceError) -> None:
        """Mark a job that gave up, with its reason."""
        await self.store.bury(job, Failure(error.code, error.message))
