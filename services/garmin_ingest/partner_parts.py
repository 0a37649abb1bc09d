"""What Garmin's partner programme needs, wired for the service and its worker alike."""

from __future__ import annotations

from dataclasses import dataclass

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.access import Keys
from services.garmin_ingest.domain.garmin.inbox import Inbox
from services.garmin_ingest.domain.garmin.notices import Notices
from services.garmin_ingest.domain.garmin.oauth import ConnectOverPage
from services.garmin_ingest.domain.garmin.partner_files import PartnerFiles
from services.garmin_ingest.domain.garmin.permissions import Permissions
from services.garmin_ingest.domain.garmin.spread_webhook import SpreadWebhook
from services.garmin_ingest.domain.garmin.work_off_notices import WorkOffNotices
from services.garmin_ingest.garmin_parts import GarminParts
from services.garmin_ingest.storage.backfills import PostgresBackfillStore
from services.garmin_ingest.storage.known_files import PostgresKnownFiles
from services.garmin_ingest.storage.oauth_states import PostgresRoundTripStore
from services.garmin_ingest.storage.syncs import PostgresSyncLog
from services.garmin_ingest.storage.webhook_notices import PostgresNoticeStore
from services.garmin_ingest.storage.webhooks import PostgresPayloadStore
from services.garmin_ingest.storage.wellness import PostgresWellnessStore
from services.garmin_ingest.sync_parts import Importing
from shared.clock import Clock
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class PartnerParts:
    over_page: ConnectOverPage
    inbox: Inbox
    spread: SpreadWebhook
    work_off: WorkOffNotices


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the others have opened."""

    garmin: GarminParts
    keys: Keys
    importing: Importing
    database: Database
    cipher: FieldCipher
    clock: Clock


def make_partner(settings: GarminIngestSettings, shared: Shared) -> PartnerParts:
    garmin, database, cipher = shared.garmin, shared.database, shared.cipher
    payloads = PostgresPayloadStore(database, cipher)
    secret = settings.webhook_secret
    notices = Notices(
        partner=garmin.partner,
        keys=shared.keys,
        connections=garmin.connections,
        reconciliation=garmin.reconciliation,
        wellness=PostgresWellnessStore(database),
        backfills=PostgresBackfillStore(database),
        permissions=Permissions(garmin.connections),
        files=PartnerFiles(
            known=PostgresKnownFiles(database),
            originals=shared.importing.import_file.originals,
            incoming=shared.importing.incoming,
            import_file=shared.importing.import_file,
        ),
    )
    trips = PostgresRoundTripStore(database, cipher)
    return PartnerParts(
        over_page=ConnectOverPage(garmin.partner, garmin.sources, trips, garmin.connect, shared.clock),
        inbox=Inbox(payloads, None if secret is None else secret.get_secret_value(), settings.webhook_networks),
        spread=SpreadWebhook(payloads, garmin.connections),
        work_off=WorkOffNotices(
            PostgresNoticeStore(database, cipher), garmin.connections, notices, PostgresSyncLog(database), shared.clock
        ),
    )
