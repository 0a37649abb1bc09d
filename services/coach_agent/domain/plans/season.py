"""The weeks of a plan, counted back from the race: base, build, peak, taper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.plans.models import Goal, Phase

FITNESS_WEEKS = 12
FITNESS_BASE_WEEKS = 4
LONGEST_WEEKS = 52
LIGHTER_EVERY = 4
TAPER_WEEKS = 2
TAPER_WEEKS_MARATHON = 3
# Above it a race asks for the taper of a marathon: a half marathon as a watch may measure it, and a little more.
LONGEST_SHORT_TAPER_M = 22_000.0
# A race from Thursday on makes its week the last one of the taper; before, there is hardly a day to train in it.
FIRST_WEEKDAY_IN_TAPER = 3
TWO_PEAK_WEEKS_FROM = 8


@dataclass(frozen=True, slots=True)
class SeasonWeek:
    """``taper`` counts the weeks of the taper from 1, and is 0 before it. ``lighter`` is every fourth."""

    number: int
    first_day: dt.date
    phase: Phase
    lighter: bool
    taper: int
    race_weekday: int | None


def start_of_plan(today: dt.date) -> dt.date:
    """The Monday on which a plan made today begins: today's, or the next."""
    return today + dt.timedelta(days=-today.weekday() % 7)


def taper_weeks(distance_m: float) -> int:
    return TAPER_WEEKS if distance_m <= LONGEST_SHORT_TAPER_M else TAPER_WEEKS_MARATHON


def fewest_training_weeks(distance_m: float) -> int:
    """Weeks before the taper that a plan needs to have a base, a build and a peak worth their names."""
    if distance_m <= 10_500.0:
        return 3
    return 4 if distance_m <= LONGEST_SHORT_TAPER_M else 7


def training_weeks(distance_m: float, race_day: dt.date, first_day: dt.date) -> int:
    """Full weeks from ``first_day`` until the taper begins; less than 1 when there are none."""
    ahead = (race_day - dt.timedelta(days=race_day.weekday()) - first_day).days // 7
    in_taper = race_day.weekday() >= FIRST_WEEKDAY_IN_TAPER
    return ahead + int(in_taper) - taper_weeks(distance_m)


def season(goal: Goal, first_day: dt.date) -> tuple[SeasonWeek, ...]:
    """Every week of the plan; the race's own is the last."""
    if goal.race_day is None or goal.distance_m is None:
        phases = [Phase.BASE] * FITNESS_BASE_WEEKS + [Phase.BUILD] * (FITNESS_WEEKS - FITNESS_BASE_WEEKS)
        return tuple(_week(number, first_day, phase) for number, phase in enumerate(phases))
    training, taper = training_weeks(goal.distance_m, goal.race_day, first_day), taper_weeks(goal.distance_m)
    phases = [*_training_phases(training), *([Phase.TAPER] * taper)]
    if goal.race_day.weekday() < FIRST_WEEKDAY_IN_TAPER:
        phases.append(Phase.RACE)
    last = len(phases) - 1
    return tuple(
        _week(
            number,
            first_day,
            phase,
            training=training,
            race_weekday=goal.race_day.weekday() if number == last else None,
        )
        for number, phase in enumerate(phases)
    )


def _training_phases(weeks: int) -> list[Phase]:
    peak = 2 if weeks >= TWO_PEAK_WEEKS_FROM else 1
    build = max(1, (weeks - peak) // 2)
    return [Phase.BASE] * (weeks - peak - build) + [Phase.BUILD] * build + [Phase.PEAK] * peak


def _week(
    number: int, first_day: dt.date, phase: Phase, *, training: int = FITNESS_WEEKS, race_weekday: int | None = None
) -> SeasonWeek:
    return SeasonWeek(
        number=number,
        first_day=first_day + dt.timedelta(weeks=number),
        phase=phase,
        lighter=number < training and number % LIGHTER_EVERY == LIGHTER_EVERY - 1,
        taper=max(0, number - training + 1),
        race_weekday=race_weekday,
    )
