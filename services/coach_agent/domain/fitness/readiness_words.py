"""Why a readiness light shows, in sentences without any number."""

from __future__ import annotations

from services.coach_agent.domain.fitness.models import ReadinessCode, ReadinessReason, Signal

_SENTENCES = {
    ReadinessCode.HRV_LOW: "Your heart rate variability of the last week lies below your usual range.",
    ReadinessCode.HRV_HIGH: "Your heart rate variability of the last week lies above your usual range.",
    ReadinessCode.HRV_NORMAL: "Your heart rate variability of the last week is within your usual range.",
    ReadinessCode.RESTING_HEART_RATE_HIGH: "Your resting heart rate is clearly higher than usual.",
    ReadinessCode.RESTING_HEART_RATE_NORMAL: "Your resting heart rate is as usual.",
    ReadinessCode.SLEEP_SHORT: "You slept clearly less than usual last night.",
    ReadinessCode.SLEEP_NORMAL: "You slept about as long as usual last night.",
    ReadinessCode.LOAD_HIGH: "The load of the last days is clearly higher than usual for you.",
    ReadinessCode.LOAD_NORMAL: "The load of the last days is within what is usual for you.",
}
_TOO_LITTLE = {
    Signal.HRV: "There are too few nights with heart rate variability to tell what is usual for you.",
    Signal.RESTING_HEART_RATE: "There are too few nights with a resting heart rate to tell what is usual for you.",
    Signal.SLEEP: "There are too few nights with sleep, or last night is not there yet.",
    Signal.LOAD: "There are too few weeks of training to tell which load is usual for you.",
}


def reason_text(reason: ReadinessReason) -> str:
    return _SENTENCES.get(reason.code) or _TOO_LITTLE[reason.signal]
