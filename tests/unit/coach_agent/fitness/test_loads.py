import numpy as np
import pytest

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.fitness.loads import measure_efforts
from services.coach_agent.domain.runs.reading import run_load
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.fitness.histories import Done, history

# Threshold at 170 of 190 bpm with 50 at rest; threshold pace 4 m/s.
GIVEN = Profile(
    max_heart_rate_bpm=190, resting_heart_rate_bpm=50, threshold_heart_rate_bpm=170, threshold_pace_s_per_km=250
)


def efforts(*done, profile=GIVEN):
    return measure_efforts(history(*done), runs.athlete(profile))


def test_an_hour_at_threshold_is_a_load_of_a_hundred_by_heart_rate_and_by_pace():
    found = efforts(Done(2, bpm=170), Done(1, bpm=None, speed_m_per_s=4.0))
    assert found.load == pytest.approx([100.0, 100.0], rel=1e-6)
    assert found.from_pace.tolist() == [False, True]


def test_load_is_that_of_the_analysis_of_the_run():
    metrics = runs.run(2700, 3.0, 151.0)
    found = efforts(Done(0, minutes=45, bpm=151))
    assert found.load[0] == pytest.approx(run_load(metrics, runs.athlete(GIVEN)).value, rel=1e-6)


def test_pace_counts_on_level_terms_where_the_slope_is_known():
    # (3 · 1.2 / 4)² · 100 for an hour that cost as much as 3.6 m/s on the flat
    assert efforts(Done(0, bpm=None, grade_adjusted_factor=1.2)).load == pytest.approx([81.0])


def test_heart_rate_over_less_than_half_of_a_run_does_not_speak_for_it():
    found = efforts(Done(0, bpm=170, coverage=0.4, speed_m_per_s=2.0))
    assert found.load == pytest.approx([25.0])
    assert found.from_pace.tolist() == [True]
    assert found.easy_s + found.moderate_s + found.hard_s == pytest.approx([0.0])


def test_other_sports_count_by_heart_rate_and_have_no_pace_to_count_by():
    found = efforts(Done(1, sport="cycling", bpm=170, speed_m_per_s=9.0), Done(0, sport="cycling", bpm=None))
    assert found.load[0] == pytest.approx(100.0, rel=1e-6)
    assert np.isnan(found.load[1])
    assert not found.from_pace.any()


def test_without_a_threshold_pace_a_run_without_heart_rate_has_no_load():
    profile = Profile(max_heart_rate_bpm=190)
    assert np.isnan(efforts(Done(0, bpm=None), profile=profile).load).all()


def test_time_is_parted_at_ninety_per_cent_of_threshold_and_at_threshold():
    found = efforts(Done(3, bpm=152), Done(2, bpm=153), Done(1, bpm=169), Done(0, bpm=170))
    assert found.easy_s.tolist() == [3600, 0, 0, 0]
    assert found.moderate_s.tolist() == [0, 3600, 3600, 0]
    assert found.hard_s.tolist() == [0, 0, 0, 3600]


def test_no_history_has_no_loads():
    assert len(efforts().load) == 0
