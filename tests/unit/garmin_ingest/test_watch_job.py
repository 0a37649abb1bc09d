import datetime as dt
import uuid
from contextlib import aclosing
from dataclasses import replace

import pytest

from services.garmin_ingest.domain import watch_job as module
from services.garmin_ingest.domain.imports import FileResult, Job
from services.garmin_ingest.domain.watch_job import JobWatch
from shared.errors import NotFound

ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)
JOB = Job(
    job_id=uuid.UUID(int=7), user_id=ANN, state="running", zone="UTC", attempts=1, done=0, total=9, results=(),
    created_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
)  # fmt: skip


class Stored:
    """A store that gives one state after another, the last one for ever; each look takes ``look_s``."""

    def __init__(self, *states, look_s=0.0):
        self.states = list(states)
        self.look_s = look_s
        self.asked = []
        self.now_s = 0.0
        self.pauses = []

    async def get(self, user_id, job_id, *, results=0):
        self.asked.append(results)
        self.now_s += self.look_s
        state = self.states[0]
        if results == 0 and len(self.states) > 1:
            self.states.pop(0)
        return state if state is None or not results else replace(state, results=(FileResult("a.fit", "imported"),))

    async def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now_s += seconds


@pytest.fixture
def watching(monkeypatch):
    def start(*states, look_s=0.0):
        stored = Stored(*states, look_s=look_s)
        monkeypatch.setattr(module.asyncio, "sleep", stored.sleep)
        monkeypatch.setattr(module, "time", type("Clock", (), {"monotonic": lambda: stored.now_s}))
        return stored, JobWatch(stored)

    return start


async def looked(watch, times):
    async with aclosing(watch.changes(JOB)) as changes:
        return [await anext(changes) for _ in range(times)]


async def test_a_change_is_told_once_and_looking_costs_one_question(watching):
    stored, watch = watching(JOB, replace(JOB, done=3), replace(JOB, done=3))
    first, second, third = await looked(watch, 3)
    assert (first, third) == (None, None)
    assert (second.done, len(second.results)) == (3, 1)
    # The results of a few items are read for a change only.
    assert stored.asked == [0, 0, 10, 0]
    assert stored.pauses == [0.5, 0.5]


async def test_a_job_that_is_expensive_to_count_is_looked_at_less_often(watching):
    stored, watch = watching(JOB, look_s=0.2)
    await looked(watch, 3)
    assert stored.pauses == pytest.approx([4.0, 4.0])


async def test_a_job_that_is_over_comes_with_all_that_can_be_seen(watching):
    stored, watch = watching(replace(JOB, state="succeeded"))
    await watch.now(ANN, JOB.job_id)
    assert stored.asked == [10, 200]


async def test_a_job_that_goes_away_is_not_found(watching):
    _, watch = watching(None)
    with pytest.raises(NotFound):
        await looked(watch, 1)
    with pytest.raises(NotFound):
        await watch.now(ANN, JOB.job_id)


def test_one_user_may_follow_six_jobs_at_once_and_takes_nobody_elses_place(watching):
    _, watch = watching(JOB)
    places = [watch.place(ANN) for _ in range(7)]
    assert [place.__enter__() for place in places] == [True] * 6 + [False]
    with watch.place(BOB) as has_place:
        assert has_place
    for place in places:
        place.__exit__(None, None, None)
    with watch.place(ANN) as has_place:
        assert has_place
    assert not watch._watching
