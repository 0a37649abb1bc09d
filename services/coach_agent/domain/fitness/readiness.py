"""Readiness: how rested the runner's nights and last days say they are, as a traffic light with its reasons.

Each signal is held against the runner's own usual, never against other people's. A signal without enough days says so;
without any night at all the light is unknown, unless the load alone speaks for care.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.coach_agent.domain.fitness.models import Light, Readiness, ReadinessCode, ReadinessReason, Signal
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.wellness import WellnessDay

WEEK_DAYS = 7
USUAL_DAYS = 60
# Three nights speak for a week (Plews 2014, Int J Sports Physiol Perform 9:783); three weeks of them for a usual value
# and its deviation.
FEWEST_NIGHTS_OF_WEEK = 3
FEWEST_NIGHTS_OF_USUAL = 21
HRV_BAND = 0.5  # standard deviations either side of usual: the smallest change that matters (Plews 2013)
HRV_RED = 1.0  # a mean of seven nights seldom strays as far by chance

FEWEST_RESTING_DAYS = 14
RESTING_NIGHTS = 2  # today's night, or yesterday's while the watch has not been read yet
# Nights scatter by two or three beats. Both have to be passed, the runner's deviations and the beats.
RESTING_AMBER, RESTING_AMBER_BPM = 1.0, 3.0
RESTING_RED, RESTING_RED_BPM = 2.0, 7.0

SLEEP_DAYS = 14
FEWEST_NIGHTS_OF_SLEEP = 7
SLEEP_AMBER = 0.8  # of usual: some six hours instead of seven and a half
SLEEP_RED = 0.6

LOAD_DAYS = 3
LOAD_USUAL_DAYS = 28
# Three-day loads swing with every long run. Both have to be passed, the runner's deviations and the multiple of usual.
LOAD_AMBER, LOAD_AMBER_TIMES = 1.5, 1.3
LOAD_RED, LOAD_RED_TIMES = 3.0, 2.0


def readiness_on(day: dt.date, wellness: Sequence[WellnessDay], load_before: Column) -> Readiness:
    """The light of the morning of ``day``.

    ``wellness`` holds days in any order, of which those of the 61 days up to ``day`` count. ``load_before`` is the load
    of each day of the runner's history before ``day``, yesterday's last. Red is one red signal or two amber ones.
    """
    nights = {(day - night.day).days: night for night in wellness}
    reasons = (_hrv(nights), _resting_heart_rate(nights), _sleep(nights), _load(load_before))
    return Readiness(_combined(reasons), reasons)


def _combined(reasons: Sequence[ReadinessReason]) -> Light:
    lights = [reason.light for reason in reasons]
    if Light.RED in lights or lights.count(Light.AMBER) > 1:
        return Light.RED
    if Light.AMBER in lights:
        return Light.AMBER
    slept = any(reason.light is Light.GREEN for reason in reasons if reason.signal is not Signal.LOAD)
    return Light.GREEN if slept else Light.UNKNOWN


def _hrv(nights: dict[int, WellnessDay]) -> ReadinessReason:
    """7-day mean of ln rMSSD against the 60-day mean ± 0.5 sd (Plews et al. 2013, Sports Med 43:773).

    Needs 3 nights of the 7 and 21 of the 60. Above the band is told and no warning. Values are geometric means in ms.
    """
    logs = {
        age: np.log(n.hrv_rmssd_ms) for age, n in nights.items() if n.hrv_rmssd_ms is not None and n.hrv_rmssd_ms > 0
    }
    week, usual = _aged(logs, 0, WEEK_DAYS), _aged(logs, 0, USUAL_DAYS)
    if len(week) < FEWEST_NIGHTS_OF_WEEK or len(usual) < FEWEST_NIGHTS_OF_USUAL:
        return _unknown(Signal.HRV, "ms")
    mean, deviation = float(usual.mean()), float(usual.std(ddof=1))
    now = float(week.mean())
    strayed = 0.0 if deviation < 1e-9 else (now - mean) / deviation
    code, light = ReadinessCode.HRV_NORMAL, Light.GREEN
    if strayed < -HRV_BAND:
        code, light = ReadinessCode.HRV_LOW, Light.RED if strayed < -HRV_RED else Light.AMBER
    elif strayed > HRV_BAND:
        code = ReadinessCode.HRV_HIGH
    return ReadinessReason(Signal.HRV, code, light, float(np.exp(now)), float(np.exp(mean)), "ms")


def _resting_heart_rate(nights: dict[int, WellnessDay]) -> ReadinessReason:
    """The last resting heart rate against the 60 days before it; needs 14 of them."""
    bpm = {age: n.resting_heart_rate_bpm for age, n in nights.items() if n.resting_heart_rate_bpm}
    last = next((age for age in range(RESTING_NIGHTS) if age in bpm), None)
    usual = _aged(bpm, last + 1, USUAL_DAYS) if last is not None else np.empty(0)
    if last is None or len(usual) < FEWEST_RESTING_DAYS:
        return _unknown(Signal.RESTING_HEART_RATE, "bpm")
    mean, deviation = float(usual.mean()), float(usual.std(ddof=1))
    above = bpm[last] - mean
    code, light = ReadinessCode.RESTING_HEART_RATE_NORMAL, Light.GREEN
    if above > max(RESTING_AMBER * deviation, RESTING_AMBER_BPM):
        red = above > max(RESTING_RED * deviation, RESTING_RED_BPM)
        code, light = ReadinessCode.RESTING_HEART_RATE_HIGH, Light.RED if red else Light.AMBER
    return ReadinessReason(Signal.RESTING_HEART_RATE, code, light, float(bpm[last]), mean, "bpm")


def _sleep(nights: dict[int, WellnessDay]) -> ReadinessReason:
    """The night that ended today against the mean of the 14 before; needs it and 7 of them."""
    slept = {age: n.sleep_s for age, n in nights.items() if n.sleep_s}
    usual = _aged(slept, 1, SLEEP_DAYS)
    if 0 not in slept or len(usual) < FEWEST_NIGHTS_OF_SLEEP:
        return _unknown(Signal.SLEEP, "s")
    mean = float(usual.mean())
    code, light = ReadinessCode.SLEEP_NORMAL, Light.GREEN
    if slept[0] < SLEEP_AMBER * mean:
        code, light = ReadinessCode.SLEEP_SHORT, Light.RED if slept[0] < SLEEP_RED * mean else Light.AMBER
    return ReadinessReason(Signal.SLEEP, code, light, float(slept[0]), mean, "s")


def _load(load_before: Column) -> ReadinessReason:
    """The load of the last 3 days against every 3 days in a row of the 28 before; needs 31 days and a load in them."""
    before = load_before[-LOAD_DAYS - LOAD_USUAL_DAYS : -LOAD_DAYS]
    if len(before) < LOAD_USUAL_DAYS or before.max() <= 0:
        return _unknown(Signal.LOAD, "load")
    sums = sliding_window_view(before, LOAD_DAYS).sum(axis=1)
    mean, deviation = float(sums.mean()), float(sums.std())
    now = float(load_before[-LOAD_DAYS:].sum())
    code, light = ReadinessCode.LOAD_NORMAL, Light.GREEN
    if now > max(mean + LOAD_AMBER * deviation, LOAD_AMBER_TIMES * mean):
        red = now > max(mean + LOAD_RED * deviation, LOAD_RED_TIMES * mean)
        code, light = ReadinessCode.LOAD_HIGH, Light.RED if red else Light.AMBER
    return ReadinessReason(Signal.LOAD, code, light, now, mean, "load")


def _aged(values: dict[int, float], first: int, days: int) -> Column:
    """The values of ``days`` days, the youngest ``first`` days old."""
    return np.array([value for age, value in values.items() if first <= age < first + days], dtype=np.float64)


def _unknown(signal: Signal, unit: str) -> ReadinessReason:
    return ReadinessReason(signal, ReadinessCode.NOT_ENOUGH_DATA, Light.UNKNOWN, unit=unit)
