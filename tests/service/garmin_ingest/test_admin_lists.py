from __future__ import annotations

import datetime as dt
import uuid

import pytest

from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import build_fit
from tests.support.builders_zip import zip_of
from tests.support.service import a_runner

ADMIN = a_runner(roles=frozenset({"admin"}))
ANN, BOB = a_runner(), a_runner()


async def listed(ingest: IngestUnderTest, path: str) -> dict:
    answer = await ingest.call("GET", f"/api/v1/admin/{path}", caller=ADMIN)
    assert answer.status == 200, answer.body
    assert b"find-me" not in answer.body
    return answer.json


async def queue_import(ingest: IngestUnderTest, caller) -> str:
    return (await ingest.upload({"find-me.zip": zip_of({"find-me.fit": build_fit()})}, caller=caller)).json["jobId"]


async def test_the_jobs_of_all_users_are_listed_newest_first_page_by_page(ingest: IngestUnderTest):
    ids = [await queue_import(ingest, caller) for caller in (ANN, BOB, ANN)]
    first = await listed(ingest, "jobs?limit=2")
    rest = await listed(ingest, f"jobs?limit=2&cursor={first['nextCursor']}")
    assert [job["id"] for job in first["items"] + rest["items"]] == ids[::-1]
    assert rest["nextCursor"] is None
    job = first["items"][1]
    assert (job["userId"], job["kind"], job["state"]) == (str(BOB.user_id), "import", "queued")
    assert (job["progress"], job["attempts"], job["nextRetryAt"]) == ({"done": 0, "total": 1}, 0, None)


async def test_jobs_are_chosen_by_state_and_kind(ingest: IngestUnderTest):
    dead, _ = [await queue_import(ingest, ANN) for _ in range(2)]
    await ingest.sql(
        "UPDATE job SET state = 'dead', error_code = 'A_CODE', error_message = 'Why.' WHERE job_id = $1",
        uuid.UUID(dead),
    )
    (job,) = (await listed(ingest, "jobs?state=dead&kind=import"))["items"]
    assert (job["id"], job["error"]) == (dead, {"code": "A_CODE", "message": "Why."})
    assert (await listed(ingest, "jobs?kind=replay"))["items"] == []
    answer = await ingest.call("GET", "/api/v1/admin/jobs?state=nonsense", caller=ADMIN)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")


async def test_a_job_that_waits_says_until_when(ingest: IngestUnderTest):
    await queue_import(ingest, ANN)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    await ingest.sql("UPDATE pgqueuer SET execute_after = $1", until)
    (job,) = (await listed(ingest, "jobs"))["items"]
    assert dt.datetime.fromisoformat(job["nextRetryAt"]) == until


async def connect(ingest: IngestUnderTest, caller, login_hash: bytes | None = None, **columns) -> None:
    row = {
        "user_id": caller.user_id, "connection_id": uuid.uuid4(), "source": "connect_credentials",
        "account_hash": uuid.uuid4().bytes, "login_hash": login_hash, "account_name_sealed": b"find-me",
        "state": "connected", "zone": "UTC", "import_from": dt.date(2024, 1, 1),
        "connected_at": dt.datetime.now(dt.UTC),
        **columns,
    }  # fmt: skip
    places = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    await ingest.sql(f"INSERT INTO garmin_connection ({', '.join(row)}) VALUES ({places})", *row.values())


async def test_connections_are_listed_with_their_state_and_no_name(ingest: IngestUnderTest):
    hour = dt.timedelta(hours=1)
    now = dt.datetime.now(dt.UTC)
    await connect(ingest, ANN, b"ann", last_success_at=now - hour, cooldown_until=now - hour)
    await connect(ingest, BOB, b"bob", source="personal_api_key", state="broken", error_code="GARMIN_CONNECT_FAILED")
    await ingest.sql("INSERT INTO garmin_cooldown (login_hash, until) VALUES ($1, $2)", b"bob", now + hour)
    first = await listed(ingest, "garmin-connections?limit=1")
    rest = await listed(ingest, f"garmin-connections?cursor={first['nextCursor']}")
    (bob,), (ann,) = first["items"], rest["items"]
    assert (bob["userId"], bob["source"], bob["state"]) == (str(BOB.user_id), "personalApiKey", "broken")
    assert (bob["errorCode"], dt.datetime.fromisoformat(bob["cooldownUntil"])) == ("GARMIN_CONNECT_FAILED", now + hour)
    # A cool-down that has passed is none.
    assert (ann["source"], ann["cooldownUntil"]) == ("credentials", None)
    assert dt.datetime.fromisoformat(ann["lastSuccessAt"]) == now - hour


@pytest.mark.parametrize("path", ["jobs", "dead-letters", "garmin-connections"])
async def test_a_cursor_that_is_none_is_refused(ingest: IngestUnderTest, path: str):
    answer = await ingest.call("GET", f"/api/v1/admin/{path}?cursor=nonsense", caller=ADMIN)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
