import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.facts import unverified_numbers
from services.coach_agent.domain.fitness.best_efforts import RecentEfforts, recent_efforts
from services.coach_agent.domain.fitness.models import Estimate, Missing, Prediction
from services.coach_agent.domain.fitness.predictions import (
    RACES_M,
    TOO_FEW_RUNS,
    TOO_SHORT_RUNS,
    predict_races,
    race_index,
)
from tests.unit.coach_agent.fitness.histories import Done, history
from tests.unit.coach_agent.runs import TODAY

# The published times of an index of 50 (Daniels, Running Formula).
FIFTY = {3000: 693, 5000: 1197, 10_000: 2481, 21_098: 5495}


def efforts_of(*done: Done) -> RecentEfforts:
    return recent_efforts(history(*done), TODAY)


def confirmed(days_ago: int = 2, **more: float) -> RecentEfforts:
    """Three days that all stand for an index of 50."""
    return efforts_of(*(Done(days_ago + n, best_times_s=FIFTY, **more) for n in range(3)))


def index_of(efforts: RecentEfforts) -> Estimate:
    found = race_index(efforts)
    assert isinstance(found, Estimate)
    return found


def races(efforts: RecentEfforts) -> dict[float, Prediction]:
    return {race.distance_m: race for race in predict_races(efforts, index_of(efforts)).races}


def test_the_index_is_that_of_the_best_effort():
    assert index_of(confirmed()).value == pytest.approx(50, abs=0.05)


def test_races_are_predicted_as_published_for_the_index():
    found = races(confirmed())
    assert found[5000.0].time_s.value == pytest.approx(19 * 60 + 57, abs=3)
    assert found[10_000.0].time_s.value == pytest.approx(41 * 60 + 21, abs=5)
    assert found[21_097.5].time_s.value == pytest.approx(91 * 60 + 35, abs=10)
    assert found[42_195.0].time_s.value == pytest.approx(190 * 60 + 49, abs=25)


def test_riegel_is_the_second_opinion_from_the_nearest_distance_run_as_well():
    found = races(confirmed())
    assert found[10_000.0].riegel_s == pytest.approx(2481)
    assert found[42_195.0].riegel_s == pytest.approx(5495 * (42_195 / 21_098) ** 1.06)
    # The 10 km at leisure say nothing of the half marathon; the 5 km do.
    leisurely = races(efforts_of(*(Done(n, best_times_s={5000: 1197, 10_000: 3300}) for n in range(3))))
    assert leisurely[21_097.5].riegel_s == pytest.approx(1197 * 4.2195**1.06)


def test_each_prediction_has_a_range_around_it():
    for race in races(confirmed()).values():
        assert race.time_s.low < race.time_s.value < race.time_s.high


def test_a_distance_raced_lately_and_often_is_known_within_a_few_percent():
    time_s = races(confirmed(0))[5000.0].time_s
    assert time_s.high / time_s.low == pytest.approx(1.04, abs=0.015)


def test_an_older_effort_is_worth_a_wider_range():
    widths = [spread_of(index_of(confirmed(days))) for days in (0, 20, 40, 80)]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_a_lonely_best_is_believed_less_than_one_that_others_confirm():
    slower = [{5000: 1197 * factor} for factor in (1.0, 1.03, 1.1, 1.3)]
    found = [
        index_of(efforts_of(Done(2, best_times_s=FIFTY), *(Done(n, best_times_s=s) for n in (5, 9)))) for s in slower
    ]
    assert [one.value for one in found] == pytest.approx([found[0].value] * 4)
    assert [one.low for one in found] == sorted((one.low for one in found), reverse=True)
    assert found[-1].low < 0.9 * found[-1].value
    assert len({round(one.high, 9) for one in found}) == 1


def test_the_further_from_what_was_run_the_wider_and_the_slow_side_of_longer_races_most():
    only_5_km = efforts_of(*(Done(n, best_times_s={5000: 1197, 10_000: 3300}) for n in range(3)))
    found = races(only_5_km)
    widths = [found[race].time_s.high / found[race].time_s.low for race in RACES_M]
    assert widths == sorted(widths)
    marathon = found[42_195.0].time_s
    assert marathon.high / marathon.value - 1 > 1.5 * (1 - marathon.low / marathon.value)


@given(st.floats(28, 75), st.integers(0, 80), st.floats(1.0, 1.25), st.sampled_from([5000, 10_000, 21_098]))
def test_longer_races_take_longer_at_either_end_of_the_range(index, days_ago, others, longest_m):
    scale = {metres: time_s * 50 / index for metres, time_s in FIFTY.items() if metres <= longest_m}
    efforts = efforts_of(
        Done(days_ago, best_times_s=scale),
        *(Done(days_ago + n, best_times_s={m: t * others for m, t in scale.items()}) for n in (1, 2)),
    )
    distances = tuple(float(metres) for metres in range(1500, 4 * longest_m, 700))
    found = predict_races(efforts, index_of(efforts), distances).races
    for shorter, longer in itertools.pairwise(found):
        assert shorter.time_s.low < longer.time_s.low
        assert shorter.time_s.value < longer.time_s.value
        assert shorter.time_s.high < longer.time_s.high
    assert all(race.time_s.low < race.time_s.value < race.time_s.high for race in found)


def test_two_runs_in_all_are_too_few_to_tell():
    assert race_index(efforts_of(Done(2, best_times_s=FIFTY), Done(9, best_times_s=FIFTY))) is TOO_FEW_RUNS


def test_two_runs_of_one_day_are_one_day():
    assert race_index(efforts_of(*(Done(day, best_times_s=FIFTY) for day in (2, 2, 9)))) is TOO_FEW_RUNS


def test_a_gap_of_three_months_leaves_nothing_to_predict_from():
    assert race_index(efforts_of(*(Done(n, best_times_s=FIFTY) for n in range(91, 200)))) is TOO_FEW_RUNS
    assert race_index(efforts_of()) is TOO_FEW_RUNS


def test_short_runs_and_jumps_of_the_satellites_count_for_nothing():
    short = [Done(n, best_times_s={1000: 190, 1609: 330}) for n in range(5)]
    assert race_index(efforts_of(*short)) is TOO_FEW_RUNS
    jump = dataclasses.replace(short[0], best_times_s={5000: 700})
    assert index_of(efforts_of(jump, *(Done(n, best_times_s=FIFTY) for n in range(1, 4)))).value == pytest.approx(
        50, abs=0.05
    )


def test_predictions_ask_for_no_heart_rate():
    assert races(confirmed(bpm=None)) == races(confirmed())


def test_races_far_beyond_every_recent_run_are_left_out_and_it_is_said():
    found = predict_races(
        only := efforts_of(*(Done(n, best_times_s={3000: 693, 5000: 1197}) for n in range(3))), index_of(only)
    )
    assert [race.distance_m for race in found.races] == [5000, 10_000, 21_097.5]
    assert found.missing is TOO_SHORT_RUNS
    assert predict_races(confirmed(), index_of(confirmed())).missing is None


@pytest.mark.parametrize("missing", [TOO_FEW_RUNS, TOO_SHORT_RUNS])
def test_what_is_missing_is_said_without_a_number(missing: Missing):
    assert unverified_numbers(missing.why, ()) == ()


def spread_of(estimate: Estimate) -> float:
    return (estimate.high - estimate.low) / estimate.value


def test_efforts_without_a_time_do_not_disturb():
    efforts = confirmed()
    holes = np.vstack((efforts.time_s, np.full((1, efforts.time_s.shape[1]), np.nan)))
    more = RecentEfforts(efforts.distance_m, holes, np.append(efforts.age_days, 1.0))
    assert race_index(more) == race_index(efforts)
