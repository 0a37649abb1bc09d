import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.facts import unverified_numbers
from services.coach_agent.domain.fitness.critical_speed import (
    NOT_ALL_OUT,
    TOO_ALIKE,
    TOO_FEW,
    critical_speed,
)
from services.coach_agent.domain.fitness.models import CriticalSpeed, Missing

DISTANCES = np.array([800.0, 1000.0, 1609.0, 3000.0, 5000.0])


def on_a_line(speed_m_per_s: float, reserve_m: float) -> np.ndarray:
    return (DISTANCES - reserve_m) / speed_m_per_s


def test_efforts_on_an_exact_line_give_its_slope_and_intercept():
    found = critical_speed(DISTANCES, on_a_line(4.4, 180.0))
    assert isinstance(found, CriticalSpeed)
    assert found.speed_m_per_s.value == pytest.approx(4.4)
    assert found.reserve_m == pytest.approx(180.0)
    assert found.efforts == 5
    # However well they agree, a watch's distance is good for one percent.
    assert (found.speed_m_per_s.low, found.speed_m_per_s.high) == pytest.approx((4.4 * 0.99, 4.4 * 1.01))


def test_the_range_is_the_confidence_interval_of_the_slope():
    # Times 200, 400, 600 s over 1,000, 1,830, 2,600 m: slope 1,600/400 = 4.0, mean 1,810 = 4 * 400 + 210, and strays of
    # -10, 20 and -10 m. Error of the slope: sqrt(600 / 1) / sqrt(80,000) = 0.0866, times Student's 3.078 at one degree.
    found = critical_speed(np.array([1000.0, 1830.0, 2600.0]), np.array([200.0, 400.0, 600.0]))
    assert isinstance(found, CriticalSpeed)
    assert found.speed_m_per_s.value == pytest.approx(4.0)
    assert found.reserve_m == pytest.approx(210.0)
    assert found.speed_m_per_s.high - 4.0 == pytest.approx(3.078 * 0.0866025, rel=1e-5)


def test_efforts_outside_of_2_to_20_minutes_do_not_count():
    times = on_a_line(4.4, 180.0)
    more = np.concatenate((times, [60.0, 2500.0, np.nan]))
    found = critical_speed(np.concatenate((DISTANCES, [400.0, 10_000.0, 15_000.0])), more)
    assert found == critical_speed(DISTANCES, times)


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ([170.0, 220.0], TOO_FEW),
        ([np.nan, np.nan, np.nan], TOO_FEW),
        ([170.0, 180.0, 200.0], TOO_ALIKE),
        # A steady run: every distance at 4 m/s, nothing in reserve.
        ([200.0, 250.0, 402.25, 750.0], NOT_ALL_OUT),
        # A fast kilometre, then longer ones at leisure.
        ([130.0, 165.0, 500.0, 1150.0], NOT_ALL_OUT),
        # A short one run slower than the long ones.
        ([380.0, 400.0, 450.0, 770.0], NOT_ALL_OUT),
    ],
)
def test_efforts_that_cannot_tell_are_refused_with_a_sentence_free_of_numbers(times, why):
    assert critical_speed(DISTANCES[: len(times)], np.array(times)) == why
    assert unverified_numbers(why.why, ()) == ()


def test_a_speed_that_was_held_for_an_hour_is_above_no_critical_speed():
    distances, times = np.append(DISTANCES, 15_000.0), on_a_line(4.0, 180.0)
    assert critical_speed(distances, np.append(times, 15_000 / 4.05)) == NOT_ALL_OUT
    assert critical_speed(distances, np.append(times, 15_000 / 3.8)) == critical_speed(DISTANCES, times)


def test_efforts_far_from_any_line_are_refused():
    times = on_a_line(4.4, 180.0) * np.array([1.0, 1.25, 0.9, 1.2, 1.0])
    assert isinstance(critical_speed(DISTANCES, times), Missing)


@given(st.floats(3.2, 6.5), st.floats(60, 400), st.integers(0, 10_000))
def test_the_value_lies_within_its_range_which_grows_with_the_scatter(speed, reserve, seed):
    noise = np.random.default_rng(seed).normal(0, 1, len(DISTANCES))
    found = [critical_speed(DISTANCES, on_a_line(speed, reserve) * (1 + scale * noise)) for scale in (0.0, 0.005)]
    known = [one.speed_m_per_s for one in found if isinstance(one, CriticalSpeed)]
    assert all(one.low < one.value < one.high for one in known)
    if len(known) == 2:
        assert known[1].high / known[1].value >= known[0].high / known[0].value - 1e-12
