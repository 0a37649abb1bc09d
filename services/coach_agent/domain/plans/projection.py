"""Where a plan leads: load, fitness, fatigue and form, day by day and week by week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.fitness.impulse_response import FATIGUE_DAYS, FITNESS_DAYS, weighted_mean
from services.coach_agent.domain.fitness.models import FitnessSeries
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.plans.models import Plan, WorkoutStatus


@dataclass(frozen=True, slots=True)
class ProjectedDay:
    """Form is of the morning: fitness less fatigue of the day before."""

    day: dt.date
    fitness: float
    fatigue: float
    form: float


@dataclass(frozen=True, slots=True)
class ProjectedWeek:
    """Load, time and distance of the week's training as planned, and how its last day ends."""

    first_day: dt.date
    load: float
    duration_s: float
    distance_m: float
    end: ProjectedDay


@dataclass(frozen=True, slots=True)
class Projection:
    """``series`` begins today, a value a day; ``goal`` is the race day, or the last of the plan."""

    series: FitnessSeries
    weeks: tuple[ProjectedWeek, ...]
    goal: ProjectedDay


def project(plan: Plan, measured: FitnessSeries | None, today: dt.date) -> Projection:
    """The plan from ``today`` on, carried on from what is measured until yesterday; from 0 without any of that.

    Today counts with the larger of what was run and what is planned. What was missed or skipped counts nothing.
    """
    last_day = max(plan.last_day, plan.weeks[-1].first_day + dt.timedelta(days=6), today)
    load = np.zeros((last_day - today).days + 1)
    for workout in plan.workouts:
        if workout.day >= today and workout.status is WorkoutStatus.PLANNED:
            load[(workout.day - today).days] += workout.load
    fitness, fatigue = 0.0, 0.0
    if measured is not None and len(measured.load):
        load[0] = max(load[0], _at(measured.load, measured.index(today), 0.0))
        fitness, fatigue = (_at(c, measured.index(today) - 1, 0.0) for c in (measured.fitness, measured.fatigue))
    series = _carried_on(today, load, fitness, fatigue)
    weeks = tuple(
        ProjectedWeek(
            first_day=week.first_day,
            load=sum(one.load for one in week.workouts if one.status is not WorkoutStatus.SKIPPED),
            duration_s=week.duration_s,
            distance_m=week.distance_m,
            end=day_of(series, week.first_day + dt.timedelta(days=6)),
        )
        for week in plan.weeks
        if week.first_day + dt.timedelta(days=6) >= today
    )
    return Projection(series, weeks, day_of(series, max(plan.last_day, today)))


def day_of(series: FitnessSeries, day: dt.date) -> ProjectedDay:
    i = series.index(day)
    return ProjectedDay(day, float(series.fitness[i]), float(series.fatigue[i]), float(series.form[i]))


def _carried_on(first_day: dt.date, load: Column, fitness: float, fatigue: float) -> FitnessSeries:
    fit, tired = weighted_mean(load, FITNESS_DAYS, fitness), weighted_mean(load, FATIGUE_DAYS, fatigue)
    form = np.concatenate(([fitness - fatigue], (fit - tired)[:-1]))
    return FitnessSeries(first_day, load, fit, tired, form)


def _at(column: Column, place: int, otherwise: float) -> float:
    """The value there; the last one where the column has ended before, ``otherwise`` where it has not begun."""
    if place < 0:
        return otherwise
    return float(column[min(place, len(column) - 1)])
