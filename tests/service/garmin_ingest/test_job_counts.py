"""What a job's items came to, counted along."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import ShortRun, build_fit
from tests.support.builders_zip import zip_of
from tests.support.service import eventually

START = ShortRun().start
_INSERT = (
    "INSERT INTO job_item (user_id, job_id, position, is_zip, file_name_sealed, status)"
    " SELECT user_id, job_id, 100 + position, false, '', 'updated' FROM job_item"
)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE job_item SET status = 'failed' WHERE position IN (1, 2)",
        "UPDATE job_item SET status = NULL WHERE position = 3",
        "UPDATE job_item SET kind = 'course'",
        "DELETE FROM job_item WHERE position < 2",
        _INSERT,
    ],
)
async def test_items_are_counted_along_by_status_however_they_change(ingest: IngestUnderTest, change: str):
    days = {f"{day}.fit": build_fit(start=START + dt.timedelta(days=day), duration_s=120) for day in range(4)}
    queued = await ingest.upload({"export.zip": zip_of(days)})

    async def is_over() -> bool:
        return (await ingest.job(queued.json["jobId"]))["state"] == "succeeded"

    async with ingest.worker():
        await eventually(is_over, within_s=20)
    await ingest.sql(change)
    ((done, total, counts),) = await ingest.sql("SELECT done, total, counts FROM job")
    rows = await ingest.sql("SELECT status, count(*) AS items FROM job_item GROUP BY status")
    assert total == sum(row["items"] for row in rows)
    assert done == sum(row["items"] for row in rows if row["status"] is not None)
    assert json.loads(counts) == {row["status"]: row["items"] for row in rows if row["status"] is not None}
