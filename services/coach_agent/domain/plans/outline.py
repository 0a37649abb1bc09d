"""A whole plan in minutes: how volume grows, falls every fourth week and tapers, and what each week holds.

Volume is time and distance at once, and each rule about it holds for both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.coach_agent.domain.plans.ability import Ability
from services.coach_agent.domain.plans.effort import Effort, Efforts
from services.coach_agent.domain.plans.layout import hard_weekdays, run_weekdays
from services.coach_agent.domain.plans.models import Goal, Phase
from services.coach_agent.domain.plans.needs import good_week_s, least_week_s, longest_run_min
from services.coach_agent.domain.plans.season import SeasonWeek
from services.coach_agent.domain.plans.week_draft import (
    LEAST_RUN_LIGHTER_MIN,
    LEAST_RUN_MIN,
    Draft,
    WeekAsk,
    draft_week,
)

# DOMAIN "A plan": at most 10 % over the best of the last three weeks; 20-30 % less every fourth.
MOST_GROWTH = 1.10
# The gentlest growth that reaches what the race asks for is taken.
GROWTHS = (1.05, 1.07, MOST_GROWTH)
WEEKS_COMPARED = 3
LIGHTER = 0.75
_LIGHTER_LOW, _LIGHTER_HIGH = 0.71, 0.79
# Each week of the taper is a quarter less than the one before, so that a fourth week within it falls as it should. The
# lighter week before a taper would make its first week no fall at all.
TAPER = 0.75
_TAPER_AFTER_LIGHTER = 0.72
_LONG_SHARE_OF_THREE_DAYS, _LONG_SHARE = 0.42, 0.315
_LONG_GROWTH = 1.15
_LONGEST_MIN = 150
# Each session's distance is rounded when it is written down.
_ROUNDING_M = 1.0
_HARD_SHARE = {Phase.BASE: 0.11, Phase.BUILD: 0.15, Phase.PEAK: 0.165, Phase.TAPER: 0.14, Phase.RACE: 0.0}
_HARD_SHARE_LIGHTER = 0.09
# Nothing hard so close before a race.
DAYS_BEFORE_RACE = 3
_HALF_MARATHON_FROM_M = 16_000.0
_MARATHON_FROM_M = 30_000.0


@dataclass(frozen=True, slots=True)
class WeekOutline:
    season: SeasonWeek
    drafts: tuple[Draft, ...]
    metres: float

    @property
    def minutes(self) -> int:
        return sum(draft.minutes for draft in self.drafts)

    @property
    def long_min(self) -> int:
        return max((draft.minutes for draft in self.drafts), default=0)


def outline(
    goal: Goal, ability: Ability, weeks: tuple[SeasonWeek, ...], growth: float = MOST_GROWTH
) -> tuple[WeekOutline, ...]:
    """The weeks in minutes. ``goal`` need not be within reach; ``is_enough`` tells."""
    growing = _Growing(goal, ability, growth)
    for week in weeks:
        growing.add(week)
    return tuple(growing.made)


def is_enough(goal: Goal, ability: Ability, weeks: tuple[WeekOutline, ...]) -> bool:
    """Whether the biggest week before the taper is what the race asks for."""
    biggest = max((week.minutes for week in weeks if not week.season.taper), default=0)
    return 60 * biggest >= least_week_s(goal, ability.easy_m_per_s)


def most_first_week_min(ability: Ability) -> int:
    return math.floor(MOST_GROWTH * ability.week_s / 60)


class _Growing:
    """The weeks of one plan as they come about, those before the plan standing in for its first ones."""

    def __init__(self, goal: Goal, ability: Ability, growth: float) -> None:
        self._goal = goal
        self._efforts = Efforts.of(goal, ability)
        self._growth = growth
        self._aim = _aim_min(goal, ability)
        self._start = math.floor(ability.week_s / 60)
        self._minutes = [ability.week_s / 60]
        self._metres = [ability.week_m]
        self._longest = [ability.longest_s / 60]
        self.made: list[WeekOutline] = []

    def add(self, week: SeasonWeek) -> None:
        minutes = self._wanted(week)
        drafted = self._within_bounds(week, self._ask(week, minutes), minutes)
        self._minutes.append(drafted.minutes)
        self._metres.append(drafted.metres)
        self._longest.append(drafted.long_min)
        self.made.append(drafted)

    def _wanted(self, week: SeasonWeek) -> int:
        best = max(self._minutes[-WEEKS_COMPARED:])
        most = math.floor(MOST_GROWTH * best + 1e-9)
        if week.taper:
            return self._taper(week)
        if not self.made:
            return min(most, max(self._start, self._goal.days_per_week * LEAST_RUN_MIN))
        if week.lighter:
            return round(LIGHTER * self.made[-1].minutes)
        return min(most, round(min(self._aim, max(self._growth * best, best + 1))))

    def _taper(self, week: SeasonWeek) -> int:
        trained = [one for one in self.made if not one.season.taper]
        peak = max(one.minutes for one in trained[-WEEKS_COMPARED:])
        first = _TAPER_AFTER_LIGHTER if trained[-1].season.lighter else TAPER
        whole = first * peak * TAPER ** (week.taper - 1)
        return round(whole * len(_days_of(week, self._goal)) / self._goal.days_per_week)

    def _ask(self, week: SeasonWeek, minutes: int) -> WeekAsk:
        goal = self._goal
        days = _days_of(week, goal)
        if week.race_weekday is not None:
            days = days[: max(1, minutes // LEAST_RUN_LIGHTER_MIN)]
        hard = _hard(week, goal, days)
        return WeekAsk(
            days=days,
            long_day=None if week.race_weekday is not None else goal.long_run_weekday,
            longest_min=self._longest_run(minutes),
            long_share=_LONG_SHARE_OF_THREE_DAYS if goal.days_per_week <= 3 else _LONG_SHARE,
            hard=hard,
            hard_share=_HARD_SHARE_LIGHTER if week.lighter else _HARD_SHARE[week.phase],
            recovery_days=_after_hard(days, hard) if goal.days_per_week >= 5 else frozenset(),
        )

    def _longest_run(self, minutes: int) -> int:
        """As long as the goal asks for or the runner is used to, growing slowly, and longer than the other runs."""
        usual = min(_LONGEST_MIN, self._longest[0])
        grown = _LONG_GROWTH * max(self._longest[-WEEKS_COMPARED:])
        clearly_long = 1.25 * minutes / self._goal.days_per_week
        return math.floor(min(max(longest_run_min(self._goal), usual), max(grown, clearly_long)))

    def _within_bounds(self, week: SeasonWeek, ask: WeekAsk, minutes: int) -> WeekOutline:
        """The week with as many minutes as keep its kilometres within the same bounds."""
        most_m = MOST_GROWTH * max(self._metres[-WEEKS_COMPARED:]) - _ROUNDING_M
        drafted = self._drafted(week, ask, minutes)
        while drafted.metres > most_m and minutes > 1:
            minutes = min(minutes - 1, math.floor(minutes * most_m / drafted.metres))
            drafted = self._drafted(week, ask, minutes)
        return self._light_enough(drafted, ask) if week.lighter else drafted

    def _light_enough(self, week: WeekOutline, ask: WeekAsk) -> WeekOutline:
        """A lighter week whose kilometres have fallen as its minutes have."""
        before = self.made[-1]
        low, high = math.ceil(_LIGHTER_LOW * before.minutes), math.floor(_LIGHTER_HIGH * before.minutes)
        for minutes in sorted(range(low, high + 1), key=lambda minutes: abs(minutes - LIGHTER * before.minutes)):
            drafted = self._drafted(week.season, ask, minutes)
            falls = (drafted.minutes / before.minutes, drafted.metres / before.metres)
            if all(_LIGHTER_LOW <= fall <= _LIGHTER_HIGH for fall in falls):
                return drafted
        return week

    def _drafted(self, week: SeasonWeek, ask: WeekAsk, minutes: int) -> WeekOutline:
        drafts = draft_week(minutes, ask)
        return WeekOutline(week, drafts, sum(draft.metres(self._efforts) for draft in drafts))


def _aim_min(goal: Goal, ability: Ability) -> float:
    """What volume grows to: what the race asks for, and up to half as much again as now where that does good."""
    now = ability.week_s / 60
    least = 1.05 * least_week_s(goal, ability.easy_m_per_s) / 60
    return max(least, MOST_GROWTH * now, min(good_week_s(goal) / 60, 1.5 * now))


def _hard(week: SeasonWeek, goal: Goal, days: tuple[int, ...]) -> tuple[tuple[int, Effort], ...]:
    """The hard days of a week with what each is for, the more important first; none in the first week."""
    if week.number == 0 or week.phase is Phase.RACE:
        return ()
    slots = [day for day in hard_weekdays(goal.long_run_weekday) if day in days and _far_from_race(week, goal, day)]
    first, second = _efforts_of(week, goal)
    one_only = goal.days_per_week <= 3 or week.lighter or week.phase in {Phase.BASE, Phase.TAPER}
    return tuple(zip(slots, (first,) if one_only else (first, second), strict=False))


def _days_of(week: SeasonWeek, goal: Goal) -> tuple[int, ...]:
    """The weekdays to train on; a race is one of the runner's days a week."""
    days = run_weekdays(goal.days_per_week, goal.long_run_weekday)
    if week.race_weekday is None:
        return days
    return tuple(day for day in days if day < week.race_weekday)[: goal.days_per_week - 1]


def _far_from_race(week: SeasonWeek, goal: Goal, weekday: int) -> bool:
    if goal.race_day is None:
        return True
    return (goal.race_day - week.first_day).days - weekday >= DAYS_BEFORE_RACE


def _efforts_of(week: SeasonWeek, goal: Goal) -> tuple[Effort, Effort]:
    """The base has threshold work only; the build adds intervals; from the peak on, the race sets the pace."""
    if week.phase in {Phase.BASE, Phase.BUILD} or goal.distance_m is None:
        return Effort.THRESHOLD, Effort.INTERVAL
    if goal.distance_m < _HALF_MARATHON_FROM_M:
        return Effort.INTERVAL, Effort.THRESHOLD
    return Effort.RACE, Effort.THRESHOLD if goal.distance_m >= _MARATHON_FROM_M else Effort.INTERVAL


def _after_hard(days: tuple[int, ...], hard: tuple[tuple[int, Effort], ...]) -> frozenset[int]:
    return frozenset((weekday + 1) % 7 for weekday, _ in hard) & frozenset(days)
