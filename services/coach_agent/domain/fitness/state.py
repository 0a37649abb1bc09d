"""Where a runner stands on a day, from all that is known: a pure function."""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.fitness import load_balance
from services.coach_agent.domain.fitness.impulse_response import START_DAYS, fitness_series, ramp
from services.coach_agent.domain.fitness.loads import Efforts, measure_efforts
from services.coach_agent.domain.fitness.missing import NIGHTS_NOT_READ, TOO_FEW, missing_from
from services.coach_agent.domain.fitness.models import FitnessSeries, FitnessState, History, Light, Now, Readiness
from services.coach_agent.domain.fitness.records import personal_records
from services.coach_agent.domain.fitness.windows import calendar_weeks, daily_load, recent_windows
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.recent_wellness import Nights

# Fitness starts from the mean of its first fortnight. From one or two loads, that mean says when somebody began to
# import and not how fit they are.
FEWEST_LOADS = 3


def state_on(today: dt.date, history: History, athlete: Athlete, nights: Nights) -> FitnessState:
    """The runner's state at the end of ``today``, with what has been done of it so far."""
    efforts = measure_efforts(history, athlete)
    series = _series(history, efforts, today)
    missing = missing_from(history, efforts, threshold_pace_known=athlete.threshold_pace.value is not None, today=today)
    if series is not None and not _is_enough(history, efforts, series, today):
        missing["fitness"] = TOO_FEW
    if not nights.read:
        missing["wellness"] = NIGHTS_NOT_READ
    return FitnessState(
        now=_now(today, series, missing),
        series=series,
        weeks=calendar_weeks(history, efforts, today),
        records=personal_records(history, today),
        readiness=Readiness(Light.UNKNOWN, ()),
        runs=int((history.is_run & (history.day <= today.toordinal())).sum()),
        windows=recent_windows(history, efforts, today),
    )


def _series(history: History, efforts: Efforts, today: dt.date) -> FitnessSeries | None:
    """None before the first activity."""
    first = dt.date.fromordinal(int(history.day.min(initial=dt.date.max.toordinal())))
    if first > today:
        return None
    return fitness_series(first, daily_load(history, efforts, first, today))


def _is_enough(history: History, efforts: Efforts, series: FitnessSeries, today: dt.date) -> bool:
    known = np.isfinite(efforts.load) & (history.day <= today.toordinal())
    return len(series.load) >= START_DAYS and int(known.sum()) >= FEWEST_LOADS


def _now(today: dt.date, series: FitnessSeries | None, missing: dict[str, str]) -> Now:
    known = series is not None and "fitness" not in missing

    def last(column: Column) -> float | None:
        return float(column[-1]) if known and np.isfinite(column[-1]) else None

    nothing = np.array([np.nan])
    load = nothing if series is None else series.load
    return Now(
        day=today,
        fitness=None if series is None else last(series.fitness),
        fatigue=None if series is None else last(series.fatigue),
        form=None if series is None else last(series.form),
        ramp=None if series is None else last(ramp(series.fitness)),
        acute_chronic_ratio=last(load_balance.acute_chronic_ratio(load)),
        acute_chronic_ewma_ratio=last(load_balance.acute_chronic_ewma_ratio(load)),
        monotony=last(load_balance.monotony(load)),
        strain=last(load_balance.strain(load)),
        index=None,
        critical_speed=None,
        paces=None,
        predictions=(),
        missing=missing,
    )
