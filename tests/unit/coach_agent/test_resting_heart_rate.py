import datetime as dt

import pytest

from services.coach_agent.domain.athlete import Athlete, Origin, Profile, resolve_athlete
from services.coach_agent.domain.runs.zones import ZoneBasis, heart_rate_zones
from services.coach_agent.domain.wellness import WellnessDay, lowest_weekly_resting_bpm
from tests.unit.coach_agent.runs import TODAY


def nights(bpm: dict[int, float | None]) -> list[WellnessDay]:
    return [WellnessDay(TODAY - dt.timedelta(days=age), resting_heart_rate_bpm=value) for age, value in bpm.items()]


def test_it_is_the_lowest_mean_of_any_seven_days_of_sixty():
    bpm = dict.fromkeys(range(60), 55.0) | {age: 45.0 + age for age in range(20, 27)}
    # 65 to 71 in one week lowers nothing; 48 to 54 in another does, a mean of 51.
    bpm |= {age: 8.0 + age for age in range(40, 47)}
    assert lowest_weekly_resting_bpm(nights(bpm), TODAY) == pytest.approx(51.0)


def test_one_low_night_is_not_a_low_week():
    assert lowest_weekly_resting_bpm(nights(dict.fromkeys(range(30), 56.0) | {5: 42.0}), TODAY) == pytest.approx(54.0)


def test_a_week_counts_with_four_nights():
    assert lowest_weekly_resting_bpm(nights({0: 50.0, 2: 52.0, 4: 54.0, 6: 56.0}), TODAY) == pytest.approx(53.0)
    assert lowest_weekly_resting_bpm(nights({0: 50.0, 2: 52.0, 4: 54.0, 8: 56.0}), TODAY) is None


def test_nights_before_the_sixty_days_missing_ones_and_nonsense_do_not_count():
    old = dict.fromkeys(range(60, 80), 40.0)
    assert lowest_weekly_resting_bpm(nights(old | dict.fromkeys(range(7), 52.0)), TODAY) == 52.0
    assert lowest_weekly_resting_bpm(nights(old | dict.fromkeys(range(7), 52.0) | {1: 0.0, 2: None}), TODAY) == 52.0
    assert lowest_weekly_resting_bpm(nights(old), TODAY) is None
    assert lowest_weekly_resting_bpm((), TODAY) is None


def athlete(profile: Profile, resting_bpm: float | None) -> Athlete:
    return resolve_athlete(profile, peak=None, efforts=[], today=TODAY, resting_bpm=resting_bpm)


def test_resting_heart_rate_is_given_else_observed_else_assumed():
    given = athlete(Profile(resting_heart_rate_bpm=47), 52.0).resting_heart_rate
    assert (given.value, given.origin) == (47, Origin.GIVEN)
    observed = athlete(Profile(), 52.0).resting_heart_rate
    assert (observed.value, observed.origin) == (52.0, Origin.ESTIMATED)
    assumed = athlete(Profile(), None).resting_heart_rate
    assert (assumed.value, assumed.origin) == (60.0, Origin.ASSUMED)


def test_an_observed_resting_heart_rate_puts_zones_on_the_reserve():
    zones = heart_rate_zones(athlete(Profile(max_heart_rate_bpm=190), 50.0))
    assert zones.basis is ZoneBasis.RESERVE
    assert zones.edges_bpm == pytest.approx((134, 148, 162, 176))


def test_an_observed_rate_that_contradicts_what_the_runner_gave_is_not_used():
    assert athlete(Profile(threshold_heart_rate_bpm=95), 96.0).resting_heart_rate.origin is Origin.ASSUMED
