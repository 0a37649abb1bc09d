import datetime as dt
import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.fitness.models import Light, Readiness, ReadinessCode, ReadinessReason, Signal
from services.coach_agent.domain.fitness.readiness import readiness_on
from services.coach_agent.domain.wellness import WellnessDay
from tests.unit.coach_agent.fitness.histories import day
from tests.unit.coach_agent.runs import TODAY

NO_LOAD = np.array([])
EVERY_OTHER_DAY = np.tile([0.0, 80.0], 30)


def nights(
    *,
    hrv: dict[int, float] | None = None,
    resting: dict[int, float] | None = None,
    sleep: dict[int, float] | None = None,
) -> list[WellnessDay]:
    """Days by their age, with what each table has of them."""
    hrv, resting, sleep = hrv or {}, resting or {}, sleep or {}
    ages = hrv.keys() | resting.keys() | sleep.keys()
    return [WellnessDay(day(age), sleep.get(age), hrv.get(age), resting.get(age)) for age in sorted(ages)]


def ago(first: int, last: int, *values: float) -> dict[int, float]:
    """The values in turn for each age from first to last."""
    return {age: values[(age - first) % len(values)] for age in range(first, last + 1)}


def reason(readiness: Readiness, signal: Signal) -> ReadinessReason:
    [found] = [one for one in readiness.reasons if one.signal is signal]
    return found


def hrv_of(values: dict[int, float]) -> ReadinessReason:
    return reason(readiness_on(TODAY, nights(hrv=values), NO_LOAD), Signal.HRV)


def resting_of(values: dict[int, float]) -> ReadinessReason:
    return reason(readiness_on(TODAY, nights(resting=values), NO_LOAD), Signal.RESTING_HEART_RATE)


def sleep_of(values: dict[int, float]) -> ReadinessReason:
    return reason(readiness_on(TODAY, nights(sleep=values), NO_LOAD), Signal.SLEEP)


def load_of(load: np.ndarray) -> ReadinessReason:
    return reason(readiness_on(TODAY, (), load), Signal.LOAD)


@pytest.mark.parametrize(
    ("week_ms", "code", "light"),
    [
        (50.0, ReadinessCode.HRV_NORMAL, Light.GREEN),
        (46.0, ReadinessCode.HRV_NORMAL, Light.GREEN),
        (43.0, ReadinessCode.HRV_LOW, Light.AMBER),
        (36.0, ReadinessCode.HRV_LOW, Light.RED),
        (62.0, ReadinessCode.HRV_HIGH, Light.GREEN),
    ],
)
def test_the_week_of_heart_rate_variability_is_held_against_plews_band(week_ms, code, light):
    # 53 nights of 40 and 62.5 ms in turn (a geometric mean of 50), then a week.
    values = ago(0, 6, week_ms) | ago(7, 59, 40.0, 62.5)
    found = hrv_of(values)
    assert (found.code, found.light) == (code, light)
    # The same by Plews' words and plain arithmetic.
    logs = [math.log(values[age]) for age in range(60)]
    strayed = (statistics.fmean(logs[:7]) - statistics.fmean(logs)) / statistics.stdev(logs)
    assert (strayed < -0.5, strayed < -1.0, strayed > 0.5) == (
        code is ReadinessCode.HRV_LOW,
        light is Light.RED,
        code is ReadinessCode.HRV_HIGH,
    )
    assert found.value == pytest.approx(week_ms)
    assert found.usual == pytest.approx(math.exp(statistics.fmean(logs)))
    assert found.unit == "ms"


def test_heart_rate_variability_needs_three_nights_of_the_week_and_21_of_the_60():
    assert hrv_of(ago(4, 24, 50.0)).code is ReadinessCode.HRV_NORMAL
    assert hrv_of(ago(5, 59, 50.0)).code is ReadinessCode.NOT_ENOUGH_DATA
    assert hrv_of(ago(0, 19, 50.0)).code is ReadinessCode.NOT_ENOUGH_DATA
    assert hrv_of(ago(0, 5, 50.0) | ago(60, 300, 50.0)).code is ReadinessCode.NOT_ENOUGH_DATA


def test_nights_that_never_vary_are_normal():
    assert hrv_of(ago(0, 59, 48.0)).code is ReadinessCode.HRV_NORMAL
    assert resting_of(ago(0, 59, 48.0)).code is ReadinessCode.RESTING_HEART_RATE_NORMAL


@pytest.mark.parametrize(
    ("bpm", "code", "light"),
    [
        (50, ReadinessCode.RESTING_HEART_RATE_NORMAL, Light.GREEN),
        (53, ReadinessCode.RESTING_HEART_RATE_NORMAL, Light.GREEN),
        (54, ReadinessCode.RESTING_HEART_RATE_HIGH, Light.AMBER),
        (58, ReadinessCode.RESTING_HEART_RATE_HIGH, Light.RED),
    ],
)
def test_last_nights_resting_heart_rate_is_held_against_60_days(bpm, code, light):
    # 49 and 51 in turn: a mean of 50, a deviation of 1, so that the beats decide: 3 and 7 above.
    found = resting_of({0: bpm} | ago(1, 60, 49.0, 51.0))
    assert (found.code, found.light, found.value, found.usual) == (code, light, bpm, 50)


def test_a_restless_heart_is_given_its_own_deviation():
    # 44 and 56 in turn: a deviation of 6.05, so that 5 beats above are usual.
    assert resting_of({0: 55} | ago(1, 60, 44.0, 56.0)).light is Light.GREEN
    assert resting_of({0: 57} | ago(1, 60, 44.0, 56.0)).light is Light.AMBER


def test_yesterdays_resting_heart_rate_stands_in_but_no_older_one():
    usual = ago(2, 60, 50.0)
    assert resting_of({1: 60} | usual).light is Light.RED
    assert resting_of(usual).code is ReadinessCode.NOT_ENOUGH_DATA
    assert resting_of({0: 50} | ago(1, 13, 50.0)).code is ReadinessCode.NOT_ENOUGH_DATA


@pytest.mark.parametrize(
    ("hours", "code", "light"),
    [
        (8.0, ReadinessCode.SLEEP_NORMAL, Light.GREEN),
        (6.5, ReadinessCode.SLEEP_NORMAL, Light.GREEN),
        (6.3, ReadinessCode.SLEEP_SHORT, Light.AMBER),
        (4.7, ReadinessCode.SLEEP_SHORT, Light.RED),
    ],
)
def test_last_nights_sleep_is_held_against_14_nights(hours, code, light):
    found = sleep_of({0: 3600 * hours} | ago(1, 14, 7 * 3600.0, 9 * 3600.0) | ago(15, 60, 3600.0))
    assert (found.code, found.light) == (code, light)
    assert (found.value, found.usual, found.unit) == (3600 * hours, 8 * 3600, "s")


def test_sleep_needs_last_night_and_a_week_of_others():
    assert sleep_of(ago(1, 14, 28_800.0)).code is ReadinessCode.NOT_ENOUGH_DATA
    assert sleep_of(ago(0, 6, 28_800.0)).code is ReadinessCode.NOT_ENOUGH_DATA
    assert sleep_of(ago(0, 7, 28_800.0)).code is ReadinessCode.SLEEP_NORMAL


def test_a_usual_week_with_its_long_run_is_a_normal_load_on_each_of_its_days():
    week = [0.0, 60.0, 0.0, 60.0, 0.0, 60.0, 120.0]
    load = np.tile(week, 8)
    assert {load_of(load[: len(load) - n]).code for n in range(7)} == {ReadinessCode.LOAD_NORMAL}


def test_three_days_far_above_usual_are_a_high_load():
    # Every other day 80: three days hold 80 or 160, a mean of 120 and a deviation of 40 (26 windows, 13 of each).
    found = load_of(np.concatenate((EVERY_OTHER_DAY, [0.0, 80.0, 0.0])))
    assert (found.light, found.value, found.usual) == (Light.GREEN, 80, pytest.approx(120))
    assert load_of(np.concatenate((EVERY_OTHER_DAY, [60.0, 60.0, 59.0]))).light is Light.GREEN
    assert load_of(np.concatenate((EVERY_OTHER_DAY, [60.0, 60.0, 61.0]))).light is Light.AMBER
    assert load_of(np.concatenate((EVERY_OTHER_DAY, [60.0, 60.0, 121.0]))).light is Light.RED


def test_the_same_every_day_allows_a_little_more():
    assert load_of(np.concatenate((np.full(40, 50.0), [60.0, 60.0, 60.0]))).light is Light.GREEN
    assert load_of(np.concatenate((np.full(40, 50.0), [80.0, 60.0, 60.0]))).light is Light.AMBER


def test_load_needs_four_weeks_before_with_something_in_them():
    assert load_of(EVERY_OTHER_DAY[:30]).code is ReadinessCode.NOT_ENOUGH_DATA
    assert load_of(EVERY_OTHER_DAY[:31]).code is ReadinessCode.LOAD_NORMAL
    assert load_of(np.concatenate((EVERY_OTHER_DAY, np.zeros(91), [60.0]))).code is ReadinessCode.NOT_ENOUGH_DATA
    assert load_of(NO_LOAD).code is ReadinessCode.NOT_ENOUGH_DATA


RESTED = {"hrv": ago(0, 59, 48.0), "resting": ago(0, 60, 50.0), "sleep": ago(0, 14, 28_800.0)}
SHORT_NIGHT = {0: 21_000.0} | ago(1, 14, 28_800.0)
BEATING_FAST = {0: 55.0} | ago(1, 60, 50.0)


def light(load: np.ndarray = EVERY_OTHER_DAY, **changed: dict[int, float]) -> Light:
    return readiness_on(TODAY, nights(**{**RESTED, **changed}), load).light


def test_the_light_is_the_worst_signal_and_two_ambers_are_red():
    assert light() is Light.GREEN
    assert light(sleep=SHORT_NIGHT) is Light.AMBER
    assert light(sleep=SHORT_NIGHT, resting=BEATING_FAST) is Light.RED
    assert light(resting={0: 62.0} | ago(1, 60, 50.0)) is Light.RED
    assert light(np.concatenate((EVERY_OTHER_DAY, [60.0, 60.0, 61.0]))) is Light.AMBER


def test_one_known_night_signal_is_enough_for_a_light():
    assert light(hrv={}, resting={}) is Light.GREEN
    assert light(hrv={}, resting={}, load=NO_LOAD) is Light.GREEN


def test_without_a_night_a_normal_load_says_nothing_of_readiness_and_a_high_one_still_warns():
    assert readiness_on(TODAY, (), EVERY_OTHER_DAY).light is Light.UNKNOWN
    assert readiness_on(TODAY, (), np.concatenate((EVERY_OTHER_DAY, [60.0, 60.0, 61.0]))).light is Light.AMBER


def test_a_new_runner_is_told_of_each_signal_that_data_are_missing():
    found = readiness_on(TODAY, (), np.array([60.0, 0.0]))
    assert found.light is Light.UNKNOWN
    assert [one.signal for one in found.reasons] == list(Signal)
    assert {one.code for one in found.reasons} == {ReadinessCode.NOT_ENOUGH_DATA}
    assert all(one.value is None and one.usual is None for one in found.reasons)


def test_days_to_come_and_days_long_gone_change_nothing():
    known = nights(**RESTED)
    others = [
        WellnessDay(TODAY + dt.timedelta(days=1), 3600.0, 10.0, 90.0),
        WellnessDay(TODAY - dt.timedelta(days=62), 3600.0, 10.0, 90.0),
    ]
    assert readiness_on(TODAY, [*others, *known], EVERY_OTHER_DAY) == readiness_on(TODAY, known, EVERY_OTHER_DAY)


@given(st.floats(20, 120), st.floats(0.5, 1.0))
def test_a_lower_week_of_variability_never_gives_a_better_light(week_ms, factor):
    order = [Light.RED, Light.AMBER, Light.GREEN]
    usual = ago(7, 59, 40.0, 62.5)
    better, worse = (hrv_of(ago(0, 6, ms) | usual).light for ms in (week_ms, factor * week_ms))
    assert order.index(worse) <= order.index(better)
