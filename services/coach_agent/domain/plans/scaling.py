"""A week made smaller without becoming another one: what is hard or long is no larger a part of it than before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from services.coach_agent.domain.plans.models import Block, PlanWeek, Step, StepKind, Workout, WorkoutKind
from services.coach_agent.domain.plans.rules import long_share

# Steps are cut down to what a watch shows well: half minutes of long ones, five seconds of short ones.
_LONG_STEP_S, _LONG_ROUND_S, _SHORT_ROUND_S = 600.0, 30.0, 5.0


def scaled(week: PlanWeek, factor: float, days_per_week: int, *, may_change: Callable[[Workout], bool]) -> PlanWeek:
    """Every run that may change shorter by ``factor`` < 1.

    Rounding takes from some runs more than from others, so each kind follows the one that has lost most: the long run
    the others, what is hard all of them.
    """
    runs = [one for one in week.workouts if one.is_training and may_change(one)]
    others = min([factor, *(_easy_left(one, factor) for one in runs if one.kind is not WorkoutKind.LONG)])
    everywhere = min([others, *(_easy_left(one, others) for one in runs if one.kind is WorkoutKind.LONG)])
    smaller = {
        one.workout_id: _shorter(one, others if one.kind is WorkoutKind.LONG else factor, everywhere) for one in runs
    }
    made = dataclasses.replace(week, workouts=tuple(smaller.get(one.workout_id, one) for one in week.workouts))
    return dataclasses.replace(made, workouts=tuple(_within_share(one, made, days_per_week) for one in made.workouts))


def _easy_left(workout: Workout, factor: float) -> float:
    """The part of a workout's easy running that is left, rounding included."""
    steps = [(block.times, step.duration_s) for block, step in _steps(workout) if step.kind is not StepKind.WORK]
    whole = sum(times * seconds for times, seconds in steps if seconds)
    left = sum(times * _rounded(seconds, factor) for times, seconds in steps if seconds)
    return left / whole if whole else factor


def _within_share(workout: Workout, week: PlanWeek, days_per_week: int) -> Workout:
    """The long run cut to the part of the week that it may be."""
    if workout.kind is not WorkoutKind.LONG:
        return workout
    share = long_share(days_per_week)
    most = share / (1 - share)
    others_s, others_m = week.duration_s - workout.duration_s, week.distance_m - workout.distance_m
    fits = min(1.0, most * others_s / workout.duration_s, most * others_m / workout.distance_m)
    return workout if fits >= 1 else _shorter(workout, fits, fits)


def _shorter(workout: Workout, easy: float, hard: float) -> Workout:
    blocks = tuple(
        Block(block.times, tuple(_step(s, hard if s.kind is StepKind.WORK else easy) for s in block.steps))
        for block in workout.blocks
    )
    shorter = dataclasses.replace(workout, blocks=blocks)
    lengths = [(block.times * (step.duration_s or 0.0), step.kind) for block, step in _steps(shorter)]
    seconds = sum(length for length, _ in lengths)
    left = seconds / workout.duration_s
    return dataclasses.replace(
        shorter,
        duration_s=seconds,
        distance_m=round(workout.distance_m * left, 1),
        hard_s=sum(length for length, kind in lengths if kind is StepKind.WORK),
        load=round(workout.load * left, 2),
        was=None if workout.was is None else _shorter(workout.was, easy, hard),
    )


def _steps(workout: Workout) -> Iterator[tuple[Block, Step]]:
    return ((block, step) for block in workout.blocks for step in block.steps)


def _step(step: Step, factor: float) -> Step:
    return step if step.duration_s is None else dataclasses.replace(step, duration_s=_rounded(step.duration_s, factor))


def _rounded(seconds: float, factor: float) -> float:
    round_s = _LONG_ROUND_S if seconds >= _LONG_STEP_S else _SHORT_ROUND_S
    return max(_SHORT_ROUND_S, seconds * factor // round_s * round_s)
