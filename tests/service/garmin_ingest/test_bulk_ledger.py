"""What the ledger says of everything that came in, and how progress is counted along."""

from __future__ import annotations

import datetime as dt

from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import ShortRun, build_fit, build_gpx
from tests.support.builders_damage import garbage
from tests.support.builders_zip import zip_of
from tests.support.service import eventually

START = ShortRun().start
DAYS = {f"{day:02}.fit": build_fit(start=START + dt.timedelta(days=day), duration_s=120) for day in range(3)}
UNREADABLE = DAYS["00.fit"][:20]
EXPORT = {
    **DAYS,
    "again.fit": DAYS["01.fit"],
    "junk.fit": garbage(),
    "torn.fit": UNREADABLE,
    "broken.zip": b"PK\x03\x04 and no more",
    "poorer.gpx": build_gpx(start=START, duration_s=120),
}
STORY = [
    ("failed", None, "ACTIVITY_FILE_INVALID", False, 0),
    ("failed", None, "ACTIVITY_FILE_INVALID", False, 0),
    ("failed", "fit/2", "ACTIVITY_FILE_INVALID", True, 0),
    ("imported", "fit/2", None, True, 1),
    ("imported", "fit/2", None, True, 1),
    ("imported", "fit/2", None, True, 1),
    ("duplicate", "gpx/1", None, True, 1),
    ("unpacked", None, None, False, 0),
]
_MANY_ITEMS = (
    "INSERT INTO job_item (user_id, job_id, position, is_zip, file_name_sealed, status)"
    " SELECT user_id, job_id, at, false, file_name_sealed, CASE WHEN at % 3 = 0 THEN 'imported' END"
    " FROM job_item, generate_series(1, 500) AS at"
)


async def _ledger(ingest: IngestUnderTest) -> list[tuple[object, ...]]:
    rows = await ingest.sql(
        "SELECT encode(content_sha256, 'hex'), size_bytes, zone, skipped_as, warnings, activity_ids, outcome, decoder,"
        " error_code, original_kept, cardinality(activity_ids) FROM ingest_ledger ORDER BY content_sha256"
    )
    return [tuple(row) for row in rows]


async def _import(ingest: IngestUnderTest) -> dict:
    job_id = (await ingest.upload({"export.zip": zip_of(EXPORT)})).json["jobId"]

    async def is_over() -> bool:
        return (await ingest.job(job_id))["state"] == "succeeded"

    await eventually(is_over, within_s=40)
    return await ingest.job(job_id)


async def test_every_file_has_one_row_and_the_same_import_again_the_same_rows(ingest: IngestUnderTest):
    async with ingest.worker(in_bulk=True):
        first = await _import(ingest)
        told = await _ledger(ingest)
        again = await _import(ingest)
    assert first["progress"] == again["progress"] == {"done": 8, "total": 8}
    # By outcome: what varies is only which decoder version is the present one.
    assert sorted((row[6], bool(row[7]), row[8], row[9], row[10]) for row in told) == sorted(
        (outcome, bool(decoder), code, kept, count) for outcome, decoder, code, kept, count in STORY
    )
    assert await _ledger(ingest) == told
    statuses = sorted(item["status"] for item in again["items"])
    assert statuses == ["duplicate"] * 5 + ["failed"] * 3
    assert len(ingest.stored_files()) == sum(kept for _, _, _, kept, _ in STORY)


async def test_a_deleted_run_says_who_deleted_it_and_that_its_original_is_gone(ingest: IngestUnderTest):
    found = await ingest.import_one(DAYS["00.fit"])
    await ingest.import_one(UNREADABLE)
    await ingest.call("DELETE", f"/api/v1/activities/{found['activityId']}")

    async def original_is_gone() -> bool:
        rows = await ingest.sql("SELECT original_kept FROM ingest_ledger WHERE outcome = 'imported'")
        return not rows[0]["original_kept"]

    async with ingest.worker(in_bulk=True):
        await eventually(original_is_gone, within_s=20)
    (row,) = await ingest.sql("SELECT deleted_by FROM activity")
    assert row["deleted_by"] == "runner"
    # What could not be read waits for a better decoder.
    assert len(ingest.stored_files()) == 1
    assert (await ingest.import_one(DAYS["00.fit"]))["status"] == "imported"
    rows = await ingest.sql("SELECT outcome, original_kept FROM ingest_ledger ORDER BY outcome")
    assert [tuple(row) for row in rows] == [("failed", True), ("imported", True)]


async def test_progress_counts_what_the_items_say_whoever_writes_them(ingest: IngestUnderTest):
    job_id = (await ingest.upload({"a.zip": zip_of(DAYS)})).json["jobId"]
    statements = (
        _MANY_ITEMS,
        "UPDATE job_item SET status = 'failed' WHERE position BETWEEN 100 AND 200",
        "UPDATE job_item SET status = NULL WHERE position BETWEEN 150 AND 160",
        "DELETE FROM job_item WHERE position % 2 = 0",
    )
    for statement in statements:
        await ingest.sql(statement)
        (counted,) = await ingest.sql("SELECT count(status) AS done, count(*) AS total FROM job_item")
        assert (await ingest.job(job_id))["progress"] == dict(counted)


async def test_others_hear_of_an_import_when_it_is_done(ingest: IngestUnderTest):
    async with ingest.worker(in_bulk=True):
        await _import(ingest)
    assert await ingest.events() == ["activity.imported"] * 3
    (held,) = await ingest.sql("SELECT count(*) FROM pgqueuer WHERE execute_after > now() + interval '1 minute'")
    assert held["count"] == 0
