"""Processor time of training plans: made, refused with the nearest goal, and taken through a day."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import numpy as np

from services.coach_agent.domain.plans.adapting import adapt
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.happenings import Happenings
from shared.errors import ValidationFailed
from tests.unit.coach_agent.plans.runners import MADE_AT, a_race, an_ability, draw, frame

_RUNNERS = 200
_ROUNDS = 20


def plan_cpu_ms() -> dict[str, float]:
    """Median and largest over random runners; a marathon plan of a year; one night of it."""
    made, refused = [], []
    for seed in range(_RUNNERS):
        goal, ability, today = draw(seed)
        began = time.process_time()
        try:
            compile_plan(goal, ability, frame(today))
            made.append(time.process_time() - began)
        except ValidationFailed:
            refused.append(time.process_time() - began)
    ability = an_ability(week_min=300)
    longest = a_race(42_195.0, weeks=52, days_per_week=7)
    plan = compile_plan(longest, ability, frame())
    night = Happenings(today=plan.first_day + dt.timedelta(weeks=26), runs=())
    return {
        "median": round(float(np.median(made)) * 1000, 2),
        "largest": round(max(made) * 1000, 2),
        "yearToAMarathon": _cpu_ms(lambda: compile_plan(longest, ability, frame())),
        "refusalMedian": round(float(np.median(refused)) * 1000, 2),
        "refusalLargest": round(max(refused) * 1000, 2),
        "night": _cpu_ms(lambda: adapt(plan, night, now=MADE_AT)),
    }


def _cpu_ms(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return round(float(np.median(took)) * 1000, 2)
