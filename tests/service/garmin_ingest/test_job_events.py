from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import contextmanager

import aiohttp
import orjson
import pytest
from pydantic import SecretStr

from services.garmin_ingest.app import create_app
from services.garmin_ingest.domain.watch_job import JobWatch
from shared.caller import Caller
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import ShortRun, build_fit
from tests.support.builders_zip import zip_of
from tests.support.relay import Relay
from tests.support.service import Answer, a_runner, eventually, serve

EVENTS = {"Accept": "text/event-stream"}


def a_zip(count: int) -> bytes:
    days = (ShortRun().start + dt.timedelta(days=day) for day in range(count))
    return zip_of({f"{at:03}.fit": build_fit(start=start, duration_s=120) for at, start in enumerate(days)})


async def queued(ingest: IngestUnderTest, count: int = 2) -> str:
    return (await ingest.upload({"many.zip": a_zip(count)})).json["jobId"]


def events_of(answer: Answer) -> list[tuple[str, dict]]:
    """The named events of a stream that has ended."""
    found = []
    for block in answer.body.decode().split("\n\n"):
        lines = dict(line.partition(": ")[::2] for line in block.splitlines())
        if "event" in lines:
            found.append((lines["event"], orjson.loads(lines["data"])))
    return found


async def test_a_job_is_followed_to_its_end(ingest: IngestUnderTest):
    job_id = await queued(ingest, 40)
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(ingest.call("GET", f"/api/v1/jobs/{job_id}", headers=EVENTS))
        async with ingest.worker():
            answer = await following
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    events = events_of(answer)
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["done"]
    assert events[0][1]["state"] == "queued"
    assert all(len(job["items"]) <= 20 for name, job in events if name == "progress")
    assert events[-1][1] == await ingest.job(job_id)
    assert len(events[-1][1]["items"]) == 40
    done = [job["progress"]["done"] for _, job in events]
    assert done == sorted(done)


async def test_a_job_that_is_over_is_told_at_once(ingest: IngestUnderTest):
    job_id = await queued(ingest)
    async with ingest.worker():

        async def is_over() -> bool:
            return (await ingest.job(job_id))["state"] == "succeeded"

        await eventually(is_over)
    answer = await ingest.call("GET", f"/api/v1/jobs/{job_id}", headers=EVENTS)
    assert events_of(answer) == [("done", await ingest.job(job_id))]


async def test_another_runners_job_has_no_events(ingest: IngestUnderTest):
    answer = await ingest.call("GET", f"/api/v1/jobs/{await queued(ingest)}", caller=a_runner(), headers=EVENTS)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


async def test_a_stream_ends_by_itself_before_its_time_is_up_and_says_when_to_come_back(ingest: IngestUnderTest):
    headers = {**EVENTS, "X-Deadline-Ms": "3000"}
    answer = await ingest.call("GET", f"/api/v1/jobs/{await queued(ingest)}", headers=headers)
    assert answer.body.startswith(b"retry: 1000\n\n")
    assert [(name, job["state"]) for name, job in events_of(answer)] == [("progress", "queued")]


async def test_a_database_that_goes_away_ends_the_stream_with_an_error(ingest: IngestUnderTest):
    job_id = await queued(ingest)
    url = aiohttp.client.URL(ingest.settings.database_url.get_secret_value())
    async with Relay(url.port or 0) as relay:
        through = SecretStr(str(url.with_host("127.0.0.1").with_port(relay.port)))
        async with serve(create_app, ingest.settings.model_copy(update={"database_url": through})) as served:
            headers = ingest.house.as_user(ingest.runner, "garmin_ingest") | EVENTS
            async with served.session.get(f"{served.base_url}/api/v1/jobs/{job_id}", headers=headers) as response:
                await response.content.readuntil(b"}\n\n")
                await relay.die()
                rest = Answer(response.status, {}, await response.read())
    ((name, envelope),) = events_of(rest)
    assert (name, envelope["error"]["code"]) == ("error", "UPSTREAM_UNAVAILABLE")


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened to the places of those who follow jobs."""
    happened: list[str] = []
    original = JobWatch.place

    @contextmanager
    def place(self, user_id):
        with original(self, user_id) as has_place:
            happened.append("taken" if has_place else "refused")
            try:
                yield has_place
            finally:
                happened.append("left")

    monkeypatch.setattr(JobWatch, "place", place)
    return happened


async def follow(ingest: IngestUnderTest, job_id: str, caller: Caller) -> aiohttp.ClientResponse:
    """A stream that has begun and goes on."""
    headers = ingest.house.as_user(caller, "garmin_ingest") | EVENTS
    response = await ingest.served.session.get(f"{ingest.served.base_url}/api/v1/jobs/{job_id}", headers=headers)
    await response.content.readuntil(b"}\n\n")
    return response


async def test_nobody_looks_any_more_for_a_client_that_has_gone(ingest: IngestUnderTest, places: list[str]):
    response = await follow(ingest, await queued(ingest), ingest.runner)
    assert places == ["taken"]
    response.close()

    async def has_left() -> bool:
        return places == ["taken", "left"]

    await eventually(has_left)


async def test_who_follows_too_many_at_once_is_told_where_it_stands_and_to_ask_again(
    ingest: IngestUnderTest, places: list[str]
):
    job_id = await queued(ingest)
    open_streams = [await follow(ingest, job_id, ingest.runner) for _ in range(6)]
    answer = await ingest.call("GET", f"/api/v1/jobs/{job_id}", headers=EVENTS)
    assert answer.body.startswith(b"retry: 5000\n\n")
    assert [name for name, _ in events_of(answer)] == ["progress"]
    assert places == ["taken"] * 6 + ["refused", "left"]
    for stream in open_streams:
        stream.close()
