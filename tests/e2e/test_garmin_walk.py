"""A runner and their Garmin account, from the log-in with a code to the answer about their last run, and back out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import uuid

import pytest

from tests.e2e.test_walk import read_independently
from tests.support.client import ApiClient, fact
from tests.support.garmin.connect_server import ConnectInThread
from tests.support.garmin.world import SimulatedAccount, SimulatedDay
from tests.support.stack import Stack

CODE = "424242"
_TODAY = dt.datetime.now(dt.UTC).date()
_numbers = itertools.count(1)


def an_account(garmin: ConnectInThread, **fields) -> SimulatedAccount:
    """An account of its own, with three runs and three nights of the last week."""
    account = garmin.world.add_account(f"{uuid.uuid4().hex}@garmin.example", **fields)
    for age in (1, 3, 5):
        day = _TODAY - dt.timedelta(days=age)
        start = dt.datetime.combine(day, dt.time(6, next(_numbers) % 60), dt.UTC)
        garmin.world.add_run(
            account, name=f"{age} days ago", start=start, duration_s=1800 + 300 * age, pace_s_per_km=300 + 7 * age
        )
        account.days[day] = SimulatedDay(27_000, 80, 40 + age, 50, 62_000.0)
    return account


def connected(stack: Stack, account: SimulatedAccount) -> ApiClient:
    client = ApiClient(stack.url)
    client.sign_up(timezone="Europe/Berlin")
    asked = client.api(
        "POST",
        "/garmin/connection",
        {"kind": "credentials", "username": account.username, "password": account.password},
    )
    if account.mfa_code is not None:
        assert (asked.status, asked.code) == (409, "GARMIN_MFA_REQUIRED")
        challenge = asked.json["error"]["details"][0]["challengeId"]
        asked = client.api("POST", "/garmin/connection/mfa", {"challengeId": challenge, "code": account.mfa_code})
    assert asked.status == 201, asked.body
    return client


def synced(client: ApiClient, **days: str) -> dict:
    """The job of the sync that is under way, or of a new one."""
    asked = client.api("POST", "/garmin/sync", days)
    assert asked.status == 202, asked.body
    job = client.finished_job(asked.json["jobId"])
    assert (job["state"], job["kind"]) == ("succeeded", "sync"), job
    return job


def a_week(client: ApiClient) -> dict:
    return synced(client, **{"from": (_TODAY - dt.timedelta(days=7)).isoformat(), "to": _TODAY.isoformat()})


@pytest.fixture(scope="module")
def walk(stack: Stack, garmin: ConnectInThread) -> tuple[ApiClient, SimulatedAccount]:
    account = an_account(garmin, mfa_code=CODE)
    client = connected(stack, account)
    assert sorted(item["status"] for item in synced(client)["items"]) == ["imported"] * 3
    return client, account


def test_the_last_run_from_garmin_is_analysed_with_the_numbers_of_its_file(walk):
    client, account = walk
    expected = read_independently(account.newest_first()[0].original)
    answer = client.ask("Analyze my last run")
    for label, value in expected.items():
        assert fact(answer, label)["value"] == pytest.approx(value, rel=0.005), label


def test_the_connection_tells_of_its_health(walk):
    client, account = walk
    health = client.api("GET", "/garmin/connection").json
    assert (health["status"], health["freshness"], health["credentialHealth"]) == ("connected", "fresh", "valid")
    assert account.username not in health["accountName"]
    assert health["gaps"] == []
    assert health["newestActivityAt"] == account.newest_first()[0].run.start.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert client.api("POST", "/garmin/connection/check").json["ok"]


def test_nights_and_mornings_come_along_by_the_runners_own_day(walk):
    client, account = walk
    first, last = min(account.days), max(account.days)
    days = client.api("GET", f"/wellness?from={first}&to={last}").json["items"]
    assert [day["date"] for day in days] == [day.isoformat() for day in sorted(account.days)]
    assert [day["hrvRmssdMs"] for day in days] == [45, 43, 41]
    assert {day["restingHeartRateBpm"] for day in days} == {50}
    assert {day["weightKg"] for day in days} == {62.0}
    assert {day["sleepS"] for day in days} == {27_000}


def test_originals_from_garmin_come_back_byte_for_byte(walk):
    client, account = walk
    newest = client.api("GET", "/activities?limit=1").json["items"][0]
    original = client.api("GET", f"/activities/{newest['id']}/export.fit").body
    assert original == account.newest_first()[0].original


def test_what_is_renamed_and_deleted_at_garmin_follows_and_a_run_deleted_here_stays_away(stack, garmin):
    account = an_account(garmin)
    client = connected(stack, account)
    synced(client)
    newest, middle, oldest = account.newest_first()
    ours = {item["name"]: item["id"] for item in client.api("GET", "/activities").json["items"]}
    assert client.api("DELETE", f"/activities/{ours[oldest.name]}").status == 204
    account.activities[newest.activity_id] = dataclasses.replace(newest, name="Renamed")
    del account.activities[middle.activity_id]
    a_week(client)
    assert {item["name"]: item["id"] for item in client.api("GET", "/activities").json["items"]} == {
        "Renamed": ours[newest.name]
    }


def test_two_runners_cannot_hold_one_garmin_account(stack, garmin):
    account = an_account(garmin)
    connected(stack, account)
    second = ApiClient(stack.url)
    second.sign_up()
    body = {"kind": "credentials", "username": account.username, "password": account.password}
    refused = second.api("POST", "/garmin/connection", body)
    assert (refused.status, refused.code) == (409, "CONFLICT")
    assert second.api("GET", "/garmin/connection").json["status"] == "not_connected"


@pytest.mark.parametrize(("data", "left"), [("keep", 3), ("delete", 0)])
def test_disconnecting_keeps_or_removes_what_came_over_the_account(stack, garmin, data, left):
    account = an_account(garmin)
    client = connected(stack, account)
    synced(client)
    assert client.api("DELETE", f"/garmin/connection?data={data}").status == 204
    assert client.api("GET", "/garmin/connection").json["status"] == "not_connected"
    refused = client.api("POST", "/garmin/sync", {})
    assert (refused.status, refused.code) == (409, "GARMIN_NOT_CONNECTED")
    # A removal takes the jobs of the account's syncs along.
    for job in client.api("GET", "/jobs").json["items"]:
        if job["kind"] == "removal":
            client.finished_job(job["id"])
    assert len(client.api("GET", "/activities").json["items"]) == left


def test_a_key_of_the_personal_api_is_another_road_to_the_same_place(stack, garmin):
    account = an_account(garmin, personal_keys={"personal-key-1"})
    client = ApiClient(stack.url)
    client.sign_up()
    made = client.api("POST", "/garmin/connection", {"kind": "personalApiKey", "key": "personal-key-1"})
    assert made.status == 201, made.body
    assert (made.json["source"], made.json["credentialHealth"]) == ("personalApiKey", "valid")
    synced(client)
    assert {item["name"] for item in client.api("GET", "/activities").json["items"]} == {
        activity.name for activity in account.activities.values()
    }


@pytest.mark.parametrize(
    ("goes_wrong", "status", "code"),
    [
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "120"}}, 503, "GARMIN_RATE_LIMITED"),
        ({"kind": "html"}, 503, "GARMIN_UNAVAILABLE"),
        ({"kind": "status", "status": 503}, 503, "GARMIN_UNAVAILABLE"),
    ],
    ids=["rate limited", "protection page", "down"],
)
def test_each_trouble_at_the_log_in_has_an_answer_of_its_own(stack, garmin, goes_wrong, status, code):
    account = an_account(garmin)
    client = ApiClient(stack.url)
    client.sign_up()
    rule = garmin.world.misbehave("/mobile/api/login", times=None, **goes_wrong)
    try:
        body = {"kind": "credentials", "username": account.username, "password": account.password}
        refused = client.api("POST", "/garmin/connection", body)
    finally:
        garmin.world.misbehaviours.remove(rule)
    assert (refused.status, refused.code) == (status, code), refused.body
    if code == "GARMIN_RATE_LIMITED":
        assert 0 < int(refused.headers["Retry-After"]) <= 120
    assert account.password.encode() not in refused.body


def test_a_wrong_password_is_said_as_such(stack, garmin):
    account = an_account(garmin)
    client = ApiClient(stack.url)
    client.sign_up()
    body = {"kind": "credentials", "username": account.username, "password": "not the password"}
    refused = client.api("POST", "/garmin/connection", body)
    assert (refused.status, refused.code) == (422, "GARMIN_CONNECT_FAILED")
