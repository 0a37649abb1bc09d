"""DOMAIN "A plan" read once more, without a line of the compiler: what a plan breaks, named rule by rule.

A plan is turned into columns, one row a week and one a day, and each rule is an inequality over them. Volume is checked
in time and in distance. A race is not training: it counts as a hard day, and to nothing else.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.coach_agent.domain.plans.models import Plan

EASY_TARGETS = {"warmUp", "steady", "recovery", "coolDown"}


class Columns:
    """All are (weeks, 7), but ``phases``; ``fast`` are minutes of steps that are not easy."""

    def __init__(self, plan: Plan) -> None:
        rows = [sorted(week.workouts, key=lambda one: one.day) for week in plan.weeks]
        assert [[one.day for one in row] for row in rows] == [
            [plan.weeks[0].first_day + dt.timedelta(days=7 * number + day) for day in range(7)]
            for number in range(len(rows))
        ], "each day of each week has one workout or one rest"
        kinds = np.array([[one.kind.value for one in row] for row in rows])
        self.race = kinds == "race"
        training = ~self.race
        self.runs = (kinds != "rest") & training
        self.minutes = training * np.array([[one.duration_s / 60 for one in row] for row in rows])
        self.metres = training * np.array([[one.distance_m for one in row] for row in rows])
        self.fast = training * np.array([[steps_s(one, easy=False) / 60 for one in row] for row in rows])
        self.hard_day = np.isin(kinds, ["tempo", "intervals", "race"])
        self.long = kinds == "long"
        self.phases = np.array([week.phase.value for week in plan.weeks])


def steps_s(workout, *, easy: bool) -> float:
    return sum(
        block.times * (step.duration_s or 0.0)
        for block in workout.blocks
        for step in block.steps
        if (step.kind.value in EASY_TARGETS) is easy
    )


def broken(plan: Plan, *, before_s: float, before_m: float) -> list[str]:
    """The rules that ``plan`` breaks; ``before_s`` and ``before_m`` are the best of the three weeks before it."""
    c = Columns(plan)
    found = [*_volume(c, before_s / 60, before_m), *shares(c, plan), *hard_days(c), *_phases(c, plan)]
    long_min, other_min = (c.minutes * c.long).max(axis=1), (c.minutes * ~c.long).max(axis=1)
    found += weeks(c.long.any(axis=1) & (other_min > long_min), "has a run longer than its long run")
    found += [
        f"steps of {one.day} do not add up"
        for one in plan.workouts
        if one.is_training and abs(steps_s(one, easy=True) + steps_s(one, easy=False) - one.duration_s) > 1e-6
    ]
    found += [f"hard time of {o.day}" for o in plan.workouts if o.is_training and o.hard_s != steps_s(o, easy=False)]
    return found


def _volume(c: Columns, before_min: float, before_m: float) -> list[str]:
    found = []
    lighter = np.arange(len(c.phases)) % 4 == 3
    whole = ~c.race.any(axis=1)
    for name, daily, before in (("time", c.minutes, before_min), ("distance", c.metres, before_m)):
        week = daily.sum(axis=1)
        best = np.lib.stride_tricks.sliding_window_view(np.concatenate(([before] * 3, week)), 3)[:-1].max(axis=1)
        fall = np.concatenate(([0.25], 1 - week[1:] / week[:-1]))
        odd = ((fall < 0.2) | (fall > 0.3)) & lighter & whole
        found += weeks(week > 1.1 * best + 1e-6, f"grows in {name}")
        found += weeks(odd, f"falls by another share than 20 to 30 % in {name}")
    return found


def shares(c: Columns, plan: Plan) -> list[str]:
    found = []
    days = plan.goal.days_per_week
    whole = ~c.race.any(axis=1)
    long_min = (c.minutes * c.long).max(axis=1)
    for name, daily in (("time", c.minutes), ("distance", c.metres)):
        share = (daily * c.long).max(axis=1) / np.maximum(daily.sum(axis=1), 1e-9)
        found += weeks(share > (0.5 if days <= 3 else 0.33), f"has too long a long run in {name}")
    found += weeks(long_min > 150, "has a long run of over 150 min")
    found += weeks(c.fast.sum(axis=1) > 0.2 * c.minutes.sum(axis=1) + 1e-9, "is not 80 % easy")
    found += weeks(whole & (c.runs.sum(axis=1) != days), "is run on another number of days")
    found += weeks((c.runs | c.race).sum(axis=1) > days, "is run on more days than asked for")
    return found + weeks(c.long.sum(axis=1) != whole, "has not one long run")


def hard_days(c: Columns) -> list[str]:
    days = c.hard_day.ravel()
    found = [f"hard days {i} and {i + 1} meet" for i in np.flatnonzero(days[1:] & days[:-1])]
    return found + weeks(c.hard_day.sum(axis=1) > 2, "has three hard days")


def _phases(c: Columns, plan: Plan) -> list[str]:
    goal, order = plan.goal, list(dict.fromkeys(c.phases.tolist()))
    if goal.race_day is None or goal.distance_m is None:
        return [] if order == ["base", "build"] else [f"the phases are {order}"]
    found = []
    if order[:4] != ["base", "build", "peak", "taper"] or order[4:] not in ([], ["race"]):
        found.append(f"the phases are {order}")
    if (c.phases == "taper").sum() != (2 if goal.distance_m <= 22_000 else 3):
        found.append("the taper has another length")
    if [one.day for one in plan.workouts if one.kind.value == "race"] != [goal.race_day]:
        found.append("the race is not where it should be")
    if any(one.is_run and one.day > goal.race_day for one in plan.workouts):
        found.append("there is training after the race")
    trained, tapering = c.minutes.sum(axis=1), np.isin(c.phases, ["taper", "race"])
    volumes = np.concatenate((trained[~tapering][-3:].max(keepdims=True), trained[tapering]))
    return found if (np.diff(volumes) < 0).all() else [*found, "the taper does not fall"]


def weeks(which: np.ndarray, what: str) -> list[str]:
    return [f"week {i} {what}" for i in np.flatnonzero(which)]
