"""``python -m services.garmin_ingest.worker``: imports that outlive their request, clean-up, and telling the others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.removal import RemovalJob
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.domain.garmin.sync import NotNow
from services.garmin_ingest.parts import Parts, open_parts
from services.garmin_ingest.storage.forgetting import REMOVE_ORIGINAL
from services.garmin_ingest.storage.garmin_jobs import RECONCILE_GARMIN, REMOVE_GARMIN_DATA, SYNC_GARMIN
from services.garmin_ingest.storage.jobs import IMPORT_FILES
from services.garmin_ingest.storage.replays import REPLAY_ORIGINALS
from services.garmin_ingest.storage.webhooks import SPREAD_WEBHOOK, WORK_OFF_NOTICES
from shared.errors import ServiceError
from shared.events import DELIVER, DELIVERY_POLICY, delivery_handler
from shared.http.command_line import worker_main
from shared.http.health import Health
from shared.job_queue import PutOff
from shared.jobs import JobPolicy, JobWorker
from shared.resilience import Backoff

# A full disk or a database under repair takes hours to mend, and the runner should not have to upload again.
_IMPORT_POLICY = JobPolicy(give_up_after=dt.timedelta(hours=6))
# Longer than any import job may go on trying.
_ABANDONED_AFTER = dt.timedelta(hours=48)
# By then the schedule has asked for another sync anyway; waits that Garmin asks for do not count.
_SYNC_POLICY = JobPolicy(give_up_after=dt.timedelta(hours=12))
_SCHEDULE_S = 30.0
# The addresses in a notification are good for a day.
_NOTICE_POLICY = JobPolicy(give_up_after=dt.timedelta(hours=24), backoff=Backoff(cap_s=300.0))
# Nobody waits for it, so it waits for a store that is away over a night.
_REPLAY_POLICY = JobPolicy(give_up_after=dt.timedelta(hours=24), backoff=Backoff(cap_s=120.0))
# A safe that was sealed over a long weekend is opened at last, and then no forgotten secret may stay in it.
_RECONCILIATION_POLICY = JobPolicy(give_up_after=dt.timedelta(days=14), backoff=Backoff(cap_s=600.0))


async def create_worker(
    settings: GarminIngestSettings, stack: AsyncExitStack, *, sources: Sources | None = None, in_bulk: bool = True
) -> tuple[JobWorker, web.Application]:
    """The worker with its handlers, and the application that answers for its health; ``stack`` closes both.

    ``sources`` and ``in_bulk`` are those of ``open_parts``.
    """
    parts = await open_parts(settings, stack, sources=sources, in_bulk=in_bulk)
    await parts.jobs.sweep(older_than=_ABANDONED_AFTER)
    worker = JobWorker(parts.database, parts.process.telemetry, concurrency=settings.concurrent_jobs)
    handlers = _Handlers(parts, worker)
    worker.register(IMPORT_FILES, handlers.import_files, policy=_IMPORT_POLICY, on_dead=handlers.import_is_dead)
    worker.register(REMOVE_ORIGINAL, handlers.remove_original)
    worker.register(SYNC_GARMIN, handlers.sync_garmin, policy=_SYNC_POLICY, on_dead=handlers.sync_is_dead)
    worker.every("due syncs", _SCHEDULE_S, parts.sync.requests.queue_due)
    worker.register(RECONCILE_GARMIN, handlers.reconcile_garmin, policy=_RECONCILIATION_POLICY)
    worker.register(REMOVE_GARMIN_DATA, handlers.remove_garmin_data, on_dead=handlers.removal_is_dead)
    worker.register(SPREAD_WEBHOOK, handlers.spread_webhook)
    worker.register(WORK_OFF_NOTICES, handlers.work_off, policy=_NOTICE_POLICY, on_dead=handlers.notices_are_dead)
    worker.register(REPLAY_ORIGINALS, handlers.replay, policy=_REPLAY_POLICY, on_dead=handlers.replay_is_dead)
    worker.register(DELIVER, delivery_handler(_sender(parts)), policy=DELIVERY_POLICY)
    health = Health(required={"postgres": parts.database.ping})
    return worker, parts.process.application([], health=health)


class _Handlers:
    """What each job does with its data; all of it may be delivered twice."""

    def __init__(self, parts: Parts, worker: JobWorker) -> None:
        self._parts = parts
        self._worker = worker

    async def import_files(self, data: Mapping[str, Any], attempts: int) -> None:
        await self._parts.jobs.run(
            uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), attempts=attempts, worker=self._worker
        )

    async def import_is_dead(self, data: Mapping[str, Any], error: ServiceError) -> None:
        await self._parts.jobs.bury(uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), error)

    async def remove_original(self, data: Mapping[str, Any], _: int) -> None:
        await self._parts.activities.remove_original(uuid.UUID(data["userId"]), bytes.fromhex(data["sha256"]))

    async def sync_garmin(self, data: Mapping[str, Any], attempts: int) -> None:
        try:
            await self._parts.sync.sync.run(
                uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), attempts=attempts,
                is_stopping=lambda: self._worker.is_stopping,
            )  # fmt: skip
        except NotNow as error:
            raise PutOff(error.delay) from None

    async def sync_is_dead(self, data: Mapping[str, Any], error: ServiceError) -> None:
        await self._parts.sync.sync.bury(uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), error)

    async def replay(self, data: Mapping[str, Any], attempts: int) -> None:
        await self._parts.admin.replay.run(uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), attempts=attempts)

    async def replay_is_dead(self, data: Mapping[str, Any], error: ServiceError) -> None:
        await self._parts.admin.replay.bury(uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), error)

    async def reconcile_garmin(self, data: Mapping[str, Any], _: int) -> None:
        await self._parts.garmin.reconciliation.run(uuid.UUID(data["userId"]))

    async def remove_garmin_data(self, data: Mapping[str, Any], attempts: int) -> None:
        await self._parts.garmin.removal.run(_removal(data), attempts=attempts)

    async def removal_is_dead(self, data: Mapping[str, Any], error: ServiceError) -> None:
        await self._parts.garmin.removal.bury(_removal(data), error)

    async def spread_webhook(self, data: Mapping[str, Any], _: int) -> None:
        await self._parts.partner.spread.run(uuid.UUID(data["payloadId"]))

    async def work_off(self, data: Mapping[str, Any], _: int) -> None:
        await self._parts.partner.work_off.run(uuid.UUID(data["userId"]), uuid.UUID(data["payloadId"]))

    async def notices_are_dead(self, data: Mapping[str, Any], error: ServiceError) -> None:
        await self._parts.partner.work_off.bury(uuid.UUID(data["userId"]), uuid.UUID(data["payloadId"]), error)


def _removal(data: Mapping[str, Any]) -> RemovalJob:
    return RemovalJob(
        uuid.UUID(data["userId"]), uuid.UUID(data["jobId"]), data["source"], bytes.fromhex(data["accountHash"])
    )


def _sender(parts: Parts) -> Any:
    clients = {"coach_agent": parts.process.client("coach_agent")}

    async def send(subscriber: str, path: str, body: Mapping[str, Any]) -> None:
        await clients[subscriber].send("POST", path, body=dict(body), on_behalf=False)

    return send


if __name__ == "__main__":
    worker_main(process="garmin_ingest", settings=GarminIngestSettings, create_worker=create_worker)
