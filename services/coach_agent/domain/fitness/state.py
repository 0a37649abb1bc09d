"""Where a runner stands on a day, from all that is known: a pure function."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.fitness import load_balance
from services.coach_agent.domain.fitness.best_efforts import recent_efforts
from services.coach_agent.domain.fitness.critical_speed import critical_speed
from services.coach_agent.domain.fitness.impulse_response import START_DAYS, fitness_series, ramp
from services.coach_agent.domain.fitness.loads import Efforts, measure_efforts
from services.coach_agent.domain.fitness.missing import TOO_FEW, missing_from
from services.coach_agent.domain.fitness.models import (
    NOT_READ_YET,
    CriticalSpeed,
    Estimate,
    FitnessSeries,
    FitnessState,
    History,
    Missing,
    Now,
    Prediction,
)
from services.coach_agent.domain.fitness.predictions import predict_races, race_index
from services.coach_agent.domain.fitness.records import personal_records
from services.coach_agent.domain.fitness.training_paces import training_paces
from services.coach_agent.domain.fitness.windows import calendar_weeks, daily_load, recent_windows

# Fitness starts from the mean of its first fortnight. From one or two loads, that mean says when somebody began to
# import and not how fit they are.
FEWEST_LOADS = 3
_FIGURES = (
    "fitness", "fatigue", "form", "ramp", "acute_chronic_ratio", "acute_chronic_ewma_ratio", "monotony", "strain",
)  # fmt: skip


def state_on(today: dt.date, history: History, athlete: Athlete) -> FitnessState:
    """The runner's state at the end of ``today``, with what has been done of it so far.

    Readiness is left open: it is of the moment, as nights come in during the day.
    """
    efforts = measure_efforts(history, athlete)
    series = _series(history, efforts, today)
    missing = missing_from(history, efforts, threshold_pace_known=athlete.threshold_pace.value is not None, today=today)
    if series is not None and not _is_enough(history, efforts, series, today):
        missing["fitness"] = TOO_FEW
    racing = _racing(history, today)
    return FitnessState(
        now=_now(today, series if "fitness" not in missing else None, racing, missing),
        series=series,
        weeks=calendar_weeks(history, efforts, today),
        records=personal_records(history, today),
        readiness=NOT_READ_YET,
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


@dataclass(frozen=True, slots=True)
class _Racing:
    """What the best efforts of 90 days say; ``missing`` holds a sentence for each figure they do not give."""

    index: Estimate | None
    critical_speed: CriticalSpeed | None
    predictions: tuple[Prediction, ...]
    missing: dict[str, str]


def _racing(history: History, today: dt.date) -> _Racing:
    efforts = recent_efforts(history, today)
    speed = critical_speed(efforts.distance_m, efforts.fastest_s)
    missing = {"criticalSpeed": speed.why} if isinstance(speed, Missing) else {}
    known_speed = None if isinstance(speed, Missing) else speed
    index = race_index(efforts)
    if isinstance(index, Missing):
        return _Racing(None, known_speed, (), missing | {"predictions": index.why})
    races = predict_races(efforts, index)
    if races.missing is not None:
        missing["predictions"] = races.missing.why
    return _Racing(index, known_speed, races.races, missing)


def _now(today: dt.date, series: FitnessSeries | None, racing: _Racing, missing: dict[str, str]) -> Now:
    """``series`` is None where too little is known to speak of fitness."""
    figures = dict.fromkeys(_FIGURES) if series is None else _last(series)
    return Now(
        day=today,
        **figures,
        index=racing.index,
        critical_speed=racing.critical_speed,
        paces=None if racing.index is None else training_paces(racing.index.value),
        predictions=racing.predictions,
        missing=missing | (racing.missing if "activities" not in missing else {}),
    )


def _last(series: FitnessSeries) -> dict[str, float | None]:
    # What looks back a week or a month at most needs no more than that of ten years.
    week, month = series.load[-load_balance.ACUTE_DAYS :], series.load[-load_balance.CHRONIC_DAYS :]
    columns = (
        series.fitness, series.fatigue, series.form, ramp(series.fitness), load_balance.acute_chronic_ratio(month),
        load_balance.acute_chronic_ewma_ratio(series.load), load_balance.monotony(week), load_balance.strain(week),
    )  # fmt: skip
    lasts = (float(column[-1]) for column in columns)
    return {name: last if math.isfinite(last) else None for name, last in zip(_FIGURES, lasts, strict=True)}
