from __future__ import annotations

import asyncio
import datetime as dt
import uuid

import asyncpg
import pytest

from shared.jobs import enqueue
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import ShortRun, build_fit
from tests.support.builders_zip import zip_of
from tests.support.service import a_runner, eventually

LETTERS = "/api/v1/admin/dead-letters"
ADMIN = a_runner(roles=frozenset({"admin"}))
SOMEBODY = uuid.UUID("0199aaaa-0000-7000-8000-000000000001")


async def letters(ingest: IngestUnderTest, query: str = "") -> dict:
    answer = await ingest.call("GET", f"{LETTERS}{query}", caller=ADMIN)
    assert answer.status == 200, answer.body
    return answer.json


async def retry(ingest: IngestUnderTest, letter_id: str):
    return await ingest.call("POST", f"{LETTERS}/{letter_id}/retry", caller=ADMIN)


async def put_dead(ingest: IngestUnderTest, data: dict, *, entrypoint: str = "import_files", key: str | None = None):
    """Work that has given up, without the hours that this takes."""
    connection = await asyncpg.connect(ingest.settings.database_url.get_secret_value())
    async with connection.transaction():
        await enqueue(connection, entrypoint, data, dedupe_key=key)
        await connection.execute("UPDATE pgqueuer SET status = 'failed', attempts = 5, updated = clock_timestamp()")
    await connection.close()


async def audited(ingest: IngestUnderTest) -> list[asyncpg.Record]:
    return await ingest.sql("SELECT * FROM audit_record WHERE action = 'dead_letter.retried'")


async def a_dead_import(ingest: IngestUnderTest) -> str:
    """A job that gave up because its database refused for hours, and whose cause is mended."""
    await ingest.sql(
        "CREATE FUNCTION going_down() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'the administrator stops me' USING ERRCODE = 'admin_shutdown'; END $$"
    )
    await ingest.sql("CREATE TRIGGER going_down BEFORE INSERT ON activity EXECUTE FUNCTION going_down()")
    archive = zip_of({"find-me.fit": build_fit(start=ShortRun().start)})
    job_id = (await ingest.upload({"find-me-too.zip": archive})).json["jobId"]
    await ingest.sql("UPDATE pgqueuer SET created = now() - interval '7 hours'")

    async def is_parked() -> bool:
        return bool(await ingest.sql("SELECT 1 FROM pgqueuer WHERE status = 'failed'"))

    async with ingest.worker():
        await eventually(is_parked)
    await ingest.sql("DROP TRIGGER going_down ON activity")
    return job_id


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", LETTERS), ("POST", f"{LETTERS}/1/retry"), ("GET", "/api/v1/admin/jobs"),
     ("GET", "/api/v1/admin/garmin-connections")],
)  # fmt: skip
async def test_only_an_administrator_may(ingest: IngestUnderTest, method: str, path: str):
    answer = await ingest.call(method, path)
    assert (answer.status, answer.code) == (403, "AUTH_FORBIDDEN")


async def test_work_that_gave_up_is_listed_with_its_reason_and_without_what_it_is_about(ingest: IngestUnderTest):
    job_id = await a_dead_import(ingest)
    answer = await ingest.call("GET", LETTERS, caller=ADMIN)
    (letter,) = answer.json["items"]
    assert (letter["entrypoint"], letter["jobId"]) == ("import_files", job_id)
    assert letter["userId"] == str(ingest.runner.user_id)
    assert letter["error"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert letter["error"]["message"] == (await ingest.job(job_id))["error"]["message"]
    assert letter["failedAt"] > letter["createdAt"]
    assert b"find-me" not in answer.body


async def test_a_retried_import_finishes_and_the_deed_is_on_record(ingest: IngestUnderTest):
    job_id = await a_dead_import(ingest)
    (letter,) = (await letters(ingest))["items"]
    answer = await retry(ingest, letter["id"])
    assert (answer.status, answer.json) == (202, {"id": letter["id"], "state": "queued"})
    job = await ingest.job(job_id)
    assert (job["state"], job["error"]) == ("queued", None)
    assert (await letters(ingest))["items"] == []
    (record,) = await audited(ingest)
    assert (record["actor"], record["user_id"]) == (f"admin:{ADMIN.user_id}", ingest.runner.user_id)
    assert record["request_id"] == answer.headers["X-Request-Id"]

    async def is_done() -> bool:
        return (await ingest.job(job_id))["state"] == "succeeded"

    async with ingest.worker():
        await eventually(is_done)
    assert (await retry(ingest, letter["id"])).status == 404
    assert len(await ingest.activities()) == 1


async def test_asked_many_times_at_once_it_is_queued_once(ingest: IngestUnderTest):
    await put_dead(ingest, {"userId": str(SOMEBODY)})
    (letter,) = (await letters(ingest))["items"]
    answers = await asyncio.gather(*(retry(ingest, letter["id"]) for _ in range(8)))
    assert {answer.status for answer in answers} == {202}
    assert len(await audited(ingest)) == 1
    assert [tuple(row) for row in await ingest.sql("SELECT status::text, attempts FROM pgqueuer")] == [("queued", 0)]


async def test_a_retry_whose_record_cannot_be_written_does_not_happen(ingest: IngestUnderTest):
    await put_dead(ingest, {"userId": str(SOMEBODY)})
    (letter,) = (await letters(ingest))["items"]
    await ingest.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
    await ingest.sql("CREATE TRIGGER refuse BEFORE INSERT ON audit_record EXECUTE FUNCTION refuse()")
    assert (await retry(ingest, letter["id"])).status == 500
    assert len((await letters(ingest))["items"]) == 1


async def test_work_that_was_queued_anew_meanwhile_is_not_done_twice(ingest: IngestUnderTest):
    await put_dead(ingest, {"userId": str(SOMEBODY)}, key="job:1")
    (letter,) = (await letters(ingest))["items"]
    connection = await asyncpg.connect(ingest.settings.database_url.get_secret_value())
    await enqueue(connection, "import_files", {}, dedupe_key="job:1")
    await connection.close()
    answer = await retry(ingest, letter["id"])
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert len((await letters(ingest))["items"]) == 1


@pytest.mark.parametrize("letter_id", ["1", "0", "-1", "x", "9" * 18, "9" * 40, "%20"])
async def test_what_is_no_dead_letter_is_not_found(ingest: IngestUnderTest, letter_id: str):
    answer = await retry(ingest, letter_id)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


async def test_a_dead_delivery_names_its_user_and_tells_nothing_of_the_event(ingest: IngestUnderTest):
    event = {"id": str(uuid.uuid4()), "userId": str(SOMEBODY), "payload": {"startTime": "find-me"}}
    await put_dead(ingest, {"subscriber": "coach_agent", "event": event}, entrypoint="deliver_event")
    answer = await ingest.call("GET", LETTERS, caller=ADMIN)
    (letter,) = answer.json["items"]
    assert (letter["userId"], letter["jobId"]) == (str(SOMEBODY), None)
    assert letter["error"] == {"code": "INTERNAL_ERROR", "message": None}
    assert b"find-me" not in answer.body


async def test_pages_have_every_letter_once_the_last_first(ingest: IngestUnderTest):
    for _ in range(5):
        await put_dead(ingest, {"userId": str(SOMEBODY)})
    # Two that gave up in the same moment.
    await ingest.sql("UPDATE pgqueuer SET updated = $1 WHERE id <= 2", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    found, query = [], "?limit=2"
    while True:
        page = await letters(ingest, query)
        found += [int(letter["id"]) for letter in page["items"]]
        if page["nextCursor"] is None:
            break
        query = f"?limit=2&cursor={page['nextCursor']}"
    rows = await ingest.sql("SELECT id FROM pgqueuer ORDER BY updated DESC, id DESC")
    assert found == [row["id"] for row in rows]
    assert len(found) == 5
