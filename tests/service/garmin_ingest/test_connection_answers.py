"""What Garmin Connect does to a log-in, as the runner hears it, through the real adapter and a simulated Garmin."""

from __future__ import annotations

from tests.service.garmin_ingest.syncing import Syncing
from tests.support.garmin.world import SimulatedAccount
from tests.support.service import Answer

CONNECTION = "/api/v1/garmin/connection"
LOG_IN = "/mobile/api/login"


async def _connect(syncing: Syncing, account: SimulatedAccount, *, password: str | None = None) -> Answer:
    body = {"kind": "credentials", "username": account.username, "password": password or account.password}
    return await syncing.call("POST", CONNECTION, json=body)


async def test_a_wrong_password_a_code_a_429_a_bot_check_and_an_outage_are_five_answers(syncing: Syncing):
    answers = [await _connect(syncing, syncing.account("wrong@example.com"), password="not it")]
    answers.append(await _connect(syncing, syncing.account("code@example.com", mfa_code="123456")))
    syncing.world.misbehave(LOG_IN, "status", status=429, headers={"Retry-After": "600"})
    answers.append(await _connect(syncing, syncing.account("busy@example.com")))
    syncing.world.misbehave(LOG_IN, "html")
    answers.append(await _connect(syncing, syncing.account("robot@example.com")))
    syncing.world.misbehave(LOG_IN, "status", status=503)
    answers.append(await _connect(syncing, syncing.account("down@example.com")))

    assert [(answer.status, answer.code) for answer in answers] == [
        (422, "GARMIN_CONNECT_FAILED"),
        (409, "GARMIN_MFA_REQUIRED"),
        (503, "GARMIN_RATE_LIMITED"),
        (503, "GARMIN_UNAVAILABLE"),
        (503, "GARMIN_UNAVAILABLE"),
    ]
    assert 590 < int(answers[2].headers["Retry-After"]) <= 600
    messages = {answer.json["error"]["message"] for answer in answers}
    assert len(messages) == 5
    assert await syncing.sql("SELECT 1 FROM garmin_connection") == []


async def test_a_code_finishes_the_log_in_that_asked_for_it_after_a_wrong_one(syncing: Syncing):
    asked = await _connect(syncing, syncing.account(mfa_code="123456"))
    (detail,) = asked.json["error"]["details"]

    wrong, right = [
        await syncing.call("POST", f"{CONNECTION}/mfa", json={"challengeId": detail["challengeId"], "code": code})
        for code in ("000000", "123456")
    ]

    assert (wrong.status, wrong.code) == (422, "GARMIN_CONNECT_FAILED")
    assert right.status == 201, right.body
    assert right.json["accountName"] == "r…@example.com"
    check = await syncing.call("POST", f"{CONNECTION}/check")
    assert check.json["ok"], check.body
