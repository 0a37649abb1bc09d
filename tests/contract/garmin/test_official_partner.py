"""The partner programme against its simulator: consent, rotating tokens, backfills, addresses out of notifications."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from services.garmin_ingest.clients.garmin_http import GarminHttp
from services.garmin_ingest.clients.incoming import FolderIncoming
from services.garmin_ingest.clients.partner_api import PartnerAddresses, PartnerClient, PartnerGarmin
from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.garmin.models import AuthorizationCode, Days, LoggedIn, Tokens
from shared.clock import SystemClock
from shared.errors import InternalError, NotFound, ServiceError, ValidationFailed
from shared.resilience import Breaker
from tests.support.garmin.partner_server import CLIENT_ID, CLIENT_SECRET, PartnerServer
from tests.support.garmin.partner_summaries import user_id
from tests.support.garmin.world import GarminWorld, SimulatedAccount, SimulatedDay

VERIFIER = "v" * 64
REDIRECT = "https://pace42.example/api/v1/garmin/oauth/callback"
MARCH = Days(dt.date(2026, 3, 1), dt.date(2026, 3, 30))


@dataclass(frozen=True)
class Partner:
    server: PartnerServer
    garmin: PartnerGarmin
    account: SimulatedAccount

    async def logged_in(self, *, verifier: str = VERIFIER, redirect: str = REDIRECT) -> LoggedIn:
        url = self.garmin.authorization_url(state="the state", verifier=VERIFIER)
        code, state = self.server.consent(url, self.account)
        assert state == "the state"
        return await self.garmin.log_in(AuthorizationCode(code, verifier, redirect))

    async def tokens(self) -> Tokens:
        return (await self.logged_in()).tokens


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    world, clock = GarminWorld(), SystemClock()
    server = PartnerServer(world)
    async with server.running() as url, aiohttp.ClientSession() as session:
        http = GarminHttp(session, Breaker("garmin", clock, open_s=60, window=100), answer_timeout_s=2)
        addresses = PartnerAddresses(
            page="https://connect.garmin.com/oauth2Confirm",
            token=f"{url}/di-oauth2-service/oauth/token",
            api=f"{url}/wellness-api/rest",
            redirect=REDIRECT,
        )
        garmin = PartnerGarmin(http, addresses, PartnerClient(CLIENT_ID, CLIENT_SECRET), clock)
        yield Partner(server, garmin, world.add_account())


async def test_consent_leads_to_the_account_and_what_it_grants(partner: Partner):
    logged_in = await partner.logged_in()
    assert logged_in.account.garmin_id == user_id(partner.account)
    assert logged_in.permissions == ("ACTIVITY_EXPORT", "HEALTH_EXPORT", "HISTORICAL_DATA_EXPORT")
    now = dt.datetime.now(dt.UTC)
    assert dt.timedelta(hours=23) < logged_in.tokens.expires_at - now < dt.timedelta(hours=24)
    assert dt.timedelta(days=89) < logged_in.tokens.key_expires_at - now < dt.timedelta(days=90)
    assert not any(token in repr(logged_in) for token in logged_in.tokens.values.values())
    assert CLIENT_SECRET not in repr(vars(partner.garmin))


async def test_a_code_is_worth_nothing_without_its_verifier_elsewhere_or_twice(partner: Partner):
    with pytest.raises(GarminConnectFailed):
        await partner.logged_in(verifier="w" * 64)
    with pytest.raises(GarminConnectFailed):
        await partner.logged_in(redirect="https://elsewhere.example/")
    code, _ = partner.server.consent(partner.garmin.authorization_url(state="s", verifier=VERIFIER), partner.account)
    await partner.garmin.log_in(AuthorizationCode(code, VERIFIER, REDIRECT))
    with pytest.raises(GarminConnectFailed):
        await partner.garmin.log_in(AuthorizationCode(code, VERIFIER, REDIRECT))


async def test_refreshing_rotates_both_tokens(partner: Partner):
    first = await partner.tokens()
    second = await partner.garmin.refresh(first)
    assert set(first.values.values()).isdisjoint(second.values.values())
    assert await partner.garmin.request_backfill(second, "dailies", MARCH)
    with pytest.raises(GarminConnectFailed):
        await partner.garmin.request_backfill(first, "hrv", MARCH)
    with pytest.raises(GarminConnectFailed):
        await partner.garmin.refresh(first)


async def test_logging_out_ends_the_registration_and_never_fails_for_void_tokens(partner: Partner):
    tokens = await partner.tokens()
    await partner.garmin.log_out(tokens)
    assert partner.server.outbox == [{"deregistrations": [{"userId": user_id(partner.account)}]}]
    await partner.garmin.log_out(tokens)
    assert len(partner.server.outbox) == 1


async def test_a_backfill_that_was_asked_for_before_counts_as_taken(partner: Partner):
    partner.account.days[dt.date(2026, 3, 2)] = SimulatedDay(resting_heart_rate_bpm=48)
    tokens = await partner.tokens()
    assert await partner.garmin.request_backfill(tokens, "dailies", MARCH)
    assert await partner.garmin.request_backfill(tokens, "dailies", MARCH)
    assert len(partner.server.backfills) == 1
    (notification,) = partner.server.outbox
    assert notification["dailies"][0]["restingHeartRateInBeatsPerMinute"] == 48


async def test_a_backfill_that_the_runner_keeps_to_themselves_is_refused_and_no_failure(partner: Partner):
    partner.server.permissions[partner.account.garmin_id] = ["ACTIVITY_EXPORT"]
    assert not await partner.garmin.request_backfill(await partner.tokens(), "dailies", MARCH)


async def test_patience_that_garmin_asks_for_is_passed_on(partner: Partner):
    tokens = await partner.tokens()
    partner.server.world.misbehave("/backfill/", "status", status=429, headers={"Retry-After": "60"})
    with pytest.raises(GarminRateLimited) as refusal:
        await partner.garmin.request_backfill(tokens, "sleeps", MARCH)
    assert refusal.value.retry_after_s == 60


@pytest.mark.parametrize("path", ["/oauth/token", "/user/id", "/user/permissions"])
@pytest.mark.parametrize("kind", ["html", "garbage"])
async def test_nonsense_on_the_way_in_is_garmin_being_unwell(partner: Partner, path: str, kind: str):
    partner.server.world.misbehave(path, kind)
    with pytest.raises(GarminUnavailable):
        await partner.logged_in()


async def _fetched(partner: Partner, url: str, folder: Path) -> bytes:
    file = await FolderIncoming(folder).create(uuid.uuid4(), "original")
    try:
        await partner.garmin.fetch_file(await partner.tokens(), url, file)
    except ServiceError:
        await file.discard()
        raise
    return (await file.close()).path.read_bytes()


async def test_a_file_is_fetched_from_the_address_in_a_ping_once(partner: Partner, tmp_path: Path):
    run = partner.server.world.add_run(partner.account)
    url = partner.server.announce_file(partner.account, run)["callbackURL"]
    assert await _fetched(partner, url, tmp_path) == run.original
    with pytest.raises(NotFound):
        await _fetched(partner, url, tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:9/wellness-api/rest/activityFile", "file:///etc/passwd",
        "https://{host}/wellness-api/rest/activityFile", "http://{host}.evil.example/wellness-api/rest/activityFile",
        "http://evil@{host}/wellness-api/rest/activityFile", "http://{host}@evil.example/wellness-api/rest/x",
        "http://{host}/wellness-api/rest/../../di-oauth2-service/oauth/token", "http://{host}/wellness-api/restless/x",
        "//{host}/wellness-api/rest/activityFile", "/wellness-api/rest/activityFile", "", "http://[", "gopher://{host}/",
    ],
)  # fmt: skip
async def test_an_address_that_is_not_garmins_is_never_asked(partner: Partner, tmp_path: Path, url: str):
    host = partner.server.base.removeprefix("http://")
    tokens = await partner.tokens()
    before = len(partner.server.world.log)
    file = await FolderIncoming(tmp_path).create(uuid.uuid4(), "original")
    with pytest.raises(ValidationFailed) as refusal:
        await partner.garmin.fetch_file(tokens, url.format(host=host), file)
    await file.discard()
    assert len(partner.server.world.log) == before
    assert host not in refusal.value.message


async def test_a_redirect_from_garmins_own_address_is_not_followed(partner: Partner, tmp_path: Path):
    url = f"{partner.server.base}/wellness-api/rest/activityFile?id=1&token=x"
    away = f"{partner.server.base}/wellness-api/rest/user/id"
    partner.server.world.misbehave("/activityFile", "status", status=302, headers={"Location": away})
    asked = partner.server.world.asked("/user/id") + 1  # logging in asks once
    with pytest.raises(GarminUnavailable):
        await _fetched(partner, url, tmp_path)
    assert partner.server.world.asked("/user/id") == asked


async def test_what_only_comes_by_itself_is_not_asked_for(partner: Partner):
    """An empty list would read as if the runner had deleted everything at Garmin."""
    tokens = await partner.tokens()
    with pytest.raises(InternalError):
        [page async for page in partner.garmin.activities(tokens, MARCH)]
    with pytest.raises(InternalError):
        await partner.garmin.wellness(tokens, MARCH)
    with pytest.raises(InternalError):
        await partner.garmin.has_activity(tokens, "1")
