import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.fitness.race_equivalence import (
    index,
    indices,
    oxygen_cost,
    pace_at_vo2_fraction,
    sustainable_share,
    time_for,
    times_for,
)
from services.coach_agent.domain.fitness.training_paces import training_paces

MILE, HALF, MARATHON = 1609.344, 21_097.5, 42_195.0
DISTANCES = (MILE, 3000.0, 5000.0, 10_000.0, 15_000.0, HALF, MARATHON)


def clock(text: str) -> float:
    seconds = 0.0
    for part in text.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


# Rows of the published table (Daniels, Running Formula): index, then times over DISTANCES.
TABLE = {
    30: ("9:11", "17:56", "30:40", "63:46", "98:14", "2:21:04", "4:49:17"),
    40: ("7:07", "14:03", "24:08", "50:03", "1:17:06", "1:50:59", "3:49:45"),
    50: ("5:50", "11:33", "19:57", "41:21", "63:36", "1:31:35", "3:10:49"),
    60: ("4:57", "9:50", "17:03", "35:22", "54:18", "1:18:09", "2:43:25"),
    70: ("4:19", "8:34", "14:55", "31:00", "47:32", "1:08:21", "2:23:10"),
}


@pytest.mark.parametrize("row", TABLE)
def test_index_of_a_published_time_is_its_row(row):
    times = np.array([clock(text) for text in TABLE[row]])
    assert indices(np.array(DISTANCES), times) == pytest.approx(row, abs=0.16)


@pytest.mark.parametrize(
    ("row", "times"),
    [(80, ("13:18", "27:41", "1:00:54", "2:07:38")), (85, ("12:37", "26:19", "57:50", "2:01:10"))],
)
def test_the_fastest_rows_hold_as_well(row, times):
    found = indices(np.array([5000, 10_000, HALF, MARATHON]), np.array([clock(text) for text in times]))
    assert found == pytest.approx(row, abs=0.1)


@pytest.mark.parametrize("row", TABLE)
def test_time_for_an_index_is_the_published_one(row):
    times = np.array([clock(text) for text in TABLE[row]])
    assert times_for(np.array(DISTANCES), float(row)) == pytest.approx(times, rel=0.004)


def test_the_formulas_by_hand():
    # 250 m/min: -4.60 + 45.5645 + 6.5 = 47.4645. 20 min: 0.8 + 0.1894393 e^-0.25556 + 0.2989558 e^-3.86521.
    assert oxygen_cost(np.array(250.0)) == pytest.approx(47.4645)
    assert sustainable_share(np.array(20.0)) == pytest.approx(0.8 + 0.1894393 * 0.774482 + 0.2989558 * 0.0209585, 1e-5)
    assert index(5000, 1200) == pytest.approx(47.4645 / 0.952984, rel=1e-5)


@given(st.floats(400, 50_000), st.floats(8, 95))
def test_the_time_for_an_index_has_that_index(distance_m, value):
    assert index(distance_m, time_for(distance_m, value)) == pytest.approx(value, rel=1e-9)


@given(st.floats(400, 50_000), st.floats(8, 90), st.floats(0.001, 5))
def test_a_higher_index_is_faster_and_a_longer_race_slower(distance_m, value, more):
    time_s = time_for(distance_m, value)
    assert time_for(distance_m, value + more) < time_s
    longer_s = time_for(distance_m * 1.01, value)
    assert longer_s > time_s
    assert longer_s / 1.01 > time_s * (1 - 1e-12)


def test_a_missing_effort_has_no_index():
    found = indices(np.array([5000.0, 5000.0, 0.0]), np.array([np.nan, 0.0, 600.0]))
    assert np.isnan(found).all()


def test_efforts_of_many_runs_are_measured_at_once():
    times = np.array([[1197.0, 2481.0], [1023.0, np.nan]])
    found = indices(np.array([5000.0, 10_000.0]), times)
    assert found[0] == pytest.approx(50, abs=0.1)
    assert found[1, 0] == pytest.approx(60, abs=0.1)
    assert np.isnan(found[1, 1])


def test_training_paces_hold_the_published_ones():
    # The table's paces per km at an index of 50: threshold 4:15, interval 3:55, marathon 4:31; of 60: 3:40, 3:23, 3:52.
    fifty, sixty = training_paces(50), training_paces(60)
    assert fifty.threshold.fast_s_per_km == pytest.approx(255, abs=1)
    assert sixty.threshold.fast_s_per_km == pytest.approx(220, abs=1)
    for paces, interval, marathon in ((fifty, 235, 271), (sixty, 203, 232)):
        assert paces.interval.fast_s_per_km < interval < paces.interval.slow_s_per_km
        assert paces.marathon.fast_s_per_km < marathon < paces.marathon.slow_s_per_km


def test_a_pace_costs_its_share_of_the_index():
    speed = 60_000 / pace_at_vo2_fraction(52.0, 0.7)
    assert -4.60 + 0.182258 * speed + 0.000104 * speed**2 == pytest.approx(0.7 * 52.0)


@given(st.floats(15, 90))
def test_faster_training_is_faster(value):
    paces = training_paces(value)
    ranges = [paces.easy, paces.marathon, paces.threshold, paces.interval, paces.repetition]
    assert all(pace.fast_s_per_km < pace.slow_s_per_km for pace in ranges)
    assert [pace.fast_s_per_km for pace in ranges] == sorted((pace.fast_s_per_km for pace in ranges), reverse=True)
