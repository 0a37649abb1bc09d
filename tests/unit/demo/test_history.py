import datetime as dt
import itertools
from collections import Counter, defaultdict

import numpy as np
import pytest

from deploy.local.demo.fit_writer import fit_bytes
from deploy.local.demo.history import history
from deploy.local.demo.runner import Runner
from tests.unit.demo.conftest import TODAY
from tests.unit.demo.fit_reading import messages


def of_kind(runs, *kinds):
    return [run for run in runs if run.planned.kind in kinds]


def pace(run):
    totals = run.recording.totals()
    return totals.timer_s / totals.distance_m * 1000


def weekly_kilometres(runs):
    weeks = defaultdict(float)
    for run in runs:
        weeks[run.planned.day - dt.timedelta(days=run.planned.day.weekday())] += (
            run.recording.totals().distance_m / 1000
        )
    return weeks


def test_eighteen_months_hold_some_three_hundred_runs_and_end_yesterday(runs):
    assert 290 <= len(runs) <= 360
    assert runs[-1].planned.day == TODAY - dt.timedelta(days=1)
    assert 540 <= (TODAY - runs[0].planned.day).days <= 549
    assert len({run.file_name for run in runs}) == len(runs)


@pytest.mark.parametrize("weekday", range(7))
def test_whatever_day_it_is_there_was_a_run_yesterday(weekday):
    today = dt.date(2026, 9, 7) + dt.timedelta(days=weekday)
    assert list(history(today, months=1))[-1].planned.day == today - dt.timedelta(days=1)


def test_the_same_day_gives_the_same_bytes_and_a_shorter_history_is_the_end_of_it(runs):
    again = list(history(TODAY, months=2))
    pairs = list(zip(again, runs[-len(again) :], strict=True))
    assert len(pairs) > 25
    assert all(fit_bytes(short.recording) == fit_bytes(long.recording) for short, long in pairs)


def test_another_seed_gives_another_history(runs):
    (other, *_) = history(TODAY, months=1, seed=7)
    assert all(fit_bytes(other.recording) != fit_bytes(run.recording) for run in runs[-30:])


def test_runs_follow_each_other_without_overlap(runs):
    for earlier, later in itertools.pairwise(runs):
        ended = earlier.recording.start + dt.timedelta(seconds=earlier.recording.elapsed_s)
        assert ended + dt.timedelta(hours=8) < later.recording.start


def test_time_and_distance_only_go_forward_by_steps_of_one_to_six_seconds(runs):
    for run in runs:
        recording = run.recording
        resumed = np.isin(recording.time_s[1:], [pause.end_s for pause in recording.pauses])
        steps = np.diff(recording.time_s)
        assert steps.min() >= 1
        assert steps[~resumed].max() <= 6
        assert np.diff(recording.signals["distance_m"]).min() >= 0


def test_nothing_is_recorded_inside_a_pause(runs):
    paused = [run.recording for run in runs if run.recording.pauses]
    assert len(paused) > 30
    for recording in paused:
        for pause in recording.pauses:
            assert not ((recording.time_s > pause.start_s) & (recording.time_s < pause.end_s)).any()
            assert {pause.start_s, pause.end_s} <= set(recording.time_s)


@pytest.mark.parametrize(
    ("signal", "lowest", "highest"),
    [
        ("heart_rate_bpm", 40, 205),
        ("speed_m_per_s", 0, 7),
        ("cadence_spm", 140, 200),
        ("power_w", 0, 450),
        ("temperature_c", -15, 45),
        ("vertical_oscillation_mm", 60, 120),
        ("ground_contact_ms", 180, 320),
        ("ground_contact_balance_pct", 48, 52.5),
        ("step_length_mm", 300, 1600),
    ],
)
def test_signals_stay_within_what_bodies_do(runs, signal, lowest, highest):
    for run in runs:
        values = run.recording.signals.get(signal, np.array([np.nan]))
        values = values[~np.isnan(values)]
        assert (values >= lowest).all(), run.file_name
        assert (values <= highest).all(), run.file_name


def test_easy_runs_are_spent_below_ninety_percent_of_threshold_heart_rate(runs):
    upper = 0.9 * Runner().threshold_heart_rate_bpm
    for run in of_kind(runs, "easy", "recovery"):
        if run.planned.heart_rate_strap:
            assert np.mean(run.recording.signals["heart_rate_bpm"] < upper) > 0.9, run.file_name


def test_at_least_eighty_percent_of_the_time_is_easy(runs):
    easy, total = 0.0, 0.0
    for run in runs:
        if run.planned.heart_rate_strap:
            steps = np.diff(run.recording.time_s, prepend=0)
            easy += steps[run.recording.signals["heart_rate_bpm"] < 0.9 * Runner().threshold_heart_rate_bpm].sum()
            total += steps.sum()
    assert easy / total >= 0.8


def test_heart_rate_rises_with_a_lag(runs):
    recording = of_kind(runs, "long")[-1].recording
    heart_rate, time = recording.signals["heart_rate_bpm"], recording.time_s
    assert heart_rate[time < 10].max() < 100
    assert heart_rate[(time > 120) & (time < 600)].mean() > 120


def test_heart_rate_drifts_up_through_long_runs(runs):
    drifts = []
    for recording in (run.recording for run in of_kind(runs, "long")):
        heart_rate, share = recording.signals["heart_rate_bpm"], recording.time_s / recording.time_s[-1]
        drifts.append(
            heart_rate[(share > 0.5) & (share < 0.7)].mean() - heart_rate[(share > 0.15) & (share < 0.35)].mean()
        )
    assert 1 < np.mean(drifts) < 6


def test_intervals_show_as_peaks_and_valleys(runs):
    recording = of_kind(runs, "intervals")[-1].recording
    work = [lap for lap in recording.laps if lap.intensity == "interval"]
    assert 4 <= len(work) <= 7
    ends = [np.searchsorted(recording.time_s, lap.end_s) for lap in work]
    after = [np.searchsorted(recording.time_s, lap.end_s + 100) for lap in work]
    heart_rate = recording.signals["heart_rate_bpm"]
    assert (heart_rate[ends] - heart_rate[after] > 15).all()


def test_a_race_is_the_fastest_run_of_its_length(runs):
    halves = [run for run in of_kind(runs, "race") if run.recording.totals().distance_m > 21_097.5]
    assert len(halves) == 2
    best = min(pace(run) for run in halves)
    assert all(
        pace(run) > best for run in runs if run.recording.totals().distance_m >= 8_000 and run not in halves[-1:]
    )


def test_easy_pace_improves_at_the_same_heart_rate(runs):
    def typical(some):
        flat = [run for run in some if run.planned.place.name == "home" and run.planned.heart_rate_strap]
        return np.median([pace(run) for run in flat]), np.median(
            [run.recording.totals().average_heart_rate_bpm for run in flat]
        )

    easy = of_kind(runs, "easy")
    (early_pace, early_bpm), (late_pace, late_bpm) = typical(easy[:30]), typical(easy[-30:])
    assert 0.82 < late_pace / early_pace < 0.93
    assert abs(late_bpm - early_bpm) < 4


def test_heat_costs_heartbeats(runs):
    spell = [run for run in of_kind(runs, "easy") if run.planned.day.month == 7 and 7 <= run.planned.day.day < 20]
    mild = [run for run in of_kind(runs, "easy") if run.planned.day.month in {4, 5, 10}]
    assert len(spell) >= 4

    def beats_per_metre(some):
        measured = [run for run in some if run.planned.heart_rate_strap]
        return np.mean([run.recording.totals().average_heart_rate_bpm * pace(run) for run in measured])

    assert beats_per_metre(spell) > 1.04 * beats_per_metre(mild)


def test_weeks_grow_sanely_and_every_fourth_is_lighter(runs):
    weeks = [volume for _, volume in sorted(weekly_kilometres(runs).items())][1:-1]
    assert max(weeks) > 1.5 * np.mean(weeks[:4])
    assert max(weeks) < 65
    for index in range(4, len(weeks)):
        # A race week counts with its race, and single runs vary by some percent around their plan.
        assert weeks[index] < 1.25 * max(weeks[index - 4 : index])
    lighter = sum(weeks[i] < 0.88 * weeks[i - 1] for i in range(1, len(weeks)))
    assert lighter >= len(weeks) / 6


def test_no_two_hard_days_touch(runs):
    hard = {run.planned.day for run in of_kind(runs, "tempo", "intervals", "progression", "race")}
    assert not any(day + dt.timedelta(days=1) in hard for day in hard)


def test_there_is_a_gap_of_ten_days_through_illness(runs):
    days = [run.planned.day for run in runs]
    gaps = sorted((later - earlier).days for earlier, later in itertools.pairwise(days))
    assert 11 <= gaps[-1] <= 13
    assert gaps[-2] <= 4


def test_one_week_lies_in_another_time_zone(runs):
    abroad = [run for run in runs if run.planned.place.name == "abroad"]
    assert 3 <= len(abroad) <= 6
    assert (abroad[-1].planned.day - abroad[0].planned.day).days < 7
    assert {run.recording.utc_offset_s for run in abroad} <= {-4 * 3600, -5 * 3600}
    assert all(run.recording.signals["longitude_deg"].mean() < -70 for run in abroad)


def test_the_local_day_of_the_recording_is_the_planned_one(runs):
    for run in runs:
        local = run.recording.start + dt.timedelta(seconds=run.recording.utc_offset_s)
        assert local.date() == run.planned.day


def test_every_kind_of_recording_is_there(runs):
    kinds = Counter(run.planned.kind for run in runs)
    assert set(kinds) == {"easy", "recovery", "long", "tempo", "intervals", "progression", "race"}
    assert kinds["race"] == 3
    assert sum("heart_rate_bpm" not in run.recording.signals for run in runs) == 1
    treadmill = [run for run in runs if run.planned.treadmill]
    assert len(treadmill) >= 5
    assert not any({"latitude_deg", "altitude_m"} & run.recording.signals.keys() for run in treadmill)
    assert 0.5 < np.mean(["power_w" in run.recording.signals for run in runs]) < 0.9


def test_positions_agree_with_the_distance(runs):
    recording = of_kind(runs, "race")[-1].recording
    latitude, longitude = np.radians(recording.signals["latitude_deg"]), np.radians(recording.signals["longitude_deg"])
    east = np.diff(longitude) * np.cos(latitude.mean()) * 6_371_000
    north = np.diff(latitude) * 6_371_000
    assert np.hypot(east, north).sum() == pytest.approx(recording.signals["distance_m"][-1], rel=0.01)


def test_files_decode_to_what_was_recorded(runs):
    chosen = [runs[0], *of_kind(runs, "intervals")[-1:], *(run for run in runs if run.planned.treadmill)][:4]
    for run in [*chosen, *(run for run in runs if not run.planned.heart_rate_strap)]:
        found = messages(fit_bytes(run.recording))
        totals = run.recording.totals()
        (session,) = found["session"]
        assert len(found["record"]) == len(run.recording.time_s)
        assert session["total_distance"] == pytest.approx(totals.distance_m, abs=0.01)
        assert session["total_timer_time"] == pytest.approx(totals.timer_s, abs=0.001)
        assert session["num_laps"] == len(found["lap"]) == len(run.recording.laps)
        assert sum(lap["total_distance"] for lap in found["lap"]) == pytest.approx(totals.distance_m, abs=0.5)
        assert session["sub_sport"] == run.recording.sub_sport
