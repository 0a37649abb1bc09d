"""What a history does not hold, in sentences without any number."""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.coach_agent.domain.fitness.loads import Efforts
from services.coach_agent.domain.fitness.models import History

RECENT_DAYS = 84
LONG_BREAK_DAYS = 28

NO_ACTIVITIES = "There are no activities yet. Import a FIT, TCX or GPX file on the Runs page."
TOO_FEW = "Fitness, fatigue and form take several activities over a fortnight at least, and there are fewer so far."
LONG_BREAK = (
    "There is a long break without any activity in the recent months. If you trained in it, import that training:"
    " without it, fitness reads lower than it is."
)
ALL_BY_PACE = "None of your recent activities has heart rate, so the load of runs is estimated from their pace."
SOME_BY_PACE = "Some of your recent runs have no heart rate, so their load is estimated from pace."
NO_LOAD = "Some of your recent activities count as no load, as they have neither heart rate nor a pace to go by."
NO_THRESHOLD = (
    "Runs without heart rate count as no load, as no threshold pace is known yet. You can give yours in the profile."
)
NO_POSITION = (
    "Some of your recent runs were recorded without GPS, such as on a treadmill: their distance is the watch's own."
)
PENDING = "Some of your activities are still being measured, so these figures are not complete yet."
NOT_LISTED = "Your newest activities could not be looked up just now, so they may be missing here."
NIGHTS_NOT_READ = "Your sleep, heart rate variability and resting heart rate could not be looked up just now."


def missing_from(history: History, efforts: Efforts, *, threshold_pace_known: bool, today: dt.date) -> dict[str, str]:
    """Sentences by key about the last twelve weeks; today is the last day that counts."""
    age = today.toordinal() - history.day
    if not (age >= 0).any():
        return {"activities": NO_ACTIVITIES}
    recent = (age >= 0) & (age < RECENT_DAYS)
    runs = recent & history.is_run
    unknown = recent & ~np.isfinite(efforts.load)
    said: dict[str, str] = {}
    if (recent & efforts.from_pace).any():
        nobody = not (recent & ~efforts.from_pace & ~unknown).any()
        said["heartRate"] = ALL_BY_PACE if nobody else SOME_BY_PACE
    if unknown.any():
        said["load"] = NO_LOAD if threshold_pace_known or not (unknown & runs).any() else NO_THRESHOLD
    if (runs & ~history.has_position).any():
        said["position"] = NO_POSITION
    if longest_break(history, today) >= LONG_BREAK_DAYS:
        said["break"] = LONG_BREAK
    return said


def longest_break(history: History, today: dt.date) -> int:
    """The most days in a row without any activity that end within the last twelve weeks, today included."""
    last = today.toordinal()
    days = history.day[: history.day.searchsorted(last, side="right")]
    if not len(days):
        return 0
    ends = np.append(days[1:], last + 1)
    gaps = (ends - days - 1)[ends > last - RECENT_DAYS]
    return int(gaps.max(initial=0))
