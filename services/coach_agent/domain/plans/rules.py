"""DOMAIN's rules as questions to a finished plan: what a move, an addition or a changed day would break."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from services.coach_agent.domain.plans.models import Plan, PlanWeek, WorkoutKind
from services.coach_agent.domain.plans.season import LIGHTER_EVERY

MOST_GROWTH = 1.10
WEEKS_COMPARED = 3
LIGHTER_FROM, LIGHTER_TO = 0.70, 0.80
LONGEST_RUN_S = 9000.0
LONG_SHARE, LONG_SHARE_OF_THREE_DAYS = 0.33, 0.50
HARD_SHARE = 0.20
HARD_DAYS = 2
# Below this form, or above this ratio, the next hard session turns easy.
LOWEST_FORM = -30.0
HIGHEST_ACUTE_CHRONIC = 1.5
_ROUNDING = 1e-6


class Rule(enum.StrEnum):
    HARD_DAYS_APART = "hardDaysApart"
    HARD_DAYS_A_WEEK = "hardDaysAWeek"
    MOSTLY_EASY = "mostlyEasy"
    LONG_RUN_SHARE = "longRunShare"
    LONG_RUN_LENGTH = "longRunLength"
    GROWTH = "growth"
    LIGHTER_WEEK = "lighterWeek"


SENTENCES = {
    Rule.HARD_DAYS_APART: "Two hard days would follow each other; there has to be an easier one between them.",
    Rule.HARD_DAYS_A_WEEK: "The week would have more hard days than a body takes in.",
    Rule.MOSTLY_EASY: "Too much of the week would not be easy.",
    Rule.LONG_RUN_SHARE: "The long run would be too large a part of its week.",
    Rule.LONG_RUN_LENGTH: "The long run would be longer than does good.",
    Rule.GROWTH: "The week would grow too much beyond the weeks before it.",
    Rule.LIGHTER_WEEK: "The lighter week would no longer be as much lighter as it should.",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule and the week (from 0) that breaks it."""

    rule: Rule
    week: int

    @property
    def sentence(self) -> str:
        return SENTENCES[self.rule]


def long_share(days_per_week: int) -> float:
    """The largest part of a week that its long run may be."""
    return LONG_SHARE_OF_THREE_DAYS if days_per_week <= 3 else LONG_SHARE


def hard_day_breaches(plan: Plan) -> frozenset[Breach]:
    """Where hard days are too near to each other or too many."""
    found = set(_next_to_each_other(plan))
    for number, week in enumerate(plan.weeks):
        if sum(workout.is_hard for workout in week.workouts) > HARD_DAYS:
            found.add(Breach(Rule.HARD_DAYS_A_WEEK, number))
    return frozenset(found)


def breaches(plan: Plan) -> frozenset[Breach]:
    """Every rule that the weeks of ``plan`` break among themselves; what was run before it is not looked at."""
    found = set(hard_day_breaches(plan))
    for number, week in enumerate(plan.weeks):
        found |= {Breach(rule, number) for rule in _within(week, plan.goal.days_per_week)}
        if number:
            found |= {Breach(rule, number) for rule in _beside(number, plan.weeks)}
    return frozenset(found)


def _next_to_each_other(plan: Plan) -> Iterator[Breach]:
    hard = sorted(workout.day for workout in plan.workouts if workout.is_hard)
    for before, after in itertools.pairwise(hard):
        if (after - before).days <= 1:
            yield Breach(Rule.HARD_DAYS_APART, (after - plan.first_day).days // 7)


def _within(week: PlanWeek, days_per_week: int) -> Iterator[Rule]:
    if week.hard_s > HARD_SHARE * week.duration_s + _ROUNDING:
        yield Rule.MOSTLY_EASY
    long = [workout for workout in week.workouts if workout.kind is WorkoutKind.LONG]
    share = long_share(days_per_week)
    shares = (
        (one.duration_s, week.duration_s) if by_time else (one.distance_m, week.distance_m)
        for one in long
        for by_time in (True, False)
    )
    if any(part > share * whole + _ROUNDING for part, whole in shares):
        yield Rule.LONG_RUN_SHARE
    if any(one.duration_s > LONGEST_RUN_S for one in long):
        yield Rule.LONG_RUN_LENGTH


def _beside(number: int, weeks: tuple[PlanWeek, ...]) -> Iterator[Rule]:
    week, before = weeks[number], weeks[max(0, number - WEEKS_COMPARED) : number]
    # Before the fourth week, what was run before the plan may be what allows the growth.
    if number >= WEEKS_COMPARED and (
        week.duration_s > MOST_GROWTH * max(one.duration_s for one in before) + _ROUNDING
        or week.distance_m > MOST_GROWTH * max(one.distance_m for one in before) + _ROUNDING
    ):
        yield Rule.GROWTH
    has_race = any(workout.kind is WorkoutKind.RACE for workout in week.workouts)
    if number % LIGHTER_EVERY == LIGHTER_EVERY - 1 and not has_race:
        falls = (week.duration_s / before[-1].duration_s, week.distance_m / before[-1].distance_m)
        if not all(LIGHTER_FROM <= fall <= LIGHTER_TO for fall in falls):
            yield Rule.LIGHTER_WEEK
