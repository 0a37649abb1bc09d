"""Syncs and what they bring, wired for the service and its worker alike."""

from __future__ import annotations

from dataclasses import dataclass

from services.garmin_ingest.domain.garmin.access import Keys
from services.garmin_ingest.domain.garmin.backfill import Backfill
from services.garmin_ingest.domain.garmin.mirror import Mirror
from services.garmin_ingest.domain.garmin.permissions import Permissions
from services.garmin_ingest.domain.garmin.request_sync import RequestSync
from services.garmin_ingest.domain.garmin.sync import SyncGarmin
from services.garmin_ingest.domain.garmin.wellness import ShowWellness
from services.garmin_ingest.domain.import_file import ImportFile
from services.garmin_ingest.domain.ports import ActivityStore, IncomingStore, JobStore
from services.garmin_ingest.garmin_parts import GarminParts
from services.garmin_ingest.storage.backfills import PostgresBackfillStore
from services.garmin_ingest.storage.remote_activities import PostgresRemoteActivities
from services.garmin_ingest.storage.sync_jobs import PostgresSyncJobs
from services.garmin_ingest.storage.syncs import PostgresSyncLog
from services.garmin_ingest.storage.turns import PostgresTurns
from services.garmin_ingest.storage.wellness import PostgresWellnessStore
from shared.clock import Clock
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class SyncParts:
    keys: Keys
    sync: SyncGarmin
    requests: RequestSync
    wellness: ShowWellness


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """What a sync shares with imports by hand."""

    jobs: JobStore
    activities: ActivityStore
    incoming: IncomingStore
    import_file: ImportFile


def make_sync(
    garmin: GarminParts, importing: Importing, *, database: Database, cipher: FieldCipher, clock: Clock
) -> SyncParts:
    sync_jobs = PostgresSyncJobs(database, cipher)
    wellness = PostgresWellnessStore(database)
    keys = Keys(connections=garmin.connections, credentials=garmin.credentials, limits=garmin.log_ins, clock=clock)
    log = PostgresSyncLog(database)
    sync = SyncGarmin(
        jobs=importing.jobs,
        sync_jobs=sync_jobs,
        connections=garmin.connections,
        sources=garmin.sources,
        keys=keys,
        log=log,
        mirror=Mirror(
            remote=PostgresRemoteActivities(database, cipher),
            activities=importing.activities,
            incoming=importing.incoming,
            import_file=importing.import_file,
        ),
        backfill=Backfill(garmin.partner, PostgresBackfillStore(database), Permissions(garmin.connections), log, clock),
        wellness=wellness,
        turns=PostgresTurns(database),
        clock=clock,
    )
    requests = RequestSync(connections=garmin.connections, sync_jobs=sync_jobs, clock=clock)
    return SyncParts(keys, sync, requests, ShowWellness(wellness, clock))
