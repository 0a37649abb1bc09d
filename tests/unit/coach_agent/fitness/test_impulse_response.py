import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.fitness.impulse_response import fitness_series, ramp, weighted_mean

FIRST = dt.date(2016, 1, 1)
A_DECADE = 3650


def test_the_same_load_every_day_is_its_own_fitness_and_fatigue():
    series = fitness_series(FIRST, np.full(400, 55.0))
    assert series.fitness == pytest.approx(55.0)
    assert series.fatigue == pytest.approx(55.0)
    assert series.form == pytest.approx(0.0, abs=1e-9)


def test_fitness_nears_a_new_steady_load_by_the_closed_form():
    # From 0 towards L: L (1 - e^(-n/tau)) after n days, Banister's step response.
    series = fitness_series(FIRST, np.concatenate((np.zeros(14), np.full(200, 80.0))))
    days = np.arange(1, 201)
    assert series.fitness[14:] == pytest.approx(80.0 * (1 - np.exp(-days / 42.0)))
    assert series.fatigue[14:] == pytest.approx(80.0 * (1 - np.exp(-days / 7.0)))


def test_one_load_fades_with_e_to_the_minus_days_over_tau():
    # Banister's impulse response: w0 (1 - e^(-1/tau)) e^(-n/tau) on the n-th day after.
    load = np.zeros(300)
    load[100] = 150.0
    series = fitness_series(FIRST, load)
    n = np.arange(200)
    assert series.fitness[100:] == pytest.approx(150.0 * (1 - math.exp(-1 / 42)) * np.exp(-n / 42))
    assert series.fatigue[100:] == pytest.approx(150.0 * (1 - math.exp(-1 / 7)) * np.exp(-n / 7))
    # Freshness peaks where the two rates of decay balance: n = ln(kb/ka) / (1/7 - 1/42) days after the load.
    peak = math.log((1 - math.exp(-1 / 7)) * 42 / ((1 - math.exp(-1 / 42)) * 7)) / (1 / 7 - 1 / 42)
    assert abs(np.argmax(series.form[101:]) - peak) <= 1


def test_form_of_a_day_is_what_the_day_before_left():
    load = np.zeros(60)
    load[30] = 200.0
    series = fitness_series(FIRST, load)
    assert series.form[30] == 0.0
    assert series.form[31] == pytest.approx(series.fitness[30] - series.fatigue[30])
    assert series.form[31] < 0


def test_a_history_starts_from_the_mean_of_its_first_14_days():
    load = np.concatenate((np.tile([70.0, 0.0], 7), np.zeros(30)))
    series = fitness_series(FIRST, load)
    assert series.fitness[0] == pytest.approx(35 + (1 - math.exp(-1 / 42)) * (70 - 35))
    assert series.form[0] == 0.0


def test_two_runs_in_all_start_from_the_mean_of_the_days_there_are():
    series = fitness_series(FIRST, np.array([60.0, 0.0, 90.0]))
    a = 1 - math.exp(-1 / 42)
    first = 50 + a * (60 - 50)
    second = first + a * (0 - first)
    assert series.fitness == pytest.approx([first, second, second + a * (90 - second)])


def test_no_day_at_all_gives_empty_columns():
    series = fitness_series(FIRST, np.array([]))
    assert len(series.load) == len(series.fitness) == len(series.fatigue) == len(series.form) == 0
    assert len(ramp(series.fitness)) == 0


def test_three_months_without_a_run_leave_a_ninth_of_fitness_and_no_fatigue():
    series = fitness_series(FIRST, np.concatenate((np.full(200, 60.0), np.zeros(91))))
    assert series.fitness[-1] == pytest.approx(60 * math.exp(-91 / 42))
    assert series.fatigue[-1] == pytest.approx(60 * math.exp(-13))
    assert series.form[-1] > 0


@pytest.mark.parametrize("days", [7.0, 42.0])
@pytest.mark.parametrize("length", [1, 63, 64, 65, A_DECADE])
def test_a_decade_at_once_is_what_day_after_day_gives(days, length):
    load = np.random.default_rng(length).gamma(0.7, 90.0, length)
    a, value, expected = 1 - math.exp(-1 / days), 40.0, []
    for today in load:
        value += a * (today - value)
        expected.append(value)
    assert weighted_mean(load, days, 40.0) == pytest.approx(np.array(expected), rel=1e-12)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=150), st.floats(0, 300))
def test_a_weighted_mean_stays_among_what_it_is_a_mean_of(values, start):
    mean = weighted_mean(np.array(values), 7.0, start)
    assert mean.min() >= min(*values, start) - 1e-9
    assert mean.max() <= max(*values, start) + 1e-9


def test_ramp_is_the_change_over_seven_days():
    change = ramp(np.arange(20.0) * 1.5)
    assert np.isnan(change[:7]).all()
    assert change[7:] == pytest.approx(10.5)
    assert np.isnan(ramp(np.array([1.0, 2.0]))).all()
