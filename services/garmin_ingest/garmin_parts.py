"""Everything around a runner's link to Garmin, wired for the service and its worker alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.garmin_ingest.clients.credential_vault import CredentialVault
from services.garmin_ingest.clients.partner_api import PartnerGarmin
from services.garmin_ingest.clients.reach import HttpReach
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.check import CheckConnection
from services.garmin_ingest.domain.garmin.connect import Connect
from services.garmin_ingest.domain.garmin.disconnect import Disconnect
from services.garmin_ingest.domain.garmin.link import Link
from services.garmin_ingest.domain.garmin.log_ins import LogIns
from services.garmin_ingest.domain.garmin.mfa import Challenges
from services.garmin_ingest.domain.garmin.models import SourceKind
from services.garmin_ingest.domain.garmin.reconcile import Reconciliation
from services.garmin_ingest.domain.garmin.removal import Removal
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.domain.garmin.status import ShowHealth
from services.garmin_ingest.storage.connections import PostgresConnectionStore
from services.garmin_ingest.storage.log_ins import PostgresLogInStore
from services.garmin_ingest.storage.mfa import PostgresChallengeStore
from services.garmin_ingest.storage.removals import PostgresRemovals
from shared.audit import PostgresAuditLog
from shared.events import EventOutbox
from shared.http.process import Process
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class GarminParts:
    sources: Sources
    partner: PartnerGarmin | None
    connections: PostgresConnectionStore
    credentials: CredentialVault
    log_ins: LogIns
    reconciliation: Reconciliation
    challenges: Challenges
    connect: Connect
    disconnect: Disconnect
    removal: Removal
    check: CheckConnection
    health: ShowHealth


def make_garmin(
    settings: GarminIngestSettings,
    process: Process,
    *,
    database: Database,
    cipher: FieldCipher,
    outbox: EventOutbox,
    roads: Sources,
) -> GarminParts:
    clock = process.clock
    connections = PostgresConnectionStore(database, cipher, PostgresAuditLog())
    credentials = CredentialVault(process.secrets)
    log_ins = LogIns(PostgresLogInStore(database), clock)
    link = Link(connections, credentials, clock)
    reconciliation = Reconciliation(connections, credentials)
    challenges = Challenges(
        PostgresChallengeStore(database, cipher), link=link, credentials=credentials, log_ins=log_ins, clock=clock
    )
    road = roads.find("official_partner")
    reach = HttpReach(process.session, _addresses(settings))
    return GarminParts(
        sources=roads,
        partner=road if isinstance(road, PartnerGarmin) else None,
        connections=connections,
        credentials=credentials,
        log_ins=log_ins,
        reconciliation=reconciliation,
        challenges=challenges,
        connect=Connect(roads, connections, credentials, log_ins, link, challenges, clock),
        disconnect=Disconnect(connections, credentials, reconciliation, roads),
        removal=Removal(PostgresRemovals(database, cipher, outbox)),
        check=CheckConnection(roads, connections, credentials, log_ins, reach, clock),
        health=ShowHealth(connections, log_ins, roads, clock),
    )


def _addresses(settings: GarminIngestSettings) -> Mapping[SourceKind, str]:
    return {
        "connect_credentials": settings.connect_api_url,
        "personal_api_key": settings.personal_api_url,
        "official_partner": settings.partner_api_url,
    }
