"""A session as a FIT workout file, for a watch to guide through."""

from __future__ import annotations

import datetime as dt
from typing import Any

from garmin_fit_sdk import Encoder, Profile

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.plans.describing import step_title, title
from services.coach_agent.domain.plans.models import Step, StepKind, Target, TargetKind, Workout

_FILE_ID, _WORKOUT, _STEP = (Profile["mesg_num"][name] for name in ("FILE_ID", "WORKOUT", "WORKOUT_STEP"))
_INTENSITIES = {
    StepKind.WARM_UP: "warmup",
    StepKind.STEADY: "active",
    StepKind.WORK: "active",
    StepKind.RECOVERY: "recovery",
    StepKind.COOL_DOWN: "cooldown",
}
# FIT: custom heart rates of 0 to 100 are per cent of the maximum, bpm stand above that.
_BPM_OFFSET = 100


def workout_file(workout: Workout, units: Units, made_at: dt.datetime) -> bytes:
    steps = _steps(workout)
    encoder = Encoder()
    encoder.write_mesg(
        {
            "mesg_num": _FILE_ID, "type": "workout", "manufacturer": "development", "product": 0,
            "serial_number": workout.workout_id.int & 0xFFFF_FFFF or 1, "time_created": made_at,
        }
    )  # fmt: skip
    encoder.write_mesg(
        {
            "mesg_num": _WORKOUT, "sport": "running", "num_valid_steps": len(steps),
            "wkt_name": title(workout, units),
        }
    )  # fmt: skip
    for number, step in enumerate(steps):
        encoder.write_mesg({"mesg_num": _STEP, "message_index": number, **step})
    return bytes(encoder.close())


def _steps(workout: Workout) -> list[dict[str, Any]]:
    """The steps in their order; a block that repeats ends with a step that leads back to its first."""
    found: list[dict[str, Any]] = []
    for block in workout.blocks:
        first = len(found)
        found += [_step(step) for step in block.steps]
        if block.times > 1:
            found.append(
                {
                    "duration_type": "repeat_until_steps_cmplt", "duration_value": first,
                    "target_type": "open", "target_value": block.times,
                }
            )  # fmt: skip
    return found


def _step(step: Step) -> dict[str, Any]:
    if step.distance_m is not None:
        length = {"duration_type": "distance", "duration_value": round(100 * step.distance_m)}
    else:
        length = {"duration_type": "time", "duration_value": round(1000 * (step.duration_s or 0.0))}
    named = {"wkt_step_name": step_title(step), "intensity": _INTENSITIES[step.kind]}
    return named | length | _target(step.target)


def _target(target: Target) -> dict[str, Any]:
    if target.low is None or target.high is None:
        return {"target_type": "open", "target_value": 0}
    if target.kind is TargetKind.PACE:
        # Millimetres a second; the slower pace is the lower speed.
        low, high = (round(1_000_000 / pace) for pace in (target.high, target.low))
        return _custom("speed", low, high)
    return _custom("heart_rate", round(target.low) + _BPM_OFFSET, round(target.high) + _BPM_OFFSET)


def _custom(kind: str, low: int, high: int) -> dict[str, Any]:
    return {
        "target_type": kind, "target_value": 0, "custom_target_value_low": low, "custom_target_value_high": high
    }  # fmt: skip
