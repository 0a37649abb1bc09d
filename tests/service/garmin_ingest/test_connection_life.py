"""A Garmin account from the first log-in to the last goodbye, over each secret store."""

from __future__ import annotations

import datetime as dt

import pytest

from services.garmin_ingest.domain.errors import GarminUnavailable
from tests.service.garmin_ingest.linking import CONNECTION, Linked
from tests.support.service import a_runner

ANNA, BEN = "anna@example.com", "ben@example.com"


async def test_a_connected_account_has_a_row_a_secret_that_names_it_a_first_sync_and_an_audit_record(linked: Linked):
    linked.garmin.web.add(ANNA)

    answer = await linked.connect(ANNA, importFrom="2024-05-01")

    assert answer.status == 201, answer.body
    assert answer.json["status"] == "syncing"
    assert answer.json["source"] == "credentials"
    assert answer.json["accountName"] == "a…@example.com"
    assert answer.json["importFrom"] == "2024-05-01"
    secret = await linked.secret()
    assert secret is not None
    assert secret["connectionId"] == str(await linked.connection_id())
    assert secret["tokens"] == {"access": f"token 1 of {ANNA}"}
    (job,) = await linked.sql("SELECT job_id, kind, state, zone, connection_id FROM job")
    assert (job["kind"], job["state"], job["zone"]) == ("sync", "queued", "Europe/Berlin")
    assert job["connection_id"] == await linked.connection_id()
    assert answer.json["syncJobId"] == str(job["job_id"])
    assert await linked.queued("sync_garmin") == 1
    (record,) = await linked.sql("SELECT action, user_id FROM audit_record")
    assert (record["action"], record["user_id"]) == ("garmin.connected", linked.runner.user_id)


async def test_neither_password_nor_account_name_is_kept_in_clear_or_shown_anywhere(linked: Linked, capfd):
    linked.garmin.web.add(ANNA)
    answers = [await linked.connect(ANNA), await linked.connect(ANNA, secret="wrong PLANTED horse")]
    answers += [await linked.call("GET", CONNECTION), await linked.call("POST", f"{CONNECTION}/check")]

    secret = await linked.secret()
    written = [str(dict(secret or {})), *capfd.readouterr(), *(answer.body.decode() for answer in answers)]
    for table in ("garmin_connection", "garmin_log_in", "audit_record", "job", "pgqueuer", "idempotency_key"):
        written += [row["text"] for row in await linked.sql(f"SELECT {table}::text AS text FROM {table}")]
    for planted in (f"secret of {ANNA}", "PLANTED"):
        assert not any(planted in text for text in written)
    assert not any(ANNA in text or f"token 1 of {ANNA}" in text for text in written[1:])


async def test_new_credentials_for_the_same_account_keep_the_connection_and_what_was_fetched(linked: Linked):
    account = linked.garmin.web.add(ANNA)
    await linked.connect(ANNA, importFrom="2024-05-01")
    first = await linked.connection_id()
    await linked.sql("UPDATE garmin_connection SET covered = '{[2024-06-01,2024-07-01)}', state = 'broken'")
    account.secret = "a new password"

    answer = await linked.connect(ANNA)

    assert answer.status == 201, answer.body
    assert await linked.connection_id() == first
    assert answer.json["status"] == "syncing"
    assert answer.json["importFrom"] == "2024-05-01"
    assert answer.json["gaps"][0] == {"from": "2024-05-01", "to": "2024-05-31"}
    assert answer.json["gaps"][1]["from"] == "2024-07-01"
    secret = await linked.secret()
    assert secret is not None
    assert secret["tokens"] == {"access": f"token 2 of {ANNA}"}
    assert secret["connectionId"] == str(first)
    assert len(await linked.sql("SELECT 1 FROM job")) == 1, "the first sync is still to come and does it all"


async def test_another_account_is_refused_until_the_first_is_disconnected(linked: Linked):
    linked.garmin.web.add(ANNA)
    linked.garmin.web.add(BEN)
    await linked.connect(ANNA)
    before = await linked.secret()

    refused = await linked.connect(BEN)

    assert (refused.status, refused.code) == (409, "CONFLICT")
    assert "isconnect" in refused.json["error"]["message"]
    assert await linked.secret() == before
    assert (await linked.disconnect()).status == 204
    assert (await linked.connect(BEN)).status == 201


async def test_another_way_to_garmin_is_refused_without_a_log_in_while_one_is_connected(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)

    refused = await linked.call("POST", CONNECTION, json={"kind": "personalApiKey", "key": "any"})

    assert (refused.status, refused.code) == (409, "CONFLICT")
    assert linked.garmin.keys.log_ins == 0


async def test_an_account_that_somebody_else_has_connected_is_refused_and_leaves_no_secret(linked: Linked):
    linked.garmin.web.add(ANNA)
    other = a_runner()
    await linked.connect(ANNA)

    refused = await linked.connect(ANNA, caller=other)

    assert (refused.status, refused.code) == (409, "CONFLICT")
    assert await linked.secret(other) is None
    assert (await linked.health(caller=other))["status"] == "not_connected"
    assert linked.garmin.web.log_outs == [], "the tokens of the first must go on working"


async def test_a_personal_key_is_kept_and_its_end_is_counted_down(linked: Linked):
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=5)
    linked.garmin.keys.add("Anna", secret="key-1", key_expires_at=soon)

    answer = await linked.call("POST", CONNECTION, json={"kind": "personalApiKey", "key": "key-1"})

    assert answer.status == 201, answer.body
    assert answer.json["source"] == "personalApiKey"
    assert answer.json["credentialHealth"] == "expiring"
    assert dt.datetime.fromisoformat(answer.json["keyExpiresAt"]) == soon


async def test_disconnecting_ends_the_access_and_removes_the_secret_and_doing_it_twice_is_the_same(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)

    answers = [await linked.disconnect(), await linked.disconnect()]

    assert [answer.status for answer in answers] == [204, 204]
    assert await linked.secret() is None
    assert (await linked.health())["status"] == "not_connected"
    assert linked.garmin.web.log_outs == [f"token 1 of {ANNA}"]
    actions = [row["action"] for row in await linked.sql("SELECT action FROM audit_record ORDER BY sequence")]
    assert actions == ["garmin.connected", "garmin.disconnected"]


@pytest.mark.parametrize("failure", [GarminUnavailable("down"), None])
async def test_a_garmin_that_does_not_hear_the_goodbye_delays_nobody_for_long(linked: Linked, failure):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    linked.garmin.web.failure = failure
    if failure is None:
        linked.garmin.web.hang()

    answer = await linked.disconnect()

    assert answer.status == 204
    assert await linked.secret() is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "credentials", "username": "a@b.c"}, "password"),
        ({"kind": "credentials", "username": "  ", "password": "x"}, "username"),
        ({"kind": "credentials", "username": "a", "password": "x", "importFrom": "1989-12-31"}, "importFrom"),
        ({"kind": "credentials", "username": "a", "password": "x", "importFrom": "2999-01-01"}, "importFrom"),
        ({"kind": "personalApiKey", "key": "k", "password": "x"}, "password"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_with_the_place_and_without_a_log_in(linked: Linked, body, field):
    answer = await linked.call("POST", CONNECTION, json=body)

    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == field
    assert linked.garmin.web.log_ins == linked.garmin.keys.log_ins == 0


async def test_an_unknown_way_to_connect_is_refused_without_repeating_it(linked: Linked):
    answer = await linked.call("POST", CONNECTION, json={"kind": "x" * 1000, "key": "k"})

    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"] == [
        {"field": "kind", "issue": "must be one of 'credentials', 'personalApiKey'"}
    ]
    assert b"xxx" not in answer.body


async def test_the_ways_to_garmin_are_told_with_the_reason_for_each_that_is_closed(linked: Linked):
    health = await linked.health()

    assert health["status"] == "not_connected"
    assert health["sources"] == [
        {"kind": "credentials", "available": True, "note": None},
        {"kind": "personalApiKey", "available": True, "note": None},
        {"kind": "officialPartner", "available": False, "note": "The operator has no agreement with Garmin."},
    ]
