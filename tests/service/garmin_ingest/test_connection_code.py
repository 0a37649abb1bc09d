"""A log-in with a code, over two web requests that may meet two replicas."""

from __future__ import annotations

import asyncio
import time

import pytest

from services.garmin_ingest.domain.errors import GarminRateLimited, GarminUnavailable
from tests.service.garmin_ingest.linking import Linked, replicas
from tests.support.service import a_runner, eventually

ANNA, CODE = "anna@example.com", "123456"

pytestmark = [
    pytest.mark.parametrize("safe", ["local"], indirect=True),
    pytest.mark.parametrize("linked", [2], indirect=True),
]


async def _challenged(linked: Linked, *, replica: int = 0, caller=None) -> str:
    if ANNA not in linked.garmin.web.accounts:
        linked.garmin.web.add(ANNA, code=CODE)
    answer = await linked.connect(ANNA, replica=replica, caller=caller)
    assert (answer.status, answer.code) == (409, "GARMIN_MFA_REQUIRED"), answer.body
    return str(answer.json["error"]["details"][0]["challengeId"])


@pytest.mark.parametrize("replica", [0, 1], ids=["the one that began", "the other"])
async def test_a_code_given_to_either_replica_connects_the_account(linked: Linked, replica):
    challenge = await _challenged(linked)
    assert (await linked.health())["status"] == "not_connected"

    answer = await linked.code(challenge, f" {CODE} ", replica=replica)

    assert answer.status == 201, answer.body
    assert answer.json["status"] == "syncing"
    assert linked.garmin.web.codes == [CODE]
    assert linked.garmin.web.log_ins == 1
    secret = await linked.secret()
    assert secret is not None
    assert secret["connectionId"] == str(await linked.connection_id())


async def test_a_code_is_never_kept_once_it_was_taken_and_never_in_clear(linked: Linked):
    challenge = await _challenged(linked)
    await linked.code(challenge, CODE, replica=1)

    (row,) = await linked.sql("SELECT state, code_sealed, garmin_mfa_challenge::text FROM garmin_mfa_challenge")
    assert (row["state"], row["code_sealed"]) == ("done", None)
    assert CODE not in row["garmin_mfa_challenge"]


async def test_an_answer_that_was_lost_can_be_asked_for_again(linked: Linked):
    challenge = await _challenged(linked)
    await linked.code(challenge, CODE, replica=1)

    again = await linked.code(challenge, CODE, replica=0)

    assert again.status == 201
    assert linked.garmin.web.codes == [CODE]


async def test_a_wrong_code_may_be_corrected_twice_and_then_the_log_in_starts_again(linked: Linked):
    challenge = await _challenged(linked)

    refused = [await linked.code(challenge, wrong, replica=number % 2) for number, wrong in enumerate("abc")]
    late = await linked.code(challenge, CODE)

    for answer in (*refused, late):
        assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    assert "Try the code again" in refused[1].json["error"]["message"]
    assert "Start again" in refused[2].json["error"]["message"]
    assert linked.garmin.web.codes == ["a", "b", "c"]
    assert linked.garmin.web.abandoned == 1
    assert await linked.secret() is None


async def test_a_wrong_code_then_the_right_one_connects(linked: Linked):
    challenge = await _challenged(linked)
    assert (await linked.code(challenge, "000000", replica=1)).status == 422

    assert (await linked.code(challenge, CODE, replica=1)).status == 201


@pytest.mark.parametrize("replica", [0, 1])
async def test_a_challenge_is_for_the_one_who_began_it(linked: Linked, replica):
    challenge = await _challenged(linked)

    stranger = await linked.code(challenge, CODE, replica=replica, caller=a_runner())

    assert (stranger.status, stranger.code) == (422, "GARMIN_CONNECT_FAILED")
    assert "Start again" in stranger.json["error"]["message"]
    assert linked.garmin.web.codes == []
    assert (await linked.code(challenge, CODE)).status == 201


async def test_an_unknown_challenge_says_to_start_again(linked: Linked):
    answer = await linked.code("0199a7c4-7b1e-7c3e-8f57-2f1d5c3b9a10", CODE)

    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")


async def test_a_challenge_ends_after_ten_minutes_and_its_log_in_is_closed(linked: Linked):
    challenge = await _challenged(linked)
    rows = await linked.sql("SELECT expires_at - now() AS left FROM garmin_mfa_challenge")
    assert 590 < rows[0]["left"].total_seconds() <= 600
    await linked.sql("UPDATE garmin_mfa_challenge SET expires_at = now()")

    answer = await linked.code(challenge, CODE)

    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    assert linked.garmin.web.codes == []


async def test_a_second_log_in_of_a_runner_takes_the_place_of_the_first(linked: Linked):
    first = await _challenged(linked)
    second = await _challenged(linked)

    assert linked.garmin.web.abandoned == 1
    assert (await linked.code(first, CODE)).status == 422
    assert (await linked.code(second, CODE)).status == 201


async def test_two_codes_at_once_are_tried_one_at_a_time(linked: Linked):
    challenge = await _challenged(linked)

    answers = await asyncio.gather(*(linked.code(challenge, CODE, replica=number % 2) for number in range(6)))

    assert {answer.status for answer in answers} <= {201, 409}
    assert any(answer.status == 201 for answer in answers)
    assert linked.garmin.web.codes == [CODE]


async def test_the_owner_that_stops_closes_its_log_ins_and_their_codes_lead_back_to_the_beginning(linked: Linked):
    linked.garmin.web.add(ANNA, code=CODE)
    async with replicas(linked.settings, linked.garmin) as stopping:
        linked.replicas.append(stopping[0])
        challenge = await _challenged(linked, replica=2)

    answer = await linked.code(challenge, CODE)

    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    assert linked.garmin.web.abandoned == 1
    assert await linked.sql("SELECT 1 FROM garmin_mfa_challenge") == []


async def test_an_owner_that_died_is_noticed_within_seconds(linked: Linked):
    challenge = await _challenged(linked)
    # As kill -9 leaves it: the row is there, and nobody looks for its code.
    await linked.sql("UPDATE garmin_mfa_challenge SET owner_id = gen_random_uuid()")

    began = time.monotonic()
    answer = await linked.code(challenge, CODE)

    assert time.monotonic() - began < 10
    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    assert "Start again" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (GarminUnavailable("Garmin is not answering."), "GARMIN_UNAVAILABLE"),
        (GarminRateLimited("Slow down.", retry_after_s=600), "GARMIN_RATE_LIMITED"),
    ],
    ids=["down", "429"],
)
async def test_what_garmin_does_to_the_code_reaches_the_other_replica_as_what_it_is(linked: Linked, failure, code):
    challenge = await _challenged(linked)
    linked.garmin.web.failure = failure

    answer = await linked.code(challenge, CODE, replica=1)

    assert (answer.status, answer.code) == (503, code)
    if code == "GARMIN_RATE_LIMITED":
        assert 590 < int(answer.headers["Retry-After"]) <= 600
        assert "until" in answer.json["error"]["message"]


async def test_a_code_given_while_the_secret_store_is_away_is_not_spent(linked: Linked):
    challenge = await _challenged(linked)
    await linked.safe.relay.die()

    away = await linked.code(challenge, CODE, replica=1)

    assert (away.status, away.code) == (503, "SECRETS_UNAVAILABLE")
    assert linked.garmin.web.codes == []
    await linked.safe.relay.recover()
    assert (await linked.code(challenge, CODE, replica=1)).status == 201


async def test_the_account_of_somebody_else_is_refused_after_the_code_as_well(linked: Linked):
    other = a_runner()
    await linked.code(await _challenged(linked), CODE)

    refused = await linked.code(await _challenged(linked, caller=other), CODE, replica=1, caller=other)

    assert (refused.status, refused.code) == (409, "CONFLICT")
    assert await linked.secret(other) is None


async def test_a_replica_that_holds_no_log_in_does_not_ask_the_database_for_codes(linked: Linked):
    challenge = await _challenged(linked)
    await linked.code(challenge, CODE)

    async def nobody_looks() -> bool:
        before = await _statements(linked)
        await asyncio.sleep(1)
        return await _statements(linked) == before

    await eventually(nobody_looks)


async def _statements(linked: Linked) -> int:
    rows = await linked.sql(
        "SELECT seq_scan + coalesce(idx_scan, 0) AS n FROM pg_stat_user_tables WHERE relname = 'garmin_mfa_challenge'"
    )
    return int(rows[0]["n"])
