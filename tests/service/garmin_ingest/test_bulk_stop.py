import datetime as dt

from tests.support.builders import build_fit
from tests.support.builders_zip import zip_of
from tests.support.service import eventually

START = dt.datetime(2025, 1, 1, 7, tzinfo=dt.UTC)


def runs(count):
    return {
        f"{number}.fit": build_fit(start=START + dt.timedelta(days=number), duration_s=60) for number in range(count)
    }


async def test_a_worker_that_is_told_to_stop_hands_a_long_import_back_and_the_next_one_finishes_it(ingest):
    queued = await ingest.upload({"export.zip": zip_of(runs(200))})
    job_id = queued.json["jobId"]

    async def has_begun():
        return (await ingest.job(job_id))["progress"]["done"] > 0

    async def is_over():
        return (await ingest.job(job_id))["state"] == "succeeded"

    async with ingest.worker(in_bulk=True):
        await eventually(has_begun, within_s=30)
    left = await ingest.job(job_id)
    assert (left["state"], left["progress"]["total"]) == ("queued", 200)
    assert 0 < left["progress"]["done"] < 200
    async with ingest.worker(in_bulk=True):
        await eventually(is_over, within_s=40)
    assert (await ingest.job(job_id))["progress"] == {"done": 200, "total": 200}
    (stored,) = await ingest.sql("SELECT count(*), count(DISTINCT start_time) AS days FROM activity")
    assert (stored["count"], stored["days"]) == (200, 200)


async def test_a_zip_without_recordings_inside_an_account_export_is_nothing_that_failed(ingest):
    part = zip_of({"DI_CONNECT/note.txt": b"nothing"})
    queued = await ingest.upload({"export.zip": zip_of({"other.zip": part, "run.fit": build_fit(duration_s=60)})})

    async def is_over():
        return (await ingest.job(queued.json["jobId"]))["state"] == "succeeded"

    async with ingest.worker(in_bulk=True):
        await eventually(is_over, within_s=20)
    job = await ingest.job(queued.json["jobId"])
    assert [(item["fileName"], item["status"]) for item in job["items"]] == [("run.fit", "imported")]
    assert job["progress"] == {"done": 1, "total": 1}
