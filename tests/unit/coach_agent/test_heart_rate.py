import datetime as dt

import numpy as np
import pytest

from services.coach_agent.domain.athlete import Origin, Profile, Sex, TimedDistance, resolve_athlete
from services.coach_agent.domain.runs.heart_rate import PeakEvidence, best_90_days, seconds_per_bpm
from services.coach_agent.domain.runs.load import LoadBasis, heart_rate_load, pace_load, trimp
from services.coach_agent.domain.runs.zones import ZoneBasis, heart_rate_zones, time_in_zones
from tests.unit.coach_agent import runs

TODAY = runs.TODAY


def histogram(**seconds: float):
    bpm = np.array([float(key[1:]) for key in seconds])
    return seconds_per_bpm(bpm, np.array(list(seconds.values())))


def test_histogram_holds_each_second_once_and_no_noise():
    counted = seconds_per_bpm(np.array([29.0, 30.0, 140.4, 140.6, 240.0, 241.0, np.nan]), np.ones(7))
    assert counted.sum() == 4
    assert counted[140 - 30] == counted[141 - 30] == 1


def test_an_hour_at_threshold_is_a_load_of_one_hundred():
    for sex in (None, Sex.FEMALE, Sex.MALE):
        athlete = runs.athlete(
            Profile(sex=sex, max_heart_rate_bpm=190, resting_heart_rate_bpm=50, threshold_heart_rate_bpm=170)
        )
        load = heart_rate_load(histogram(b170=3600), athlete)
        assert load is not None
        assert load.value == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("sex", "expected"),
    [
        # 30 min at 70 % of reserve: 30 * 0.7 * 0.64 * e^(1.92 * 0.7) and 30 * 0.7 * 0.86 * e^(1.67 * 0.7).
        (Sex.MALE, 30 * 0.7 * 0.64 * 3.834350),
        (Sex.FEMALE, 30 * 0.7 * 0.86 * 3.218772),
        (None, 30 * 0.7 * (0.64 * 3.834350 + 0.86 * 3.218772) / 2),
    ],
)
def test_trimp_is_banisters(sex, expected):
    athlete = runs.athlete(Profile(sex=sex, max_heart_rate_bpm=190, resting_heart_rate_bpm=50))
    assert trimp(histogram(b148=1800), athlete) == pytest.approx(expected, rel=1e-5)


def test_pace_load_of_an_hour_at_threshold_pace_is_one_hundred():
    load = pace_load(4.0, 3600.0, 250.0)
    assert load.value == pytest.approx(100.0)
    assert load.basis is LoadBasis.PACE
    assert load.trimp is None


def test_zones_follow_a_given_threshold_as_friel_draws_them():
    zones = heart_rate_zones(runs.athlete(Profile(threshold_heart_rate_bpm=170)))
    assert zones.basis is ZoneBasis.THRESHOLD
    assert zones.edges_bpm == pytest.approx((144.5, 153.0, 161.5, 170.0))


def test_zones_follow_reserve_when_a_resting_rate_is_given():
    zones = heart_rate_zones(runs.athlete())
    assert zones.basis is ZoneBasis.RESERVE
    assert zones.edges_bpm == pytest.approx((134, 148, 162, 176))


def test_zones_fall_back_to_maximal_heart_rate():
    zones = heart_rate_zones(runs.athlete(Profile(max_heart_rate_bpm=200)))
    assert zones.basis is ZoneBasis.MAXIMUM
    assert zones.edges_bpm == pytest.approx((120, 140, 160, 180))


def test_a_beat_on_an_edge_belongs_to_the_zone_above():
    times = time_in_zones(histogram(b133=1, b134=2, b147=3, b148=4, b176=5), heart_rate_zones(runs.athlete()))
    assert times.seconds == (1, 5, 4, 0, 5)
    assert times.share_pct(2, 3) == pytest.approx(60.0)


def test_best_90_days_is_the_highest_percentile_of_any_window():
    days = [dt.date(2026, 1, 1), dt.date(2026, 1, 20), dt.date(2026, 7, 1)]
    rows = np.stack([histogram(b150=995, b190=5), histogram(b150=1000), histogram(b150=990, b180=10)])
    peak = best_90_days(days, rows)
    assert peak is not None
    # 0.5 % of the lone July run lies at 180; in January 5 s of 1,995 is less than that.
    assert (peak.bpm, peak.first_day, peak.runs) == (180.0, dt.date(2026, 7, 1), 1)


def test_best_90_days_needs_heart_rate():
    assert best_90_days([TODAY], np.zeros((1, 211))) is None


def test_maximal_heart_rate_is_given_else_observed_else_from_age_else_assumed():
    observed = PeakEvidence(181.0, TODAY, TODAY, 12)

    def maximum(profile: Profile, peak: PeakEvidence | None) -> tuple[float | None, Origin]:
        known = resolve_athlete(profile, peak=peak, efforts=[], today=TODAY).max_heart_rate
        return known.value, known.origin

    assert maximum(Profile(max_heart_rate_bpm=188), observed) == (188, Origin.GIVEN)
    assert maximum(Profile(birth_year=1986), observed) == (181.0, Origin.ESTIMATED)
    assert maximum(Profile(birth_year=1986), None) == (180.0, Origin.ESTIMATED)
    assert maximum(Profile(), None) == (190.0, Origin.ASSUMED)


def test_a_few_easy_runs_do_not_lower_the_maximum():
    few = PeakEvidence(150.0, TODAY, TODAY, 3)
    assert resolve_athlete(Profile(), peak=few, efforts=[], today=TODAY).max_bpm == 190.0


def test_a_maximum_that_nobody_gave_stays_above_a_threshold_that_somebody_did():
    assert runs.athlete(Profile(threshold_heart_rate_bpm=190)).max_bpm == pytest.approx(200.0)
    assert runs.athlete(Profile(threshold_heart_rate_bpm=170)).max_bpm == 190.0


def test_threshold_heart_rate_is_88_percent_of_reserve():
    assert runs.athlete().threshold_bpm == pytest.approx(50 + 0.88 * 140)


def test_threshold_pace_scales_the_best_effort_to_an_hour():
    # An hour's race itself: 15 km in 3,600 s is 240 s/km whatever the exponent.
    efforts = [TimedDistance(15_000, 3600, TODAY - dt.timedelta(days=n)) for n in range(5)]
    known = resolve_athlete(Profile(), peak=None, efforts=efforts, today=TODAY).threshold_pace
    assert known.value == pytest.approx(240.0)
    assert resolve_athlete(Profile(), peak=None, efforts=efforts[:2], today=TODAY).threshold_pace.value is None
