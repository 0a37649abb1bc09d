"""The roads to Garmin that the settings open, and a sentence for each that stays closed."""

from __future__ import annotations

from contextlib import AsyncExitStack

from services.garmin_ingest.clients.connect_credentials import ConnectCredentials
from services.garmin_ingest.clients.connect_line import ConnectAddresses, SignInLine
from services.garmin_ingest.clients.garmin_http import GarminHttp
from services.garmin_ingest.clients.partner_api import PartnerAddresses, PartnerClient, PartnerGarmin
from services.garmin_ingest.clients.personal_api import PersonalApi
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.models import SourceKind
from services.garmin_ingest.domain.garmin.ports import GarminSource
from services.garmin_ingest.domain.garmin.sources import Sources
from shared.http.process import Process
from shared.resilience import Breaker

# Outside providers take longer to be well again than our own parts.
_OPEN_S = 60.0
_TERMS = (
    "Connecting with user name and password is switched off: Garmin's terms do not allow it, and the operator of this"
    " installation has not taken that upon themselves."
)
_NO_KEYS = "Keys of Garmin's Personal API are switched off in this installation."
_NO_PARTNER = "The operator of this installation has no agreement with Garmin."


def open_sources(settings: GarminIngestSettings, process: Process, stack: AsyncExitStack) -> Sources:
    """``stack`` closes what they hold."""
    roads: dict[SourceKind, GarminSource] = {}
    notes: dict[SourceKind, str] = {}
    if settings.connect_is_open:
        roads["connect_credentials"] = _connect(settings, process, stack)
    else:
        notes["connect_credentials"] = _TERMS
    if settings.personal_api:
        http = _http(process, "garmin personal api")
        roads["personal_api_key"] = PersonalApi(http, settings.personal_api_url, process.clock)
    else:
        notes["personal_api_key"] = _NO_KEYS
    partner = _partner(settings, process)
    if partner is not None:
        roads["official_partner"] = partner
    else:
        notes["official_partner"] = _NO_PARTNER
    return Sources(roads, notes)


def _connect(settings: GarminIngestSettings, process: Process, stack: AsyncExitStack) -> ConnectCredentials:
    line = SignInLine(process.clock)
    stack.callback(line.close)
    process.metrics.watch(line.sso)
    process.metrics.watch(line.tokens)
    addresses = ConnectAddresses(
        settings.connect_sso_url.rstrip("/"), settings.connect_api_url.rstrip("/"), settings.connect_token_url
    )
    return ConnectCredentials(_http(process, "garmin connect"), line, addresses)


def _partner(settings: GarminIngestSettings, process: Process) -> PartnerGarmin | None:
    client_id, secret, redirect = (
        settings.partner_client_id,
        settings.partner_client_secret,
        settings.partner_redirect_url,
    )
    if client_id is None or secret is None or redirect is None:
        return None
    addresses = PartnerAddresses(
        page=settings.partner_page_url,
        token=settings.partner_token_url,
        api=settings.partner_api_url,
        redirect=redirect,
    )
    client = PartnerClient(client_id, secret.get_secret_value())
    return PartnerGarmin(_http(process, "garmin partner api"), addresses, client, process.clock)


def _http(process: Process, name: str) -> GarminHttp:
    breaker = Breaker(name, process.clock, open_s=_OPEN_S)
    process.metrics.watch(breaker)
    return GarminHttp(process.session, breaker)
