"""A session in words and figures, for a calendar or a watch."""

from __future__ import annotations

from collections.abc import Iterator

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.plans.models import Step, StepKind, Target, TargetKind, Workout, WorkoutKind
from services.coach_agent.domain.units import clock_text, distance_text, pace_text

_TITLES = {
    WorkoutKind.EASY: "Easy run",
    WorkoutKind.RECOVERY: "Recovery run",
    WorkoutKind.LONG: "Long run",
    WorkoutKind.TEMPO: "Tempo run",
    WorkoutKind.INTERVALS: "Intervals",
    WorkoutKind.STRIDES: "Easy run with strides",
    WorkoutKind.RACE: "Race",
    WorkoutKind.REST: "Day off",
}
_STEPS = {
    StepKind.WARM_UP: "Warm-up",
    StepKind.STEADY: "Run",
    StepKind.WORK: "Work",
    StepKind.RECOVERY: "Recover",
    StepKind.COOL_DOWN: "Cool-down",
}


def title(workout: Workout, units: Units) -> str:
    """Such as "Tempo run, 46 min", or a race with its distance."""
    if workout.kind is WorkoutKind.RACE:
        return f"{_TITLES[workout.kind]}, {distance_text(workout.distance_m, units)}"
    return f"{_TITLES[workout.kind]}, {round(workout.duration_s / 60)} min"


def step_title(step: Step) -> str:
    return _STEPS[step.kind]


def lines(workout: Workout, units: Units) -> Iterator[str]:
    """A line for each step, those that repeat under how often they do."""
    for block in workout.blocks:
        indent = ""
        if block.times > 1:
            yield f"{block.times} times:"
            indent = "  "
        for step in block.steps:
            yield f"{indent}{step_title(step)} {_length(step, units)}{_target(step.target, units)}"


def _length(step: Step, units: Units) -> str:
    if step.distance_m is not None:
        return distance_text(step.distance_m, units)
    return clock_text(step.duration_s or 0.0)


def _target(target: Target, units: Units) -> str:
    if target.low is None or target.high is None:
        return ""
    if target.kind is TargetKind.PACE:
        return f" at {pace_text(target.low, units)} to {pace_text(target.high, units)}"
    return f" at {target.low:.0f} to {target.high:.0f} bpm"
