"""Stable, drift and fade in runs made of straight lines, whose borders can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from services.coach_agent.domain.charts.efficiency import PartKind, efficiency
from services.coach_agent.domain.models import Column
from tests.unit.coach_agent import runs

STABLE, DRIFT, FADE = PartKind


def parts(run):
    found = efficiency(run)
    assert found is not None
    return [(part.kind, part.start_s, part.end_s) for part in found.parts]


def rising(from_s: float, per_hour: float, start: float = 140.0):
    def heart_rate(time_s: Column) -> Column:
        return start * (1 + np.clip(time_s - from_s, 0, None) / 3600 * per_hour)

    return heart_rate


def test_an_even_run_is_stable_from_the_warm_up_to_its_end():
    assert parts(runs.run(3600, 3.0, 140.0)) == [(STABLE, 600, 3600)]


def test_a_heart_rate_that_rises_at_an_even_pace_is_drift_from_where_five_per_cent_are_lost():
    """10 % an hour from minute 30 on: 1/1.05263 of the metres a beat are left after 31:35 of rise, at 61:35."""
    [stable, drift] = parts(runs.run(7200, 3.0, rising(1800, 0.10)))
    assert (stable[0], drift[0]) == (STABLE, DRIFT)
    assert drift[1] == pytest.approx(1800 + 3600 * 0.052632 / 0.10, abs=30)
    assert stable[2] == drift[1]
    assert drift[2] == 7200


def test_a_pace_that_falls_at_an_even_heart_rate_is_fade():
    """10 % an hour from minute 30 on: 5 % are lost half an hour later."""
    run = runs.run(7200, lambda t: 3.0 * (1 - np.clip(t - 1800, 0, None) / 3600 * 0.10), 140.0)
    [stable, fade] = parts(run)
    assert (stable[0], fade[0]) == (STABLE, FADE)
    assert fade[1] == pytest.approx(3600, abs=30)


def test_drift_comes_before_fade_when_the_heart_gives_way_before_the_legs():
    run = runs.run(9000, lambda t: 3.0 - np.clip(t - 6000, 0, 600) / 600 * 0.6, rising(1800, 0.12))
    assert [kind for kind, _, _ in parts(run)] == [STABLE, DRIFT, FADE]


def test_what_is_lost_for_a_while_only_is_no_drift():
    def heart_rate(time_s: Column) -> Column:
        return np.where((time_s > 2000) & (time_s < 3000), 160.0, 140.0)

    assert parts(runs.run(5400, 3.0, heart_rate)) == [(STABLE, 600, 5400)]


def test_what_is_lost_in_the_last_minutes_only_is_no_drift():
    assert [kind for kind, _, _ in parts(runs.run(3600, 3.0, rising(3300, 2.0)))] == [STABLE]


def test_a_hill_costs_no_efficiency_where_the_heart_answers_to_it():
    """Up 4 % costs 22 % more a metre (Minetti), so 122 % of the beats at the same pace are as efficient as before."""
    cost = (155.4 * 0.04**5 - 30.4 * 0.04**4 - 43.3 * 0.04**3 + 46.3 * 0.04**2 + 19.5 * 0.04 + 3.6) / 3.6

    def altitude(metres: Column) -> Column:
        return np.where(metres > 8000, (metres - 8000) * 0.04, 0.0)

    def heart_rate(time_s: Column) -> Column:
        return np.where(time_s * 3.0 > 8000, 120.0 * cost, 120.0)

    assert [kind for kind, _, _ in parts(runs.run(5400, 3.0, heart_rate, altitude=altitude))] == [STABLE]


@pytest.mark.parametrize(
    "run", [runs.run(1700), runs.run(heart_rate=None), runs.intervals()], ids=["short", "no heart rate", "intervals"]
)
def test_there_is_none_where_decoupling_is_not_given(run):
    assert efficiency(run) is None


def test_a_gap_in_heart_rate_breaks_nothing():
    def heart_rate(time_s: Column) -> Column:
        return np.where((time_s > 2000) & (time_s < 2600), np.nan, 140.0)

    found = efficiency(runs.run(5400, 3.0, heart_rate))
    assert found is not None
    assert np.isnan(found.metres_per_beat).any()
    assert [part.kind for part in found.parts] == [STABLE]
