"""Logging in to Garmin Connect: five kinds of no, one log-in an attempt, and a code that may come later.

The library beneath tries five ways under several browsers' names until one is let in. Run as it is, one 429 became a
dozen log-ins and an hour's ban for the runner; so each test here counts what was posted.
"""

from __future__ import annotations

import asyncio
import time

import pytest

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.garmin.models import LoggedIn, PasswordCredentials
from shared.errors import ServiceError
from tests.contract.garmin.connect_stand import TIMEOUT_S, Stand, credentials, open_stand, source_at

LOG_IN, VERIFY, TOKEN = "/mobile/api/login", "/mobile/api/mfa/verifyCode", "/di-oauth2-service/oauth/token"

REFUSALS = {
    "429 with a time": ({"kind": "status", "status": 429, "headers": {"Retry-After": "600"}}, GarminRateLimited, None),
    "429 without": ({"kind": "status", "status": 429}, GarminRateLimited, None),
    "427": ({"kind": "status", "status": 427}, GarminUnavailable, "blocked by Garmin's protection page"),
    "a challenge with 200": ({"kind": "html"}, GarminUnavailable, "blocked by Garmin's protection page"),
    "503": ({"kind": "status", "status": 503}, GarminUnavailable, "Garmin is down or too slow"),
    "too slow": ({"kind": "slow", "seconds": TIMEOUT_S + 2}, GarminUnavailable, "Garmin is down or too slow"),
    "elsewhere": ({"kind": "status", "status": 302}, GarminUnavailable, "unexpected answer"),
    "garbage": ({"kind": "garbage"}, GarminUnavailable, "unexpected answer"),
    "half an answer": ({"kind": "cut"}, GarminUnavailable, "Garmin is down or too slow"),
    "unknown JSON": ({"kind": "status", "status": 400}, GarminUnavailable, "unexpected answer"),
}


def issue(error: ServiceError) -> str | None:
    return error.details[0]["issue"] if error.details else None


@pytest.mark.parametrize("case", REFUSALS)
async def test_one_attempt_is_one_log_in_whatever_garmin_answers(stand: Stand, case: str):
    fault, kind, said = REFUSALS[case]
    account = stand.world.add_account()
    stand.world.misbehave(LOG_IN, times=None, **fault)
    with pytest.raises(kind) as refusal:
        await stand.source.log_in(credentials(account))
    assert type(refusal.value).code == kind.code
    assert issue(refusal.value) == said
    assert refusal.value.retry_after_s == (600 if case == "429 with a time" else None)
    assert stand.posts() == [LOG_IN]


async def test_a_wrong_password_is_the_runners_to_mend_and_tried_once(stand: Stand):
    account = stand.world.add_account()
    with pytest.raises(GarminConnectFailed) as refusal:
        await stand.source.log_in(PasswordCredentials(account.username, "not it"))
    assert not refusal.value.retryable
    assert stand.posts() == [LOG_IN]


@pytest.mark.parametrize(
    ("refused_as", "kind", "said"),
    [
        ("ACCOUNT_LOCKED", GarminConnectFailed, None),
        ("CAPTCHA_REQUIRED", GarminUnavailable, "blocked by Garmin's protection page"),
        ("SOMETHING_NEW", GarminUnavailable, "unexpected answer"),
    ],
)
async def test_what_the_sign_in_says_of_a_right_password_is_told_apart(
    stand: Stand, refused_as: str, kind: type[ServiceError], said: str | None
):
    account = stand.world.add_account(refused_as=refused_as)
    with pytest.raises(kind) as refusal:
        await stand.source.log_in(credentials(account))
    assert issue(refusal.value) == said
    assert stand.posts() == [LOG_IN]


async def test_a_garmin_that_nobody_reaches_is_down():
    async with source_at("http://127.0.0.1:9") as (source, _):
        with pytest.raises(GarminUnavailable) as refusal:
            await source.log_in(PasswordCredentials("runner@example.com", "correct horse"))
    assert issue(refusal.value) == "Garmin is down or too slow"


async def test_a_challenge_before_the_sign_in_page_costs_no_log_in(stand: Stand):
    stand.world.misbehave("/sign-in", "html", times=None)
    with pytest.raises(GarminUnavailable) as refusal:
        await stand.source.log_in(credentials(stand.world.add_account()))
    assert issue(refusal.value) == "blocked by Garmin's protection page"
    assert stand.posts() == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 400}, GarminUnavailable),
        ({"kind": "status", "status": 503}, GarminUnavailable),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "60"}}, GarminRateLimited),
        ({"kind": "html"}, GarminUnavailable),
        ({"kind": "garbage"}, GarminUnavailable),
    ],
)
async def test_a_log_in_without_tokens_is_never_called_a_wrong_password(
    stand: Stand, fault: dict, kind: type[ServiceError]
):
    stand.world.misbehave(TOKEN, times=None, **fault)
    with pytest.raises(kind):
        await stand.source.log_in(credentials(stand.world.add_account()))
    assert stand.posts().count(LOG_IN) == 1


async def test_a_code_finishes_a_log_in(stand: Stand):
    account = stand.world.add_account(mfa_code="123456")
    pending = await stand.source.log_in(credentials(account))
    assert not isinstance(pending, LoggedIn)
    assert stand.posts() == [LOG_IN]
    logged_in = await pending.finish(" 123456 ")
    assert logged_in.account.garmin_id == str(account.garmin_id)
    assert stand.posts() == [LOG_IN, VERIFY, TOKEN]


async def test_a_wrong_code_is_tried_once_and_leaves_room_for_the_right_one(stand: Stand):
    account = stand.world.add_account(mfa_code="123456")
    pending = await stand.source.log_in(credentials(account))
    with pytest.raises(GarminConnectFailed):
        await pending.finish("654321")
    assert stand.posts() == [LOG_IN, VERIFY]
    assert isinstance(await pending.finish("123456"), LoggedIn)


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_code_meets_the_same_refusals_and_may_be_typed_again(stand: Stand, case: str):
    fault, kind, said = REFUSALS[case]
    account = stand.world.add_account(mfa_code="123456")
    pending = await stand.source.log_in(credentials(account))
    stand.world.misbehave(VERIFY, times=1, **fault)
    with pytest.raises(kind) as refusal:
        await pending.finish("123456")
    assert issue(refusal.value) == said
    assert stand.posts() == [LOG_IN, VERIFY]
    assert isinstance(await pending.finish("123456"), LoggedIn)


async def test_a_log_in_that_was_abandoned_or_finished_is_over(stand: Stand):
    account = stand.world.add_account(mfa_code="123456")
    abandoned, finished = [await stand.source.log_in(credentials(account)) for _ in range(2)]
    await abandoned.abandon()
    await abandoned.abandon()
    await finished.finish("123456")
    for pending in (abandoned, finished):
        with pytest.raises(GarminConnectFailed):
            await pending.finish("123456")


async def test_two_runners_who_log_in_at_once_get_their_own_accounts(stand: Stand):
    accounts = [stand.world.add_account(f"runner{number}@example.com", mfa_code=str(number)) for number in range(4)]
    waiting = await asyncio.gather(*(stand.source.log_in(credentials(account)) for account in accounts))
    found = await asyncio.gather(
        *(pending.finish(account.mfa_code) for pending, account in zip(waiting, accounts, strict=True))
    )
    assert [one.account.garmin_id for one in found] == [str(account.garmin_id) for account in accounts]


async def test_no_redirect_is_followed_and_no_other_address_asked(stand: Stand):
    account = stand.world.add_account()
    async with open_stand() as elsewhere:
        headers = {"Location": f"{elsewhere.connect.url}{LOG_IN}"}
        for path in (LOG_IN, TOKEN, "/socialProfile"):
            stand.world.misbehave(path, "status", status=307, headers=headers, times=1)
            with pytest.raises(GarminUnavailable):
                await stand.source.log_in(credentials(account))
        assert elsewhere.world.log == []


async def test_a_caller_that_goes_away_is_let_go_at_once():
    async with open_stand(threads=1) as stand:
        account = stand.world.add_account()
        stand.world.misbehave(LOG_IN, "slow", seconds=1.0, times=1)
        began_s = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await stand.source.log_in(credentials(account))
        assert time.monotonic() - began_s < 0.8
        # The one thread is back in time for the next.
        assert await stand.log_in(account)


async def test_a_sign_in_that_is_down_is_left_alone_for_a_minute_while_the_rest_goes_on():
    async with open_stand(window=4) as stand:
        account = stand.world.add_account()
        tokens = await stand.tokens(account)
        fault = stand.world.misbehave(LOG_IN, "status", status=503, times=None)
        for _ in range(4):
            with pytest.raises(GarminUnavailable):
                await stand.log_in(account)
        fault.times = 0
        before = len(stand.world.log)
        with pytest.raises(GarminUnavailable) as refusal:
            await stand.log_in(account)
        assert 1 <= refusal.value.retry_after_s <= 60
        assert len(stand.world.log) == before
        assert (await stand.source.refresh(tokens)).values["di_token"] != tokens.values["di_token"]


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 429}, {"kind": "status", "status": 400}])
async def test_what_garmin_says_to_one_runner_stops_no_other(fault: dict):
    async with open_stand(window=4) as stand:
        account = stand.world.add_account()
        stand.world.misbehave(LOG_IN, times=8, **fault)
        for _ in range(8):
            with pytest.raises(ServiceError):
                await stand.log_in(account)
        assert stand.line.sso.state == "closed"
        assert await stand.log_in(account)
