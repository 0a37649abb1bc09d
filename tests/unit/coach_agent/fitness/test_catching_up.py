"""What the list of the newest activities says about what is measured."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from services.coach_agent.domain.fitness.catching_up import MEASURED_NOW, NEWEST, CatchingUp
from services.coach_agent.domain.fitness.ports import MeasuredAs
from services.coach_agent.domain.models import Activity
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.metrics import FORMULA_VERSION
from shared.errors import UpstreamUnavailable
from shared.ids import uuid7
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.fitness.histories import day


def listed(days_ago: int) -> Activity:
    return replace(runs.run(60, day=day(days_ago)).activity, version=2)


def measured(activity: Activity, *, version: int = 2, formula: int = FORMULA_VERSION) -> dict:
    return {activity.id: MeasuredAs(version, formula, activity.local_date)}


class Listing:
    """The activities of one runner, whose list may be another at each look."""

    def __init__(self, *looks: list[Activity]) -> None:
        self.looks = list(looks)

    async def newest(self, *, limit: int, **_: object) -> list[Activity]:
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return sorted(look, key=lambda one: one.start_time, reverse=True)[:limit]


class Away:
    async def newest(self, **_: object) -> list[Activity]:
        raise UpstreamUnavailable("away")


class Store:
    def __init__(self, *kept: dict) -> None:
        self.kept = {key: value for one in kept for key, value in one.items()}

    async def measured_after(self, _: object, after: dt.date | None) -> dict:
        return {key: one for key, one in self.kept.items() if after is None or one.local_date > after}


class Library:
    def __init__(self) -> None:
        self.needed: list = []

    async def measured(self, _user: object, _source: object, _activities: object, *, needed: list) -> tuple:
        self.needed += needed
        return ()


async def catch_up(source, *kept):
    library = Library()
    runner = Runner(uuid7(), source, None, runs.TODAY, "UTC")
    return await CatchingUp(Store(*kept), library).catch_up(runner), library.needed


async def test_the_few_that_are_new_changed_or_of_an_older_formula_are_measured():
    new, changed, older, current = (listed(ago) for ago in range(4))
    kept = measured(changed, version=1), measured(older, formula=FORMULA_VERSION - 1), measured(current)
    news, needed = await catch_up(Listing([new, changed, older, current]), *kept)
    assert set(needed) == {new.id, changed.id, older.id}
    assert (news.read, news.unmeasured, news.gone) == (True, 0, frozenset())


async def test_more_than_a_handful_are_left_to_the_worker():
    news, needed = await catch_up(Listing([listed(ago) for ago in range(MEASURED_NOW + 1)]))
    assert needed == []
    assert news.unmeasured == MEASURED_NOW + 1


async def test_what_is_measured_and_no_longer_listed_is_gone():
    kept, deleted = listed(1), listed(2)
    news, _ = await catch_up(Listing([kept]), measured(kept), measured(deleted))
    assert news.gone == {deleted.id}


async def test_what_was_imported_between_the_list_and_the_look_is_not_gone():
    kept, fresh = listed(1), listed(0)
    news, _ = await catch_up(Listing([kept], [kept, fresh]), measured(kept), measured(fresh))
    assert news.gone == frozenset()


async def test_what_is_older_than_the_list_reaches_is_neither_gone_nor_waited_for():
    newest = [listed(ago) for ago in range(NEWEST)]
    old = listed(NEWEST + 5)
    beyond = [measured(one) for one in newest[: NEWEST - 4]]
    news, needed = await catch_up(Listing([*newest, old]), *beyond, measured(old))
    assert news.gone == frozenset()
    # The days at the end of the list may be of the day before or after, so of them nothing is concluded.
    assert set(needed) == {newest[NEWEST - 4].id}


async def test_an_importer_that_is_away_is_no_error():
    news, needed = await catch_up(Away(), measured(listed(1)))
    assert (news.read, news.unmeasured, news.gone, needed) == (False, 0, frozenset(), [])
