"""Originals that an older decoder read, and the job that reads them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from services.garmin_ingest.domain import reading
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.models import Activity
from services.garmin_ingest.domain.streams import HEART_RATE, Streams
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.service import a_runner, eventually

REPLAY = "/api/v1/admin/ingest/replay"
ADMIN = a_runner(roles=frozenset({"admin"}))
OLD = "fit/1"


@contextmanager
def older_decoder(spoil: Callable[[Activity], Activity]) -> Iterator[None]:
    """A decoder that makes of each session what ``spoil`` says."""
    today = reading.read_file

    def read(*arguments):
        return tuple(spoil(activity) for activity in today(*arguments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_file", read)
        patch.setattr(reading, "version_of", lambda _: OLD)
        yield


@contextmanager
def refusing_decoder(version: str = OLD) -> Iterator[None]:
    def refuse(*_):
        raise ActivityFileInvalid("a message that this decoder does not know", offset=14)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_file", refuse)
        patch.setattr(reading, "version_of", lambda _: version)
        yield


def without_heart_rate(activity: Activity) -> Activity:
    columns = {name: values for name, values in activity.streams.columns.items() if name != HEART_RATE}
    totals = replace(activity.totals, average_heart_rate_bpm=None, max_heart_rate_bpm=None)
    return replace(activity, streams=Streams(activity.streams.time_s, columns), totals=totals, mean_efforts=())


def untouched(activity: Activity) -> Activity:
    return activity


async def start(ingest: IngestUnderTest, **wanted: str) -> str:
    answer = await ingest.call("POST", REPLAY, caller=ADMIN, json=wanted)
    assert answer.status == 202, answer.body
    return answer.json["jobId"]


async def job_of(ingest: IngestUnderTest, job_id: str) -> dict:
    return await ingest.job(job_id, caller=ADMIN)


async def finished(ingest: IngestUnderTest, job_id: str, *, within_s: float = 20.0) -> dict:
    """The job once a worker has done it."""

    async def is_over() -> bool:
        return (await job_of(ingest, job_id))["state"] in {"succeeded", "dead"}

    async with ingest.worker():
        await eventually(is_over, within_s=within_s)
    job = await job_of(ingest, job_id)
    assert job["state"] == "succeeded", job
    return job


async def replayed(ingest: IngestUnderTest, **wanted: str) -> list[dict]:
    """The items of a replay that has been done."""
    return (await finished(ingest, await start(ingest, **wanted)))["items"]


async def make_old(ingest: IngestUnderTest) -> None:
    await ingest.sql("UPDATE ingest_ledger SET decoder = $1", OLD)


async def ledger(ingest: IngestUnderTest) -> list[tuple[str, str, bool]]:
    rows = await ingest.sql("SELECT decoder, outcome, original_kept FROM ingest_ledger ORDER BY first_received_at")
    return [tuple(row) for row in rows]
