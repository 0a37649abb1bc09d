from __future__ import annotations

import pytest

from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import build_fit
from tests.support.builders_zip import zip_of


async def _queued(ingest: IngestUnderTest) -> str:
    answer = await ingest.upload({"a.zip": zip_of({"a.fit": build_fit(duration_s=120)})})
    return answer.json["jobId"]


async def _done_items(ingest: IngestUnderTest, job_id: str, count: int) -> None:
    """Items that a worker would have finished, positions from 1 on; every tenth failed."""
    await ingest.sql(
        "INSERT INTO job_item"
        " (user_id, job_id, position, is_zip, file_name_sealed, status, error_code, error_message)"
        " SELECT user_id, job_id, at, false, file_name_sealed,"
        " CASE WHEN code IS NULL THEN 'imported' ELSE 'failed' END, code, code"
        " FROM job_item, generate_series(1, $2) AS at,"
        " LATERAL (SELECT CASE WHEN at % 10 = 0 THEN 'CODE' || at END) AS outcome (code)"
        " WHERE job_id = $1 AND position = 0",
        job_id,
        count,
    )


async def test_jobs_follow_each_other_page_by_page(ingest: IngestUnderTest):
    ids = [await _queued(ingest) for _ in range(5)]
    seen, cursor, sizes = [], "", []
    while cursor is not None:
        page = (await ingest.call("GET", f"/api/v1/jobs?limit=2{cursor and '&cursor=' + cursor}")).json
        seen += [job["id"] for job in page["items"]]
        sizes.append(len(page["items"]))
        cursor = page["nextCursor"]
    assert (seen, sizes) == (ids[::-1], [2, 2, 1])


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "cursor=nonsense", "colour=red"])
async def test_a_wrong_query_for_jobs_is_refused_by_the_name_of_its_field(ingest: IngestUnderTest, query):
    answer = await ingest.call("GET", f"/api/v1/jobs?{query}")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == query.split("=")[0]


async def test_a_long_job_shows_its_failures_and_its_newest_files_and_counts_all(ingest: IngestUnderTest):
    job_id = await _queued(ingest)
    await _done_items(ingest, job_id, 1000)
    job = await ingest.job(job_id)
    assert job["progress"] == {"done": 1000, "total": 1001}
    failed = [item["error"]["code"] for item in job["items"] if item["status"] == "failed"]
    assert failed == [f"CODE{at}" for at in range(10, 1001, 10)]
    # 20 of the newest 200 are among the 100 that failed.
    assert len(job["items"]) == 280


async def test_a_list_of_jobs_shows_a_few_files_of_each(ingest: IngestUnderTest):
    job_id, other = await _queued(ingest), await _queued(ingest)
    await _done_items(ingest, job_id, 1000)
    jobs = (await ingest.call("GET", "/api/v1/jobs")).json["items"]
    assert [(job["id"], job["progress"]["total"], len(job["items"])) for job in jobs] == [
        (other, 1, 0),
        (job_id, 1001, 19),
    ]
