import numpy as np
import pytest

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.best_efforts import distance_efforts, mean_efforts
from services.garmin_ingest.domain.models import Pause
from services.garmin_ingest.domain.splits import KILOMETRE_M, MILE_M, splits
from services.garmin_ingest.domain.streams import Streams
from services.garmin_ingest.domain.timer import Timer


def _run(knots_s, knots_m, every_s=1.0, **columns):
    """A run whose distance is straight between the knots."""
    time = np.arange(0, knots_s[-1] + every_s / 2, every_s)
    distance = np.interp(time, knots_s, knots_m)
    speed = np.gradient(distance, time)
    return Streams(time, {streams.DISTANCE: distance, streams.SPEED: speed} | columns)


def test_kilometres_are_cut_by_interpolation_and_the_rest_is_marked():
    # 3 m/s for 1500 m, then 4 m/s for another 1000 m.
    found = splits(_run([0, 500, 750], [0, 1500, 2500]), Timer(), KILOMETRE_M)
    assert [split.elapsed_s for split in found] == pytest.approx([1000 / 3, 500 / 3 + 125, 125])
    assert [split.distance_m for split in found] == [1000, 1000, 500]
    assert [split.partial for split in found] == [False, False, True]
    assert found[2].pace_s_per_km == pytest.approx(250, rel=0.01)


def test_miles_are_the_statute_ones():
    found = splits(_run([0, 1000], [0, 4000]), Timer(), MILE_M)
    assert [round(split.distance_m, 3) for split in found] == [1609.344, 1609.344, 781.312]
    assert found[0].elapsed_s == pytest.approx(1609.344 / 4)


def test_a_pause_counts_to_the_elapsed_time_of_its_kilometre_but_not_to_its_pace():
    run = _run([0, 100, 160, 400], [0, 400, 400, 1360])
    first, rest = splits(run, Timer.with_pauses([Pause(100, 160)]), KILOMETRE_M)
    assert first.elapsed_s == pytest.approx(100 + 60 + 150)
    assert first.moving_s == pytest.approx(250, abs=2)
    assert rest.start_s == pytest.approx(310)


def test_heart_rate_and_climb_of_a_kilometre():
    time = np.arange(0, 501.0)
    heart_rate = np.where(time <= 250, 140.0, 160.0)
    altitude = np.interp(time, [0, 250, 500], [100, 150, 150])
    run = _run([0, 500], [0, 2000], **{streams.HEART_RATE: heart_rate, streams.ALTITUDE: altitude})
    first, second = splits(run, Timer(), KILOMETRE_M)
    assert (first.average_heart_rate_bpm, second.average_heart_rate_bpm) == (140, 160)
    assert first.ascent_m + second.ascent_m == pytest.approx(50, abs=2)
    assert second.ascent_m <= 2


def test_without_a_distance_there_are_no_splits():
    assert splits(Streams(np.arange(10.0), {}), Timer(), KILOMETRE_M) == ()


@pytest.mark.parametrize("every_s", [1.0, 7.0])
def test_the_fastest_kilometre_is_found_between_samples(every_s):
    # Easy at 2.5 m/s, a kilometre and a half at 5 m/s from 700 s on, easy again.
    run = _run([0, 700, 1000, 1700], [0, 1750, 3250, 5000], every_s)
    efforts = {effort.distance_m: effort for effort in distance_efforts(run, "running")}
    assert efforts[1000.0].elapsed_s == pytest.approx(200, rel=0.02 if every_s > 1 else 1e-9)
    assert efforts[400.0].elapsed_s == pytest.approx(80, rel=0.02 if every_s > 1 else 1e-9)
    # 1500 m at 5 m/s and the rest of the 3 km at 2.5 m/s.
    assert efforts[3000.0].elapsed_s == pytest.approx(300 + 600, rel=0.02 if every_s > 1 else 1e-9)
    assert 5000.0 in efforts
    assert 10_000.0 not in efforts


def test_efforts_agree_with_every_window_tried_one_by_one():
    rng = np.random.default_rng(7)
    time = np.cumsum(rng.uniform(0.5, 6, 400))
    time -= time[0]
    distance = np.cumsum(rng.uniform(0, 5, 400) * np.diff(time, prepend=0))
    run = Streams(time, {streams.DISTANCE: distance})
    found = {effort.distance_m: effort.elapsed_s for effort in distance_efforts(run, "running")}
    for target in (400.0, 1000.0, 3000.0):
        best = np.inf
        for begin in np.arange(0, time[-1], 0.05):
            reached = np.interp(begin, time, distance) + target
            if reached <= distance[-1]:
                best = min(best, np.interp(reached, distance, time) - begin)
        assert found[target] == pytest.approx(best, abs=0.1)


def test_elapsed_time_of_an_effort_includes_a_stop():
    run = _run([0, 100, 160, 360], [0, 400, 400, 1200])
    efforts = {effort.distance_m: effort for effort in distance_efforts(run, "running")}
    assert efforts[1000.0].elapsed_s == pytest.approx(100 + 60 + 150)
    assert efforts[800.0].elapsed_s == pytest.approx(200)


def test_rides_have_no_running_records_and_jumps_are_no_efforts():
    run = _run([0, 1000], [0, 4000])
    assert distance_efforts(run, "cycling") == ()
    jump = Streams(np.arange(4.0), {streams.DISTANCE: np.array([0.0, 3.0, 1003.0, 1006.0])})
    assert distance_efforts(jump, "running") == ()


def test_best_mean_power_over_a_minute():
    time = np.arange(0, 601.0)
    power = np.where((time >= 200) & (time < 260), 350.0, 200.0)
    efforts = {effort.duration_s: effort for effort in mean_efforts(Streams(time, {streams.POWER: power}))}
    assert (efforts[60.0].value, efforts[60.0].start_s) == (350, 200)
    # 60 s at 350 W and 60 s at 200 W.
    assert efforts[120.0].value == pytest.approx(275)
    assert max(efforts) == 600


def test_no_window_of_heart_rate_reaches_over_a_gap():
    time = np.concatenate([np.arange(0, 100.0), np.arange(200.0, 300.0)])
    efforts = mean_efforts(Streams(time, {streams.HEART_RATE: np.full(200, 150.0)}))
    assert {effort.duration_s for effort in efforts} == {5.0, 10.0, 30.0, 60.0}
    assert all(effort.value == 150 for effort in efforts)


def test_sparse_heart_rate_is_interpolated():
    time = np.arange(0, 121.0, 10)
    efforts = mean_efforts(Streams(time, {streams.HEART_RATE: 100 + time / 2}))
    best = next(effort for effort in efforts if effort.duration_s == 30.0)
    # The last thirty whole seconds, 91..120: the mean of 145.5 .. 160.
    assert best.value == pytest.approx(152.75)
