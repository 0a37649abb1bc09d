"""What would come of a change, as it goes out."""

from __future__ import annotations

import datetime as dt

from services.coach_agent.domain.plans.projection import ProjectedDay, Projection
from services.coach_agent.domain.plans.what_if import Comparison
from shared.http.parsing import ApiModel

_DECIMALS = 2


class StateAnswer(ApiModel):
    """Form is of the morning: fitness less fatigue of the day before."""

    date: dt.date
    fitness: float
    fatigue: float
    form: float

    @classmethod
    def of(cls, day: ProjectedDay) -> StateAnswer:
        figures = (round(value, _DECIMALS) for value in (day.fitness, day.fatigue, day.form))
        fitness, fatigue, form = figures
        return cls(date=day.day, fitness=fitness, fatigue=fatigue, form=form)


class ProjectedWeekAnswer(ApiModel):
    first_day: dt.date
    load: float
    duration_s: float
    distance_m: float
    end: StateAnswer


class ProjectionAnswer(ApiModel):
    """``goal`` is the state on the race day, or on the last day of the plan; ``weeks`` end with their Sunday."""

    goal: StateAnswer
    weeks: list[ProjectedWeekAnswer]

    @classmethod
    def of(cls, projection: Projection) -> ProjectionAnswer:
        return cls(
            goal=StateAnswer.of(projection.goal),
            weeks=[
                ProjectedWeekAnswer(
                    first_day=week.first_day,
                    load=round(week.load, _DECIMALS),
                    duration_s=week.duration_s,
                    distance_m=round(week.distance_m, 1),
                    end=StateAnswer.of(week.end),
                )
                for week in projection.weeks
            ],
        )


class DifferenceAnswer(ApiModel):
    """Changed less present, on the goal's day of each."""

    fitness: float
    fatigue: float
    form: float
    load: float


class BrokenRuleAnswer(ApiModel):
    """A rule that the change would break, and the week of the plan, counted from 1."""

    rule: str
    sentence: str
    week: int


class ComparisonAnswer(ApiModel):
    present: ProjectionAnswer | None
    changed: ProjectionAnswer
    difference: DifferenceAnswer | None
    broken_rules: list[BrokenRuleAnswer]

    @classmethod
    def of(cls, comparison: Comparison) -> ComparisonAnswer:
        present = comparison.present
        return cls(
            present=None if present is None else ProjectionAnswer.of(present),
            changed=ProjectionAnswer.of(comparison.changed),
            difference=None if present is None else _difference(present, comparison.changed),
            broken_rules=[
                BrokenRuleAnswer(rule=breach.rule, sentence=breach.sentence, week=breach.week + 1)
                for breach in comparison.broken
            ],
        )


def _difference(present: Projection, changed: Projection) -> DifferenceAnswer:
    before, after = present.goal, changed.goal
    load = sum(week.load for week in changed.weeks) - sum(week.load for week in present.weeks)
    return DifferenceAnswer(
        fitness=round(after.fitness - before.fitness, _DECIMALS),
        fatigue=round(after.fatigue - before.fatigue, _DECIMALS),
        form=round(after.form - before.form, _DECIMALS),
        load=round(load, _DECIMALS),
    )
