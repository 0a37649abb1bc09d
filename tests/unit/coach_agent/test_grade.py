import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coach_agent.domain.runs.grade import equivalent_distance_m, running_cost_j_per_kg_m, smooth
from tests.unit.coach_agent import runs


@pytest.mark.parametrize(
    ("gradient", "cost"),
    [
        (0.0, 3.6),
        # The polynomial worked by hand: 155.4 i^5 - 30.4 i^4 - 43.3 i^3 + 46.3 i^2 + 19.5 i + 3.6.
        (0.10, 0.001554 - 0.00304 - 0.0433 + 0.463 + 1.95 + 3.6),
        (-0.10, -0.001554 - 0.00304 + 0.0433 + 0.463 - 1.95 + 3.6),
        (0.20, 0.049728 - 0.04864 - 0.3464 + 1.852 + 3.9 + 3.6),
    ],
)
def test_cost_of_a_gradient_is_minettis_polynomial(gradient, cost):
    assert running_cost_j_per_kg_m(np.array([gradient]))[0] == pytest.approx(cost, rel=1e-12)


def test_cheapest_gradient_lies_near_minus_twenty_percent_as_minetti_measured():
    gradients = np.linspace(-0.45, 0.45, 901)
    assert gradients[np.argmin(running_cost_j_per_kg_m(gradients))] == pytest.approx(-0.18, abs=0.03)


def test_gradients_beyond_the_measured_range_cost_what_its_edge_costs():
    assert running_cost_j_per_kg_m(np.array([0.9]))[0] == running_cost_j_per_kg_m(np.array([0.45]))[0]


def test_a_constant_climb_of_ten_percent_is_worth_its_closed_form():
    distance = np.arange(0.0, 1001.0, 3.0)
    equivalent = equivalent_distance_m(distance, 100 + 0.1 * distance)
    assert equivalent[-1] == pytest.approx(distance[-1] * 5.968214 / 3.6, rel=1e-6)


def test_flat_ground_changes_nothing():
    metrics = runs.run(altitude=lambda distance: np.full_like(distance, 250.0))
    assert metrics.measured.grade_adjusted_factor == pytest.approx(1.0)
    assert metrics.grade_adjusted_pace_s_per_km == pytest.approx(metrics.pace_s_per_km)


def test_without_altitude_there_is_no_grade_adjusted_pace():
    assert runs.run().grade_adjusted_pace_s_per_km is None


def test_gaps_in_altitude_are_bridged():
    distance = np.arange(0.0, 1000.0, 3.0)
    altitude = 0.05 * distance
    altitude[50:80] = np.nan
    whole = equivalent_distance_m(distance, 0.05 * distance)
    assert equivalent_distance_m(distance, altitude) == pytest.approx(whole)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=40), st.integers(0, 4).map(lambda n: 2 * n + 1))
def test_smoothing_stays_within_reach_and_keeps_a_line_straight(values, points):
    line = np.arange(len(values)) * 2.0 + 1.0
    assert smooth(line, points) == pytest.approx(line)
    assert len(smooth(np.array(values), points)) == len(values)
