"""What administrators see and start, wired for the service and its worker alike."""

from __future__ import annotations

from dataclasses import dataclass

from services.garmin_ingest.domain.administration import Administration
from services.garmin_ingest.domain.replay import Replay
from services.garmin_ingest.storage.administration import PostgresAdministrationStore
from services.garmin_ingest.storage.replays import PostgresReplayStore
from services.garmin_ingest.sync_parts import Importing
from shared.audit import PostgresAuditLog
from shared.clock import Clock
from shared.events import EventOutbox
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class AdminParts:
    administration: Administration
    replay: Replay


def make_admin(
    importing: Importing, *, database: Database, cipher: FieldCipher, outbox: EventOutbox, clock: Clock
) -> AdminParts:
    audit = PostgresAuditLog()
    return AdminParts(
        administration=Administration(PostgresAdministrationStore(database, audit)),
        replay=Replay(
            jobs=importing.jobs,
            store=PostgresReplayStore(database, cipher, outbox, audit),
            originals=importing.import_file.originals,
            incoming=importing.incoming,
            reader=importing.import_file.reader,
            clock=clock,
        ),
    )
