from __future__ import annotations

import datetime as dt
from dataclasses import replace

from services.coach_agent.domain.recent_wellness import WELLNESS_DAYS, Nights, RecentWellness
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.wellness import WellnessDay
from shared.errors import UpstreamUnavailable
from shared.ids import uuid7
from tests.unit.coach_agent.runs import TODAY

NIGHT = WellnessDay(TODAY, resting_heart_rate_bpm=48.0)


class Source:
    def __init__(self) -> None:
        self.asked: list[tuple[dt.date, dt.date]] = []
        self.away = False

    async def days(self, first: dt.date, last: dt.date) -> list[WellnessDay]:
        if self.away:
            raise UpstreamUnavailable("away")
        self.asked.append((first, last))
        return [NIGHT]


def runner(source: Source) -> Runner:
    return Runner(uuid7(), None, source, TODAY, "UTC")


async def test_the_days_are_read_once_for_all_parts_of_an_answer():
    source, wellness = Source(), RecentWellness()
    ada = runner(source)
    assert await wellness.of(ada) == await wellness.of(ada) == Nights((NIGHT,))
    assert source.asked == [(TODAY - dt.timedelta(days=WELLNESS_DAYS - 1), TODAY)]


async def test_another_runner_and_another_day_are_read_anew():
    source, wellness = Source(), RecentWellness()
    ada = runner(source)
    for one in (ada, runner(source), replace(ada, today=TODAY + dt.timedelta(days=1))):
        await wellness.of(one)
    assert len(source.asked) == 3


async def test_nights_that_cannot_be_read_are_told_from_none():
    source = Source()
    source.away = True
    assert await RecentWellness().of(runner(source)) == Nights((), read=False)


async def test_the_nights_of_yesterday_stand_in_and_are_not_called_read():
    source, wellness = Source(), RecentWellness()
    ada = runner(source)
    await wellness.of(ada)
    source.away = True
    assert await wellness.of(replace(ada, today=TODAY + dt.timedelta(days=1))) == Nights((NIGHT,), read=False)
    source.away = False
    assert (await wellness.of(replace(ada, today=TODAY + dt.timedelta(days=1)))).read
