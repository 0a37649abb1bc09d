import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.fitness.load_balance import (
    acute_chronic_ewma_ratio,
    acute_chronic_ratio,
    monotony,
    strain,
)

# The training diary of Foster et al. 2001 (J Strength Cond Res 15:109), table 5, sessions of a day added up.
FOSTER_WEEK = [940.0, 50.0, 840.0 + 280.0, 180.0, 390.0, 50.0, 390.0 + 280.0]


def test_fosters_diary_has_his_weekly_load_monotony_and_strain():
    # The table prints 3,400, 1.26 and 4,284. Its loads, printed rounded or misprinted (5 x 180 as 940, 8 x 75 as 390),
    # give 1.21 with the deviation of the seven days; that of a sample (1.12) would be further off.
    week = np.array(FOSTER_WEEK)
    assert 7 * statistics.fmean(week) == 3400
    assert monotony(week)[-1] == pytest.approx(1.26, rel=0.05)
    assert strain(week)[-1] == pytest.approx(4284, rel=0.05)
    assert strain(week)[-1] == pytest.approx(3400 * monotony(week)[-1])


def test_monotony_is_mean_over_deviation_by_hand():
    # Three runs of 70 in a week: mean 30, deviation sqrt((3 * 40^2 + 4 * 30^2) / 7) = 34.641.
    week = np.array([70.0, 0.0, 70.0, 0.0, 70.0, 0.0, 0.0])
    assert monotony(week)[-1] == pytest.approx(30 / 34.6410162)
    assert strain(week)[-1] == pytest.approx(210 * 30 / 34.6410162)


@pytest.mark.parametrize("load", [0.0, 0.1, 55.0])
def test_a_week_without_variation_has_no_monotony(load):
    assert np.isnan(monotony(np.full(40, load))).all()
    assert np.isnan(strain(np.full(40, load))).all()


def test_monotony_needs_a_full_week():
    load = np.arange(10.0)
    assert np.isnan(monotony(load)[:6]).all()
    assert np.isfinite(monotony(load)[6:]).all()
    assert np.isnan(monotony(load[:5])).all()


def test_acute_chronic_ratio_by_hand():
    # Three weeks at 40 a day, then one at 60: 60 / 45.
    load = np.concatenate((np.full(21, 40.0), np.full(7, 60.0)))
    assert acute_chronic_ratio(load)[-1] == pytest.approx(60 / 45)
    assert np.isnan(acute_chronic_ratio(load)[:27]).all()


def test_the_same_load_every_day_is_a_ratio_of_one():
    load = np.full(100, 33.0)
    assert acute_chronic_ratio(load)[27:] == pytest.approx(1.0)
    assert acute_chronic_ewma_ratio(load)[27:] == pytest.approx(1.0)


def test_a_three_month_gap_leaves_nothing_to_compare_with_and_the_first_run_back_counts_fully():
    load = np.concatenate((np.full(100, 60.0), np.zeros(91), [50.0]))
    for ratio in (acute_chronic_ratio(load), acute_chronic_ewma_ratio(load)):
        assert np.isnan(ratio[130:191]).all()
    assert acute_chronic_ratio(load)[-1] == pytest.approx(4.0)
    # After the rest only today's load is left: (2/8) / (2/29).
    assert acute_chronic_ewma_ratio(load)[-1] == pytest.approx(29 / 8, rel=0.05)


def test_four_weeks_are_needed_for_either_ratio():
    load = np.tile([80.0, 0.0], 13)
    assert np.isnan(acute_chronic_ratio(load)).all()
    assert np.isnan(acute_chronic_ewma_ratio(load)).all()
    assert len(acute_chronic_ratio(np.array([]))) == len(acute_chronic_ewma_ratio(np.array([]))) == 0


def test_the_weighted_ratio_is_williams_formula_day_by_day():
    load = np.random.default_rng(5).gamma(0.8, 70.0, 200)
    acute = chronic = statistics.fmean(load[:14])
    expected = []
    for today in load:
        acute = today * (2 / 8) + (1 - 2 / 8) * acute
        chronic = today * (2 / 29) + (1 - 2 / 29) * chronic
        expected.append(acute / chronic)
    assert acute_chronic_ewma_ratio(load)[27:] == pytest.approx(np.array(expected[27:]))


@given(st.lists(st.integers(0, 500), min_size=28, max_size=120))
def test_the_rolling_ratio_lies_between_nothing_and_four(days):
    ratio = acute_chronic_ratio(np.array(days, dtype=float))
    known = ratio[np.isfinite(ratio)]
    assert (known >= 0).all()
    assert (known <= 4 + 1e-9).all()
    assert np.isfinite(ratio[27:]).sum() == sum(sum(days[i - 27 : i + 1]) > 0 for i in range(27, len(days)))
