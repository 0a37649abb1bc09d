"""Days, weeks and windows of a history summed up."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.fitness.loads import Efforts
from services.coach_agent.domain.fitness.models import History, Week, Window
from services.coach_agent.domain.models import Column

WINDOW_DAYS = (7, 28, 84)
_NumberT = TypeVar("_NumberT", np.float64, np.int64)


def daily_load(history: History, efforts: Efforts, first_day: dt.date, last_day: dt.date) -> Column:
    """The load of each day from ``first_day`` to ``last_day``; a day without any, or with none known, is 0."""
    place = history.day - first_day.toordinal()
    days = (last_day - first_day).days + 1
    within = (place >= 0) & (place < days)
    load = np.nan_to_num(efforts.load[within], nan=0.0)
    return np.bincount(place[within], weights=load, minlength=days).astype(np.float64)


def calendar_weeks(history: History, efforts: Efforts, last_day: dt.date) -> tuple[Week, ...]:
    """The weeks from that of the first activity to that of ``last_day``, empty ones included."""
    if not len(history) or history.day[0] > last_day.toordinal():
        return ()
    first = _monday(dt.date.fromordinal(int(history.day[0])))
    count = (_monday(last_day) - first).days // 7 + 1
    starts = first.toordinal() + 7 * np.arange(count + 1)
    starts[-1] = last_day.toordinal() + 1
    columns = _summed(history, efforts, history.day.searchsorted(starts))
    ordered = [columns[field.name].tolist() for field in fields(Week)[1:]]
    mondays = map(dt.date.fromordinal, starts[:-1].tolist())
    return tuple(Week(monday, *values) for monday, *values in zip(mondays, *ordered, strict=True))


def recent_windows(history: History, efforts: Efforts, last_day: dt.date) -> tuple[Window, ...]:
    """The last 7 days, 28 days and 12 weeks."""
    return tuple(_window(history, efforts, last_day, days) for days in WINDOW_DAYS)


def _window(history: History, efforts: Efforts, last_day: dt.date, days: int) -> Window:
    first_day = last_day - dt.timedelta(days=days - 1)
    edges = history.day.searchsorted((first_day.toordinal(), last_day.toordinal() + 1))
    columns = _summed(history, efforts, edges)
    return Window(first_day, last_day, *(columns[field.name].tolist()[0] for field in fields(Window)[2:]))


def _summed(
    history: History, efforts: Efforts, edges: NDArray[np.intp]
) -> dict[str, NDArray[np.float64] | NDArray[np.int64]]:
    """Sums by the names of a Week over the activities from each of the ``edges``, which ascend, to the next."""
    start, end = int(edges[0]), int(edges[-1])
    within, edges = slice(start, end), edges - start
    of_runs = {name: getattr(history, name)[within] for name in ("distance_m", "moving_s", "ascent_m")}
    of_runs |= {name: getattr(efforts, name)[within] for name in ("easy_s", "moderate_s", "hard_s")}
    run = history.is_run[within]
    counted = {name: np.where(run & np.isfinite(values), values, 0.0) for name, values in of_runs.items()}
    counted["load"] = np.nan_to_num(efforts.load[within], nan=0.0)
    return {
        "runs": _between(run.astype(np.int64), edges),
        "longest_s": _largest(counted["moving_s"], edges),
        **{name: _between(values, edges) for name, values in counted.items()},
    }


def _between(values: NDArray[_NumberT], edges: NDArray[np.intp]) -> NDArray[_NumberT]:
    sums = np.concatenate((np.zeros(1, values.dtype), np.cumsum(values)))
    return np.diff(sums[edges])


def _largest(values: Column, edges: NDArray[np.intp]) -> Column:
    """The largest of none is 0."""
    largest = np.zeros(len(edges) - 1)
    filled = edges[1:] > edges[:-1]
    if filled.any():
        largest[filled] = np.maximum.reduceat(values, edges[:-1][filled])
    return largest


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
