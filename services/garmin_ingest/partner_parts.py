"""What Garmin's partner programme needs, wired for the service and its worker alike."""

from __future__ import annotations

from dataclasses import dataclass

from services.garmin_ingest.clients.partner_api import PartnerGarmin
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.inbox import Inbox
from services.garmin_ingest.domain.garmin.oauth import ConnectOverPage
from services.garmin_ingest.domain.garmin.spread_webhook import SpreadWebhook
from services.garmin_ingest.garmin_parts import GarminParts
from services.garmin_ingest.storage.oauth_states import PostgresRoundTripStore
from services.garmin_ingest.storage.webhooks import PostgresPayloadStore
from shared.http.process import Process
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class PartnerParts:
    over_page: ConnectOverPage
    inbox: Inbox
    spread: SpreadWebhook


def make_partner(
    settings: GarminIngestSettings, process: Process, *, database: Database, cipher: FieldCipher, garmin: GarminParts
) -> PartnerParts:
    road = garmin.sources.find("official_partner")
    partner = road if isinstance(road, PartnerGarmin) else None
    payloads = PostgresPayloadStore(database, cipher)
    secret = settings.webhook_secret
    trips = PostgresRoundTripStore(database, cipher)
    return PartnerParts(
        over_page=ConnectOverPage(partner, garmin.sources, trips, garmin.connect, process.clock),
        inbox=Inbox(payloads, None if secret is None else secret.get_secret_value(), settings.webhook_networks),
        spread=SpreadWebhook(payloads, garmin.connections),
    )
