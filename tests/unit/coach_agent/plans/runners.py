"""Runners and goals drawn from a seed, from the first jog to the first row of a marathon."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import numpy as np

from services.coach_agent.domain.fitness.models import Estimate
from services.coach_agent.domain.fitness.training_paces import training_paces
from services.coach_agent.domain.plans.ability import LEAST_WEEK_S, Ability
from services.coach_agent.domain.plans.compiler import Frame
from services.coach_agent.domain.plans.models import Goal, GoalKind

TODAY = dt.date(2026, 11, 20)
MADE_AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
PLAN_ID = uuid.UUID("019f0000-0000-7000-8000-000000000001")


def frame(today: dt.date = TODAY) -> Frame:
    return Frame(PLAN_ID, MADE_AT, today, "Europe/Berlin")


def an_ability(
    *, week_min: float = 200.0, index: float | None = 45.0, longest_min: float = 70.0, **changes: Any
) -> Ability:
    """A runner of so many minutes a week who runs them at easy pace."""
    paces = None if index is None else training_paces(index)
    easy = 1000 / 420 if paces is None else 2000 / (paces.easy.fast_s_per_km + paces.easy.slow_s_per_km)
    fields: dict[str, Any] = {
        "week_s": 60 * week_min, "week_m": 60 * week_min * easy, "longest_s": 60 * longest_min, "easy_m_per_s": easy,
        "paces": paces, "index": None if index is None else Estimate(index, 0.97 * index, 1.02 * index),
        "threshold_bpm": 168.0,
    }  # fmt: skip
    return Ability(**fields | changes)


def a_race(distance_m: float = 10_000.0, *, weeks: int = 14, days_per_week: int = 4, **changes: Any) -> Goal:
    """A race on the Sunday so many weeks after the Monday on which a plan made today begins."""
    day = dt.date(2026, 11, 23) + dt.timedelta(days=7 * weeks - 1)
    fields: dict[str, Any] = {"race_day": day, "distance_m": distance_m, "long_run_weekday": 6} | changes
    return Goal(GoalKind.RACE, days_per_week, **fields)


def draw(seed: int) -> tuple[Goal, Ability, dt.date]:
    """A goal, a runner and a day, all by ``seed``; about half of the goals are out of reach."""
    rng = np.random.default_rng(seed)
    today = dt.date(2026, 1, 1) + dt.timedelta(days=int(rng.integers(0, 730)))
    index = None if rng.random() < 0.25 else float(rng.uniform(22, 75))
    week_min = max(LEAST_WEEK_S / 60, float(np.exp(rng.uniform(np.log(30), np.log(800)))))
    plain = an_ability(week_min=week_min, index=index)
    ability = an_ability(
        week_min=week_min,
        index=index,
        longest_min=week_min * float(rng.uniform(0.2, 0.6)),
        week_m=max(LEAST_WEEK_S * plain.easy_m_per_s, plain.week_m * float(rng.uniform(0.75, 1.25))),
        threshold_bpm=None if rng.random() < 0.3 else float(rng.uniform(140, 190)),
    )
    days = int(rng.integers(3, min(8, int(5 + week_min // 60))))
    weekday = int(rng.integers(0, 7))
    if rng.random() < 0.15:
        return Goal(GoalKind.FITNESS, days, weekday), ability, today
    distance = float(rng.choice([5000.0, 10_000.0, 21_097.5, 42_195.0, rng.uniform(4000, 45_000)]))
    target = None if rng.random() < 0.5 else float(distance / rng.uniform(2.0, 6.5))
    race_day = today + dt.timedelta(days=int(rng.integers(-20, 400)))
    return Goal(GoalKind.RACE, days, weekday, race_day, distance, target), ability, today
