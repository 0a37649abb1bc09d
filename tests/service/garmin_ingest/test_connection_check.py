"""Whether it would work, part by part, within 5 s and without a log-in."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from tests.service.garmin_ingest.linking import CONNECTION, Linked

ANNA = "anna@example.com"


async def _check(linked: Linked) -> dict[str, tuple[bool, str]]:
    before = linked.garmin.web.log_ins
    began = time.monotonic()
    answer = await linked.call("POST", f"{CONNECTION}/check")
    assert time.monotonic() - began < 5.0
    assert answer.status == 200, answer.body
    checks = {check["name"]: (check["ok"], check["message"]) for check in answer.json["checks"]}
    assert answer.json["ok"] == all(ok for ok, _ in checks.values())
    assert linked.garmin.web.log_ins == before
    return checks


async def test_a_sound_connection_passes_every_check_and_garmin_was_really_asked(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)

    checks = await _check(linked)

    assert list(checks) == ["source", "secretStore", "credentials", "coolDown", "garmin"]
    assert all(ok for ok, _ in checks.values())
    assert linked.garmin.web.asked == 1


@pytest.mark.parametrize("away", ["hung", "dead"])
async def test_a_secret_store_that_is_away_is_named_and_garmin_is_left_alone(linked: Linked, away):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    if away == "hung":
        linked.safe.relay.hang()
    else:
        await linked.safe.relay.die()

    checks = await _check(linked)

    assert not checks["secretStore"][0]
    assert "credentials" not in checks
    assert linked.garmin.web.asked == 0


@pytest.mark.parametrize("safe", ["local"], indirect=True)
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (GarminUnavailable("Garmin is not answering."), "not answering"),
        (GarminRateLimited("Slow down."), "less often"),
        (GarminConnectFailed("Garmin no longer accepts this access."), "no longer accepts"),
    ],
    ids=["down", "429", "refused"],
)
async def test_what_garmin_says_is_told(linked: Linked, failure, said):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    linked.garmin.web.failure = failure

    ok, message = (await _check(linked))["garmin"]

    assert not ok
    assert said in message


@pytest.mark.parametrize("safe", ["local"], indirect=True)
async def test_a_garmin_that_hangs_is_an_answer_in_time(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    linked.garmin.web.silent = True

    assert (await _check(linked))["garmin"] == (False, "Garmin did not answer in time.")


@pytest.mark.parametrize("safe", ["local"], indirect=True)
async def test_an_account_that_cools_down_is_not_asked(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    await linked.sql("UPDATE garmin_connection SET cooldown_until = now() + interval '1 hour'")

    checks = await _check(linked)

    assert checks["coolDown"][1].startswith("Garmin asks us to wait until ")
    assert "garmin" not in checks
    assert linked.garmin.web.asked == 0


@pytest.mark.parametrize("safe", ["local"], indirect=True)
async def test_a_key_that_has_run_out_and_a_connection_that_is_broken_say_what_to_do(linked: Linked):
    linked.garmin.keys.add("Anna", secret="key", key_expires_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    await linked.call("POST", CONNECTION, json={"kind": "personalApiKey", "key": "key"})

    assert (await _check(linked))["credentials"] == (False, "Your key has run out. Make a new one at Garmin.")
    await linked.sql(
        "UPDATE garmin_connection SET state = 'broken', error_code = 'GARMIN_CONNECT_FAILED', error_message = 'Do it.'"
    )
    assert (await _check(linked))["credentials"] == (False, "Do it.")


@pytest.mark.parametrize("safe", ["local"], indirect=True)
async def test_a_secret_of_another_connection_does_not_count(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    await linked.sql("UPDATE garmin_connection SET connection_id = gen_random_uuid()")

    assert not (await _check(linked))["credentials"][0]


@pytest.mark.parametrize("safe", ["local"], indirect=True)
async def test_before_connecting_it_says_whether_connecting_could_work(linked: Linked):
    checks = await _check(linked)

    assert list(checks) == ["source", "secretStore", "garmin"]
    assert checks["source"][0]
    # The service under test is told an address where nothing listens.
    assert checks["garmin"] == (False, "Garmin cannot be reached right now.")
