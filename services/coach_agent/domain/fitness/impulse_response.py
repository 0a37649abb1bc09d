"""Fitness, fatigue and form: what the load of all days before leaves behind (Banister 1991; Busso 2003)."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np

from services.coach_agent.domain.fitness.models import FitnessSeries
from services.coach_agent.domain.models import Column

FITNESS_DAYS = 42.0
FATIGUE_DAYS = 7.0
START_DAYS = 14
RAMP_DAYS = 7
_BLOCK = 64


def fitness_series(first_day: dt.date, load: Column) -> FitnessSeries:
    """Fitness and fatigue of each day from its load; ``load`` holds one finite value a day, 0 where nothing was done.

    Banister 1991 (in: Physiological Testing of Elite Athletes) and Busso 2003 (Med Sci Sports Exerc 35:1188), both
    terms on the scale of a daily load: exponentially weighted means with time constants of 42 and 7 days. Form is
    fitness less fatigue of the day before, so that it speaks of the morning and not of the run to come.
    """
    start = start_value(load)
    fitness, fatigue = weighted_mean(load, FITNESS_DAYS, start), weighted_mean(load, FATIGUE_DAYS, start)
    form = np.concatenate(([0.0], fitness - fatigue))[: len(load)]
    return FitnessSeries(first_day, load, fitness, fatigue, form)


def start_value(load: Column) -> float:
    """What fitness and fatigue start from: the mean daily load of the first 14 days, or of as many as there are."""
    return float(load[:START_DAYS].mean()) if len(load) else 0.0


def weighted_mean(load: Column, days: float, start: float) -> Column:
    """y(i) = y(i-1) + a (load(i) - y(i-1)) with a = 1 - e^(-1/days) and y(-1) = ``start``; as long as ``load``."""
    return smoothed(load, 1.0 - float(np.exp(-1.0 / days)), start)


def smoothed(values: Column, weight: float, start: float) -> Column:
    """The exponentially weighted mean y(i) = (1 - weight) y(i-1) + weight · values(i) from y(-1) = ``start``.

    In blocks, each a product with one triangular matrix of weights between 0 and 1: nothing is divided by a vanishing
    power, so a decade is as exact as a week.
    """
    length = len(values)
    blocks = np.zeros((-(-length // _BLOCK), _BLOCK))
    blocks.ravel()[:length] = values
    within = blocks @ _weights(weight)
    carried, decay = np.empty(len(blocks)), (1.0 - weight) ** _BLOCK
    last = start
    for i, end in enumerate(within[:, -1].tolist()):
        carried[i] = last
        last = decay * last + end
    fading = (1.0 - weight) ** np.arange(1, _BLOCK + 1)
    smooth: Column = (within + carried[:, None] * fading).ravel()[:length]
    return smooth


@functools.lru_cache(maxsize=16)
def _weights(weight: float) -> Column:
    """Row j, column i: what the j-th value of a block counts for the mean at its i-th."""
    lag = np.arange(_BLOCK)[None, :] - np.arange(_BLOCK)[:, None]
    return np.where(lag >= 0, weight * (1.0 - weight) ** np.maximum(lag, 0), 0.0)


def ramp(fitness: Column) -> Column:
    """Change of fitness over the 7 days that end with each day; NaN for the first 7."""
    change = np.full(len(fitness), np.nan)
    change[RAMP_DAYS:] = fitness[RAMP_DAYS:] - fitness[:-RAMP_DAYS]
    return change
