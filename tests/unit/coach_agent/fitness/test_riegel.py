import numpy as np
import pytest

from services.coach_agent.domain.fitness.riegel import best_riegel_time, riegel_time


def test_twice_the_distance_takes_two_to_the_106_hundredths_the_time():
    # The usual worked example: 25:00 over 5 km stands for 52:07 over 10 km, since 2^1.06 = 2.0849.
    assert riegel_time(5000, 1500, 10_000) == pytest.approx(52 * 60 + 7, abs=1)
    assert riegel_time(10_000, 52 * 60 + 7.4, 5000) == pytest.approx(1500, abs=1)


def test_the_same_distance_is_the_same_time():
    assert riegel_time(10_000, 2400, 10_000) == 2400


def test_the_best_effort_speaks():
    # 20:00 over 5 km stands for 41:42 over 10 km; 45:00 over 10 km itself is slower.
    best = best_riegel_time(np.array([5000.0, 10_000.0, 3000.0]), np.array([1200.0, 2700.0, np.nan]), 10_000)
    assert best == pytest.approx(41 * 60 + 42, abs=1)


def test_nothing_is_said_from_or_for_times_outside_of_the_law():
    assert best_riegel_time(np.array([400.0]), np.array([80.0]), 5000) is None
    assert best_riegel_time(np.array([5000.0]), np.array([np.nan]), 10_000) is None
    assert best_riegel_time(np.array([10_000.0]), np.array([4000.0]), 42_195) is None
