"""What the service and its worker share, opened in one straight line."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from services.garmin_ingest.admin_parts import AdminParts, make_admin
from services.garmin_ingest.clients.bucket import BucketOriginals
from services.garmin_ingest.clients.incoming import FolderIncoming
from services.garmin_ingest.clients.originals import FolderOriginals
from services.garmin_ingest.clients.process_reader import ProcessReader
from services.garmin_ingest.clients.reader import ThreadedReader
from services.garmin_ingest.clients.zip_archives import open_archives
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.activities import Activities
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.domain.import_batches import ImportBatches
from services.garmin_ingest.domain.import_file import ImportFile
from services.garmin_ingest.domain.import_job import ImportJobs
from services.garmin_ingest.domain.ports import OriginalStore
from services.garmin_ingest.garmin_parts import GarminParts, make_garmin
from services.garmin_ingest.garmin_sources import open_sources
from services.garmin_ingest.partner_parts import PartnerParts, Shared, make_partner
from services.garmin_ingest.storage.activities import PostgresActivityStore
from services.garmin_ingest.storage.jobs import PostgresJobStore
from services.garmin_ingest.sync_parts import Importing, SyncParts, make_sync
from shared.clock import Clock
from shared.events import EventOutbox
from shared.http.process import Process, open_process
from shared.idempotency import IdempotencyStore
from shared.postgres import Database, open_database

# Who hears of which event.
SUBSCRIBERS = dict.fromkeys(("activity.imported", "activity.updated", "activity.deleted"), ("coach_agent",))


@dataclass(frozen=True, slots=True)
class Parts:
    process: Process
    database: Database
    answers: IdempotencyStore
    incoming: FolderIncoming
    activities: Activities
    import_file: ImportFile
    jobs: ImportJobs
    garmin: GarminParts
    sync: SyncParts
    partner: PartnerParts
    admin: AdminParts


async def open_parts(
    settings: GarminIngestSettings, stack: AsyncExitStack, *, sources: Sources | None = None, in_bulk: bool = False
) -> Parts:
    """Everything open and wired; ``stack`` closes it. ``sources`` stand in the place of Garmin.

    ``in_bulk`` decodes in processes, for years of files and not for one.
    """
    process = await stack.enter_async_context(open_process("garmin_ingest", settings))
    database = await open_database(settings, stack)
    cipher = await process.personal_fields()
    outbox = EventOutbox(SUBSCRIBERS)
    store = PostgresActivityStore(database, cipher, outbox)
    originals, incoming = _originals(settings), FolderIncoming(settings.objects_dir)
    reader = _reader(settings, process.clock, in_bulk=in_bulk)
    stack.push_async_callback(reader.close)
    import_file = ImportFile(activities=store, originals=originals, reader=reader)
    job_store = PostgresJobStore(database, cipher, settings.objects_dir)
    jobs = _import_jobs(job_store, incoming, import_file, process.clock)
    answers = IdempotencyStore(database, cipher)
    roads = sources or open_sources(settings, process, stack)
    garmin = make_garmin(settings, process, database=database, cipher=cipher, outbox=outbox, roads=roads)
    importing = Importing(jobs=job_store, activities=store, incoming=incoming, import_file=import_file)
    sync = make_sync(garmin, importing, database=database, cipher=cipher, clock=process.clock)
    shared = Shared(
        garmin=garmin, keys=sync.keys, importing=importing, database=database, cipher=cipher, clock=process.clock
    )
    return Parts(
        process=process,
        database=database,
        answers=answers,
        incoming=incoming,
        activities=Activities(store, originals),
        import_file=import_file,
        jobs=jobs,
        garmin=garmin,
        sync=sync,
        partner=make_partner(settings, shared),
        admin=make_admin(importing, database=database, cipher=cipher, outbox=outbox, clock=process.clock),
    )


def _import_jobs(jobs: PostgresJobStore, incoming: FolderIncoming, import_file: ImportFile, clock: Clock) -> ImportJobs:
    batches = ImportBatches(jobs=jobs, import_file=import_file, open_archives=open_archives)
    return ImportJobs(jobs=jobs, incoming=incoming, batches=batches, clock=clock)


def _reader(settings: GarminIngestSettings, clock: Clock, *, in_bulk: bool) -> ThreadedReader | ProcessReader:
    if in_bulk:
        return ProcessReader(clock, processes=settings.decoding_processes)
    return ThreadedReader(clock, threads=settings.decoding_threads)


def _originals(settings: GarminIngestSettings) -> OriginalStore:
    if settings.object_store_url is None:
        return FolderOriginals(settings.objects_dir)
    return BucketOriginals.from_settings(settings)
