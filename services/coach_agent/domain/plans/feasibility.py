"""What stands between a runner and a goal, and the nearest goal that nothing stands before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.coach_agent.domain.fitness.race_equivalence import time_for
from services.coach_agent.domain.plans.ability import Ability
from services.coach_agent.domain.plans.goal_document import as_document
from services.coach_agent.domain.plans.models import Goal, GoalKind
from services.coach_agent.domain.plans.needs import (
    LEAST_ENTERED_M,
    LONGEST_RACE_M,
    MOST_ENTERED_M,
    RACE_DISTANCES_M,
    SHORTEST_RACE_M,
)
from services.coach_agent.domain.plans.outline import GROWTHS, WeekOutline, is_enough, most_first_week_min, outline
from services.coach_agent.domain.plans.season import (
    LONGEST_WEEKS,
    fewest_training_weeks,
    season,
    start_of_plan,
    training_weeks,
)
from services.coach_agent.domain.plans.week_draft import LEAST_RUN_MIN
from services.coach_agent.domain.units import clock_text, date_text
from shared.errors import ValidationFailed

# What training adds to the index: by Daniels' rule of one point in some weeks, and not for ever within one plan.
_INDEX_GAIN_A_WEEK, _MOST_INDEX_GAIN = 0.004, 0.06
# World records stand at an index of about 85.
_HIGHEST_INDEX = 85.0


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Which field of the goal is beyond reach, and why, in words that follow the field's name."""

    field: str
    issue: str


_TOO_LITTLE_VOLUME = Obstacle(
    "raceDate",
    "is too soon for your present volume: growing by a tenth a week, it falls short of what this distance asks",
)


def reachable(goal: Goal, ability: Ability, today: dt.date) -> tuple[WeekOutline, ...]:
    """The weeks that lead to the goal, growing as gently as is enough.

    Raises ValidationFailed with the nearest goal within reach.
    """
    found = obstacles(goal, today, ability)
    if not found:
        weeks = season(goal, start_of_plan(today))
        for growth in GROWTHS:
            made = outline(goal, ability, weeks, growth)
            if is_enough(goal, ability, made):
                return made
    raise _refusal(goal, ability, today, found or (_TOO_LITTLE_VOLUME,))


def obstacles(goal: Goal, today: dt.date, ability: Ability) -> tuple[Obstacle, ...]:
    """What stands before the goal at first sight; whether volume can grow so far is seen week by week."""
    return (
        *_date_obstacle(goal, today),
        *_distance_obstacle(goal),
        *_days_obstacle(goal, ability),
        *_target_obstacle(goal, ability, today),
    )


def _refusal(goal: Goal, ability: Ability, today: dt.date, found: Sequence[Obstacle]) -> ValidationFailed:
    """The error for a goal out of reach: what is wrong, and the nearest goal that would be taken."""
    nearest = nearest_goal(goal, ability, today)
    details: list[dict[str, Any]] = [{"field": each.field, "issue": each.issue} for each in found]
    details[0] = details[0] | {"nearest": as_document(nearest)}
    reason = "; ".join(f"{each.field} {each.issue}" for each in found)
    return ValidationFailed(f"This goal is out of reach: {reason}. Within reach is {_said(nearest)}.", details=details)


def nearest_goal(goal: Goal, ability: Ability, today: dt.date) -> Goal:
    """The goal changed as little as makes it possible: fewer days, a later race, a slower time, a shorter race."""
    days = min(goal.days_per_week, _most_days(ability))
    goal = dataclasses.replace(goal, days_per_week=days)
    if goal.distance_m is None or goal.race_day is None:
        return goal
    metres = goal.distance_m
    if not LEAST_ENTERED_M <= metres <= MOST_ENTERED_M:
        metres = min(LONGEST_RACE_M, max(SHORTEST_RACE_M, metres))
    for distance_m in (metres, *_shorter(metres)):
        target = goal.target_time_s if distance_m == goal.distance_m else None
        wished = dataclasses.replace(goal, distance_m=distance_m, target_time_s=target)
        for candidate in _later(wished, today):
            eased = _eased(candidate, ability, today)
            if not obstacles(eased, today, ability) and _grows_enough(eased, ability, today):
                return eased
    return Goal(GoalKind.FITNESS, goal.days_per_week, goal.long_run_weekday)


def likely_best_s(distance_m: float, ability: Ability, weeks: float) -> float | None:
    """The fastest time that is likely after so many weeks of training; None while no race or best effort tells."""
    if ability.index is None:
        return None
    gain = 1.0 + min(_MOST_INDEX_GAIN, _INDEX_GAIN_A_WEEK * max(0.0, weeks))
    return time_for(distance_m, min(_HIGHEST_INDEX, ability.index.high * gain))


def _distance_obstacle(goal: Goal) -> Iterator[Obstacle]:
    if goal.distance_m is not None and not LEAST_ENTERED_M <= goal.distance_m <= MOST_ENTERED_M:
        yield Obstacle("distanceM", "must be between 5 km and a marathon")


def _days_obstacle(goal: Goal, ability: Ability) -> Iterator[Obstacle]:
    if goal.days_per_week > _most_days(ability):
        yield Obstacle(
            "daysPerWeek",
            f"is more than your running carries: over {goal.days_per_week} days, the best of your last three weeks "
            f"would make runs of under {LEAST_RUN_MIN} minutes",
        )


def _most_days(ability: Ability) -> int:
    by_distance = 1.1 * ability.week_m / ability.easy_m_per_s / 60
    return max(3, min(7, math.floor(min(most_first_week_min(ability), by_distance) / LEAST_RUN_MIN + 1e-9)))


def _date_obstacle(goal: Goal, today: dt.date) -> Iterator[Obstacle]:
    if goal.race_day is None or goal.distance_m is None:
        return
    if goal.race_day <= today:
        yield Obstacle("raceDate", "is not in the future")
        return
    first_day = start_of_plan(today)
    if (goal.race_day - first_day).days >= 7 * LONGEST_WEEKS:
        yield Obstacle("raceDate", "is more than a year away; plan it when it is nearer")
    elif training_weeks(goal.distance_m, goal.race_day, first_day) < fewest_training_weeks(goal.distance_m):
        yield Obstacle("raceDate", "is too soon for this distance: base, build, peak and taper need more weeks")


def _grows_enough(goal: Goal, ability: Ability, today: dt.date) -> bool:
    return is_enough(goal, ability, outline(goal, ability, season(goal, start_of_plan(today))))


def _target_obstacle(goal: Goal, ability: Ability, today: dt.date) -> Iterator[Obstacle]:
    if goal.target_time_s is None or goal.distance_m is None or goal.race_day is None:
        return
    best_s = _fastest_s(goal, ability, today)
    if goal.target_time_s < math.floor(best_s):
        yield Obstacle(
            "targetTimeS",
            f"is faster than is likely by then: your runs point to {clock_text(best_s)} at the very best"
            if ability.index is not None
            else "is faster than anybody has run this distance",
        )


def _fastest_s(goal: Goal, ability: Ability, today: dt.date) -> float:
    assert goal.distance_m is not None
    assert goal.race_day is not None
    likely = likely_best_s(goal.distance_m, ability, (goal.race_day - today).days / 7)
    return time_for(goal.distance_m, _HIGHEST_INDEX) if likely is None else likely


def _eased(goal: Goal, ability: Ability, today: dt.date) -> Goal:
    if goal.target_time_s is None:
        return goal
    best_s = math.ceil(_fastest_s(goal, ability, today))
    return goal if goal.target_time_s >= best_s else dataclasses.replace(goal, target_time_s=float(best_s))


def _shorter(distance_m: float) -> tuple[float, ...]:
    return tuple(metres for metres in reversed(RACE_DISTANCES_M) if metres < distance_m - 1)


def _later(goal: Goal, today: dt.date) -> Iterator[Goal]:
    """The goal on its own day, then on the same weekday of each later week that a plan may reach."""
    assert goal.race_day is not None
    last = start_of_plan(today) + dt.timedelta(weeks=LONGEST_WEEKS) - dt.timedelta(days=1)
    day = goal.race_day
    if day > last:
        day = last - dt.timedelta(days=(last.weekday() - day.weekday()) % 7)
    if day <= today:
        day += dt.timedelta(weeks=(today - day).days // 7 + 1)
    while day <= last:
        yield dataclasses.replace(goal, race_day=day)
        day += dt.timedelta(weeks=1)


def _said(goal: Goal) -> str:
    if goal.distance_m is None or goal.race_day is None:
        return f"a plan for general fitness on {goal.days_per_week} days a week"
    aim = "" if goal.target_time_s is None else f" in {clock_text(goal.target_time_s)}"
    return (
        f"{goal.distance_m / 1000:.4g} km{aim} on {date_text(goal.race_day)}, running {goal.days_per_week} days a week"
    )
