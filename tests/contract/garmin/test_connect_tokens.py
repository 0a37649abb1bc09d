"""Tokens of Garmin Connect: whose they are, that they come from nowhere else, and that each refresh counts once."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.garmin.models import Days, Tokens
from shared.errors import ServiceError
from tests.contract.garmin.connect_stand import Stand

TOKEN = "/di-oauth2-service/oauth/token"
EVER = Days(dt.date(2010, 1, 1), dt.date(2026, 12, 31))
LONGEST_PATH = 512  # what the library takes for the name of a file


async def seen(stand: Stand, tokens: Tokens) -> list[str | None]:
    return [activity.name async for page in stand.source.activities(tokens, EVER) for activity in page]


@pytest.mark.parametrize("as_file", [True, False], ids=["a path", "the tokens themselves"])
async def test_tokens_in_the_environment_open_nothing(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, as_file: bool
):
    mine, theirs = stand.world.add_account(), stand.world.add_account("other@example.com")
    stand.world.add_run(mine, "mine")
    stand.world.add_run(theirs, "theirs")
    values = dict((await stand.tokens(theirs)).values) | {"padding": "x" * LONGEST_PATH}
    (tmp_path / "garmin_tokens.json").write_text(json.dumps(values))
    monkeypatch.setenv("GARMINTOKENS", str(tmp_path) if as_file else json.dumps(values))
    logged_in = await stand.log_in(mine)
    assert logged_in.account.garmin_id == str(mine.garmin_id)
    assert await seen(stand, logged_in.tokens) == ["mine"]
    for call in (stand.source.refresh(Tokens({})), seen(stand, Tokens({}))):
        with pytest.raises(GarminConnectFailed):
            await call


async def test_short_tokens_are_tokens_and_no_path(stand: Stand):
    account = stand.world.add_account()
    tokens = await stand.tokens(account)
    assert len(json.dumps(dict(tokens.values))) < LONGEST_PATH
    assert await seen(stand, await stand.source.refresh(tokens)) == []


async def test_tokens_expire_when_their_own_claim_says(stand: Stand):
    stand.connect.tokens.access_s = 7200
    tokens = await stand.tokens(stand.world.add_account())
    assert abs(tokens.expires_at - dt.datetime.now(dt.UTC) - dt.timedelta(seconds=7200)) < dt.timedelta(seconds=10)


async def test_a_refresh_voids_the_tokens_before_it_and_keeps_what_days_are_found_by(stand: Stand):
    account = stand.world.add_account()
    old = await stand.tokens(account)
    new = await stand.source.refresh(old)
    assert new.values["di_refresh_token"] != old.values["di_refresh_token"]
    assert new.values["display_name"] == account.display_name
    with pytest.raises(GarminConnectFailed) as refusal:
        await stand.source.refresh(old)
    assert "log in" in refusal.value.message
    assert await stand.source.refresh(new)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "120"}}, GarminRateLimited),
        ({"kind": "status", "status": 503}, GarminUnavailable),
        ({"kind": "status", "status": 404}, GarminUnavailable),
        ({"kind": "html"}, GarminUnavailable),
        ({"kind": "garbage"}, GarminUnavailable),
        ({"kind": "slow", "seconds": 4.0}, GarminUnavailable),
    ],
)
async def test_a_refresh_that_fails_for_now_leaves_the_tokens_good(stand: Stand, fault: dict, kind: type[ServiceError]):
    tokens = await stand.tokens(stand.world.add_account())
    stand.world.log.clear()
    stand.world.misbehave(TOKEN, times=1, **fault)
    with pytest.raises(kind) as refusal:
        await stand.source.refresh(tokens)
    assert refusal.value.retry_after_s == (120 if kind is GarminRateLimited else None)
    assert stand.posts() == [TOKEN]
    if fault["kind"] != "slow":  # a slow one has done its work, and nobody has heard of it
        assert await stand.source.refresh(tokens)


async def test_an_access_token_that_is_void_is_not_refreshed_behind_the_callers_back(stand: Stand):
    account = stand.world.add_account()
    tokens = await stand.tokens(account)
    stand.connect.tokens.void_access(account)
    stand.world.log.clear()
    with pytest.raises(GarminConnectFailed):
        await seen(stand, tokens)
    assert stand.posts() == []
    assert await seen(stand, await stand.source.refresh(tokens)) == []


async def test_a_block_page_says_nothing_of_the_account(stand: Stand):
    tokens = await stand.tokens(stand.world.add_account())
    stand.world.misbehave("/activities/search", "status", status=403)
    with pytest.raises(GarminUnavailable):
        await seen(stand, tokens)
