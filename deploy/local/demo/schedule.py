"""Which session on which day: periodised weeks that lead to races, with an illness, a journey and lighter weeks.

Weeks are counted back from the week of the last day, so that a history always ends the same way: six weeks after a
half marathon, in the build-up to the next.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deploy.local.demo.sessions import HALF_MARATHON_M, TEN_KILOMETRES_M, Kind
from deploy.local.demo.terrain import ABROAD, HOME, Place

HISTORY_WEEKS = 78
# Planned weeks always begin here, so that a shorter history is exactly the end of a longer one.
_PLANNED_WEEKS = 106
LONGEST_MONTHS = 24

# Weeks before the last one; the race below zero is still to come.
_RACES = {58: TEN_KILOMETRES_M, 32: HALF_MARATHON_M, 6: HALF_MARATHON_M, -8: HALF_MARATHON_M}
_TRAVEL_WEEK = 21
_ILLNESS_WEEK, _ILLNESS_WEEKDAY, ILLNESS_DAYS = 44, 2, 10
_FORGOTTEN_STRAP_WEEK = 15
_NEW_WATCH_WEEK = 52

_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY, _SATURDAY, _SUNDAY = range(7)
_QUALITY: tuple[Kind, ...] = ("tempo", "intervals", "progression", "intervals")
_LARGEST_GROWTH = 1.09


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """``fitness_week`` and ``days_since_illness`` say how fit the runner is on that day (see ``Runner``)."""

    day: dt.date
    kind: Kind
    distance_m: float
    place: Place
    fitness_week: float
    days_since_illness: float | None
    treadmill: bool = False
    heart_rate_strap: bool = True
    newer_watch: bool = True


def schedule(last_day: dt.date, months: int, seed: int) -> list[PlannedRun]:
    """The runs of the ``months`` (at most 24) up to and including ``last_day``, which always has one; ascending."""
    this_monday = last_day - dt.timedelta(days=last_day.weekday())
    first_day = last_day - dt.timedelta(days=round(months * 30.44))
    runs: dict[dt.date, PlannedRun] = {}
    for back, volume_m in _volumes():
        for run in _week(this_monday - dt.timedelta(weeks=back), back, volume_m, seed=seed):
            runs[run.day] = run
    runs.setdefault(last_day, _run(last_day, "easy", 7_000, this_monday=this_monday))
    return [runs[day] for day in sorted(runs) if first_day < day <= last_day and not _is_ill(day, this_monday)]


def _volumes() -> Iterator[tuple[int, float]]:
    """Weeks back from the last, oldest first, each with the distance in m planned for it, races left out."""
    recent = [26_000.0]
    for back in range(_PLANNED_WEEKS, -1, -1):
        wanted = 1_000 * (28 + 27 * (1 - math.exp(-max(0, HISTORY_WEEKS - back) / 38))) * _share(back)
        volume = min(wanted, _LARGEST_GROWTH * max(recent[-3:]))
        recent.append(volume)
        yield back, volume


def _share(back: int) -> float:
    """The part of a full week that this one is: taper, recovery after a race or illness, every fourth week lighter."""
    to_race = min(back - race for race in _RACES if race <= back)
    since_race = min((race - back for race in _RACES if race > back), default=99)
    if to_race == 0:
        return 0.5
    if to_race == 1:
        return 0.72
    if since_race <= 2:
        return 0.5 if since_race == 1 else 0.75
    if back in {_ILLNESS_WEEK - 2, _ILLNESS_WEEK - 3}:
        return 0.6 if back == _ILLNESS_WEEK - 2 else 0.8
    return {1: 0.76, 0: 0.93, 3: 1.0, 2: 1.07}[to_race % 4]


def _is_recovery(back: int) -> bool:
    """The week after a race, and the first one after the illness: nothing hard."""
    return back + 1 in _RACES or back == _ILLNESS_WEEK - 2


def _week(monday: dt.date, back: int, volume_m: float, *, seed: int) -> Iterator[PlannedRun]:
    rng = np.random.default_rng([seed, monday.toordinal()])
    race_m = _RACES.get(back)
    for weekday, kind, distance_m in _race_week(volume_m, race_m) if race_m else _training_week(back, volume_m):
        day = monday + dt.timedelta(days=weekday)
        skipped = kind == "easy" and rng.random() < 0.04
        stretch = 1.0 if kind == "race" else rng.normal(1.0, 0.05)
        winter = day.month in {12, 1, 2}
        indoors = weekday == _WEDNESDAY and rng.random() < (0.45 if winter else 0.04)
        if not skipped:
            yield _run(
                day,
                kind,
                distance_m * stretch,
                this_monday=monday + dt.timedelta(weeks=back),
                treadmill=indoors and back != _FORGOTTEN_STRAP_WEEK,
                heart_rate_strap=not (back == _FORGOTTEN_STRAP_WEEK and weekday == _SATURDAY),
            )


def _training_week(back: int, volume_m: float) -> Iterator[tuple[int, Kind, float]]:
    """Weekday, kind and distance: one hard day, a long run, easy days to fill the week."""
    long_m = min(0.32 * volume_m, 21_000)
    quality_m = min(max(0.24 * volume_m, 7_500), 11_500)
    easy_days = [_WEDNESDAY, _SATURDAY] if volume_m < 37_000 else [_WEDNESDAY, _THURSDAY, _SATURDAY]
    easy_m = max((volume_m - long_m - quality_m) / len(easy_days), 4_500)
    yield _TUESDAY, "easy" if _is_recovery(back) else _QUALITY[back % len(_QUALITY)], quality_m
    for weekday in easy_days:
        yield weekday, "recovery" if weekday == _WEDNESDAY and len(easy_days) == 3 else "easy", easy_m
    yield _SUNDAY, "long", long_m


def _race_week(volume_m: float, race_m: float) -> Iterator[tuple[int, Kind, float]]:
    yield _TUESDAY, "intervals", 7_500
    yield _THURSDAY, "easy", min(max(volume_m - 7_500 - 4_500, 5_000), 8_000)
    yield _SATURDAY, "recovery", 4_500
    yield _SUNDAY, "race", race_m


def _run(
    day: dt.date,
    kind: Kind,
    distance_m: float,
    *,
    this_monday: dt.date,
    treadmill: bool = False,
    heart_rate_strap: bool = True,
) -> PlannedRun:
    weeks_back = (this_monday - day).days / 7
    since_illness = (day - _illness_begins(this_monday)).days - ILLNESS_DAYS
    return PlannedRun(
        day=day,
        kind=kind,
        distance_m=distance_m,
        place=ABROAD if math.ceil(weeks_back) == _TRAVEL_WEEK else HOME,
        fitness_week=HISTORY_WEEKS - weeks_back,
        days_since_illness=since_illness if since_illness >= 0 else None,
        treadmill=treadmill,
        heart_rate_strap=heart_rate_strap,
        newer_watch=weeks_back < _NEW_WATCH_WEEK,
    )


def _illness_begins(this_monday: dt.date) -> dt.date:
    return this_monday - dt.timedelta(weeks=_ILLNESS_WEEK, days=-_ILLNESS_WEEKDAY)


def _is_ill(day: dt.date, this_monday: dt.date) -> bool:
    return 0 <= (day - _illness_begins(this_monday)).days < ILLNESS_DAYS
