"""Days, weeks and windows of a history summed up."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.fitness.loads import Efforts
from services.coach_agent.domain.fitness.models import History, Week, Window
from services.coach_agent.domain.models import Column

WINDOW_DAYS = (7, 28, 84)


def daily_load(history: History, efforts: Efforts, first_day: dt.date, last_day: dt.date) -> Column:
    """The load of each day from ``first_day`` to ``last_day``; a day without any, or with none known, is 0."""
    place = history.day - first_day.toordinal()
    days = (last_day - first_day).days + 1
    within = (place >= 0) & (place < days)
    load = np.nan_to_num(efforts.load[within], nan=0.0)
    return np.bincount(place[within], weights=load, minlength=days).astype(np.float64)


def calendar_weeks(history: History, efforts: Efforts, last_day: dt.date) -> tuple[Week, ...]:
    """The weeks from that of the first activity to that of ``last_day``, empty ones included."""
    counted = history.day <= last_day.toordinal()
    if not counted.any():
        return ()
    first = _monday(dt.date.fromordinal(int(history.day[counted].min())))
    count = (_monday(last_day) - first).days // 7 + 1
    place = np.where(counted, (history.day - first.toordinal()) // 7, -1)
    columns = _summed(history, efforts, place, count)
    ordered = [columns[field.name].tolist() for field in fields(Week)[1:]]
    starts = (first + dt.timedelta(days=7 * week) for week in range(count))
    return tuple(Week(start, *values) for start, *values in zip(starts, *ordered, strict=True))


def recent_windows(history: History, efforts: Efforts, last_day: dt.date) -> tuple[Window, ...]:
    """The last 7 days, 28 days and 12 weeks."""
    return tuple(_window(history, efforts, last_day, days) for days in WINDOW_DAYS)


def _window(history: History, efforts: Efforts, last_day: dt.date, days: int) -> Window:
    age = last_day.toordinal() - history.day
    columns = _summed(history, efforts, np.where((age >= 0) & (age < days), 0, -1), 1)
    values = [columns[field.name].tolist()[0] for field in fields(Window)[2:]]
    return Window(last_day - dt.timedelta(days=days - 1), last_day, *values)


def _summed(
    history: History, efforts: Efforts, place: NDArray[np.int64], count: int
) -> dict[str, NDArray[np.float64] | NDArray[np.int64]]:
    """Sums over the activities of each of ``count`` places, by the names of a Week; those at -1 are left out."""
    of_load = place >= 0
    of_runs = of_load & history.is_run

    def total(values: Column, chosen: NDArray[np.bool_]) -> Column:
        return np.bincount(place[chosen], weights=np.nan_to_num(values[chosen]), minlength=count).astype(np.float64)

    longest = np.zeros(count)
    np.maximum.at(longest, place[of_runs], np.nan_to_num(history.moving_s[of_runs]))
    return {
        "runs": np.bincount(place[of_runs], minlength=count),
        "distance_m": total(history.distance_m, of_runs),
        "moving_s": total(history.moving_s, of_runs),
        "ascent_m": total(history.ascent_m, of_runs),
        "longest_s": longest,
        "load": total(efforts.load, of_load),
        "easy_s": total(efforts.easy_s, of_runs),
        "moderate_s": total(efforts.moderate_s, of_runs),
        "hard_s": total(efforts.hard_s, of_runs),
    }


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
