import dataclasses

import numpy as np
import pytest

from services.coach_agent.domain.models import Streams
from services.coach_agent.domain.runs.decoupling import Refusal
from services.coach_agent.domain.runs.metrics import measure_run
from services.coach_agent.domain.runs.timeline import build_timeline, portions
from tests.unit.coach_agent import runs


def test_decoupling_compares_speed_per_beat_of_the_halves_after_ten_minutes():
    # After 600 s, 1,500 s at 140 bpm and 1,500 s at 147 bpm at one speed: 1 - 140/147.
    metrics = runs.run(3600, 3.0, lambda t: np.where(t < 2100, 140.0, 147.0))
    assert metrics.measured.decoupling.value_pct == pytest.approx(100 * (1 - 140 / 147))


def test_heart_rate_in_the_warm_up_does_not_count_to_decoupling():
    metrics = runs.run(3600, 3.0, lambda t: np.where(t < 600, 100.0, 140.0))
    assert metrics.measured.decoupling.value_pct == pytest.approx(0.0, abs=1e-9)


def test_a_faster_second_half_at_one_heart_rate_is_negative_decoupling():
    metrics = runs.run(3600, lambda t: np.where(t < 2100, 3.0, 3.15), 140.0)
    assert metrics.measured.decoupling.value_pct == pytest.approx(-5.0)


@pytest.mark.parametrize(
    ("metrics", "refusal"),
    [
        (runs.run(1790), Refusal.SHORT),
        (runs.run(heart_rate=None), Refusal.NO_HEART_RATE),
        (runs.intervals(), Refusal.VARIED),
    ],
)
def test_decoupling_is_refused_where_it_means_nothing(metrics, refusal):
    assert metrics.measured.decoupling.value_pct is None
    assert metrics.measured.decoupling.refusal is refusal


def test_efficiency_factor_is_metres_per_beat():
    # 3 m/s is 180 m/min; at 150 bpm each beat buys 1.2 m.
    assert runs.run(2400, 3.0, 150.0).measured.efficiency_factor == pytest.approx(1.2)


def test_variation_of_two_equal_speeds_is_their_closed_form():
    # Half at 2, half at 4 m/s: standard deviation 1 around a mean of 3.
    metrics = runs.run(1200, lambda t: np.where((t // 30) % 2 == 0, 2.0, 4.0))
    assert metrics.measured.speed_variation_pct == pytest.approx(100 / 3)


def test_standing_still_counts_to_timer_time_but_not_to_moving_time():
    samples = runs.streams(600, lambda t: np.where((t >= 300) & (t < 360), 0.0, 3.0))
    timeline = build_timeline(samples)
    assert timeline.timer_s.sum() == pytest.approx(600)
    assert timeline.moved_s == pytest.approx(540)


def test_pauses_count_to_neither():
    timeline = build_timeline(runs.streams(600, 3.0), [(100.0, 160.5)])
    assert timeline.timer_s.sum() == pytest.approx(539.5)


def test_a_sparse_recording_counts_in_full():
    samples = runs.streams(3600, 3.0, 140.0)
    kept = np.arange(0, 3601, 45)
    thinned = Streams(samples.time_s[kept], {key: values[kept] for key, values in samples.columns.items()})
    timeline = build_timeline(thinned)
    assert timeline.moved_s == pytest.approx(3600)
    assert timeline.step_m.sum() == pytest.approx(10_800)


def test_samples_for_a_fraction_of_the_distance_do_not_make_a_pace():
    """A file cut off after five minutes kept the distance of its whole hour: 28 s a kilometre."""
    whole = runs.run(3600, 3.0)
    cut = dataclasses.replace(whole, activity=dataclasses.replace(whole.activity, moving_s=300.0))
    assert cut.pace_s_per_km == pytest.approx(1000 / 3)


def test_portions_split_steps_at_their_edges():
    timeline = build_timeline(runs.streams(10, lambda t: np.where(t < 5, 2.0, 4.0), 140.0))
    first, second = portions(timeline, timeline.step_m, (0.0, 4.5, 10.0))
    assert first.speed_m_per_s == pytest.approx(2.0)
    assert second.speed_m_per_s == pytest.approx((0.5 * 2 + 5 * 4) / 5.5)


def test_repetitions_are_found_with_their_number_length_and_pace():
    bouts = runs.intervals(6).measured.bouts
    assert bouts is not None
    assert bouts.count == 6
    assert bouts.mean_duration_s == pytest.approx(180, abs=10)
    assert bouts.typical_recovery_s == pytest.approx(90, abs=10)
    assert bouts.mean_speed_m_per_s == pytest.approx(4.4, rel=0.02)


def test_fading_repetitions_are_seen():
    bouts = runs.intervals(6, fade=0.08).measured.bouts
    assert bouts is not None
    assert bouts.last_against_first_pct == pytest.approx(-8.0, abs=1.0)


def test_repetitions_are_found_between_walking_and_jogging():
    """A session of 5 x 3 min with walked recoveries and jogs around was once parted into running and walking only."""

    def speed(time_s):
        values = np.where(time_s % 40 < 30, 2.6, 1.4)
        values[300:900] = 3.2
        for start in range(1200, 3200, 480):
            values[start : start + 180] = 4.3
            values[start + 180 : start + 480] = 1.5
        return values

    bouts = runs.run(4400, speed).measured.bouts
    assert bouts is not None
    assert bouts.count == 5
    assert bouts.mean_duration_s == pytest.approx(180, abs=10)


@pytest.mark.parametrize(
    "lengths",
    [
        # Traffic lights: half a minute of standing is missing, nothing else changes.
        [(190, 20)] * 8,
        # A hilly trail: fast and slow in stretches of any length.
        [(40, 60), (20, 90), (500, 200), (100, 45), (900, 300), (30, 100), (60, 40)],
    ],
)
def test_stops_and_hills_are_no_repetitions(lengths):
    def speed(time_s):
        values = np.full_like(time_s, 1.6)
        at = 0
        for fast, slow in lengths:
            values[at : at + fast] = 2.8
            at += fast + slow
        return values

    total = sum(fast + slow for fast, slow in lengths)
    assert runs.run(total, speed).measured.bouts is None


def test_half_minutes_with_half_minutes_between_are_repetitions():
    metrics = runs.run(1800, lambda t: np.where((t > 600) & (t < 1200) & (t % 60 < 30), 4.5, 2.0))
    assert metrics.measured.bouts is not None
    assert metrics.measured.bouts.count == 10


def test_a_steady_run_has_no_repetitions():
    noise = np.random.default_rng(7)
    assert runs.run(3600, lambda t: 3.0 + noise.normal(0, 0.15, len(t))).measured.bouts is None


def test_the_trace_has_at_most_600_points_and_no_spike():
    def beats(time_s):
        values = np.full_like(time_s, 140.0)
        values[5000] = 230.0
        return values

    trace = runs.run(12_000, 3.0, beats).measured.trace
    assert trace is not None
    assert len(trace.time_s) <= 600
    assert np.nanmax(trace.heart_rate_bpm) == pytest.approx(140.0)
    assert np.nanmean(trace.speed_m_per_s) == pytest.approx(3.0, rel=1e-6)


def test_without_streams_the_summary_still_makes_metrics():
    base = runs.run()
    detail = type("Detail", (), {})()
    detail.activity, detail.best_efforts, detail.pauses = base.activity, (), ()
    detail.descent_m, detail.average_temperature_c, detail.missing = None, None, ()
    metrics = measure_run(detail, None)
    assert metrics.pace_s_per_km == pytest.approx(1000 / 3)
    assert not metrics.has_heart_rate
    assert metrics.measured.trace is None
