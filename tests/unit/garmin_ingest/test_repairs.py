import numpy as np
import pytest

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.build_activity import build_activity
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.models import Lap, Pause, Recording, Totals
from services.garmin_ingest.domain.ordering import longest_ordered
from services.garmin_ingest.domain.streams import Streams
from tests.unit.garmin_ingest.reading import BERLIN, NOW, codes

START = 1_772_348_400.0  # 2026-03-01T07:00:00Z


def _recording(time_s, columns, **fields):
    time = np.asarray(time_s, dtype=np.float64)
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    given = {"file_format": "fit", "session_index": 0, "sport": "running", "start_unix_s": START} | fields
    return Recording(streams=Streams(time, arrays), **given)


def _build(*args, **fields):
    return build_activity(_recording(*args, **fields), BERLIN, NOW)


def _steady(seconds, speed=3.0):
    time = np.arange(seconds + 1.0)
    return time, {streams.DISTANCE: speed * time, streams.SPEED: np.full(len(time), speed)}


def test_samples_that_go_back_in_time_are_dropped_and_doubles_merged():
    run = _build([0, 1, 2, 1, 3, 3, 4], {streams.HEART_RATE: [100, 101, 102, 200, np.nan, 103, 104]})
    assert run.streams.time_s.tolist() == [0, 1, 2, 3, 4]
    assert run.streams.get(streams.HEART_RATE).tolist() == [100, 101, 102, 103, 104]
    assert codes(run) == ["TIME_WENT_BACK"]


def test_one_sample_from_the_future_does_not_cost_those_after_it():
    run = _build([0, 1, 5000, 2, 3], {streams.HEART_RATE: [100, 101, 102, 103, 104]})
    assert run.streams.time_s.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("values", "kept"),
    [([], 0), ([1], 1), ([1, 2, 2, 3], 4), ([5, 1, 2, 3], 3), ([1, 9, 2, 3, 4], 4), ([3, 2, 1], 1)],
)
def test_as_many_samples_as_possible_stay_in_order(values, kept):
    array = np.asarray(values, dtype=np.float64)
    chosen = array[longest_ordered(array, strictly=False)]
    assert len(chosen) == kept
    assert np.all(np.diff(chosen) >= 0)
    assert np.all(np.diff(array[longest_ordered(array, strictly=True)]) > 0)


def test_a_gap_over_thirty_seconds_is_a_pause():
    time = np.concatenate([np.arange(101.0), np.arange(145.0, 200.0)])
    run = _build(time, {streams.DISTANCE: 3 * time})
    assert run.pauses == (Pause(100.0, 145.0),)
    assert codes(run) == ["GAP"]
    assert "1:40 to 2:25" in run.warnings[0].message
    assert run.totals.timer_s == 199 - 45


def test_a_gap_that_the_device_calls_a_pause_needs_no_warning():
    time = np.concatenate([np.arange(101.0), np.arange(145.0, 200.0)])
    run = _build(time, {streams.DISTANCE: 3 * time}, pauses=(Pause(100.0, 144.0),))
    assert run.pauses == (Pause(100.0, 144.0),)
    assert codes(run) == []


def test_a_sparse_track_is_not_a_row_of_pauses():
    run = _build(np.arange(0, 901.0, 45), {streams.DISTANCE: np.arange(0, 901.0, 45) * 3})
    assert run.pauses == ()


def test_a_position_that_jumps_is_masked_where_a_run_has_it_and_kept_on_a_ride():
    time = np.arange(60.0)
    latitude = 47 + 3 * time / 111_195
    latitude[30] += 0.01
    columns = {streams.LATITUDE: latitude, streams.LONGITUDE: np.full(60, 13.0)}
    run = _build(time, columns)
    assert np.flatnonzero(np.isnan(run.streams.get(streams.LATITUDE))).tolist() == [30]
    assert codes(run) == ["GPS_JUMP"]
    assert "at 0:30" in run.warnings[0].message
    # 59 seconds at 3 m/s; the jump of a kilometre and back is not in it.
    assert run.totals.distance_m == pytest.approx(177, rel=1e-3)
    assert codes(_build(time, columns, sport="cycling")) == []


def test_heart_rate_outside_the_possible_is_masked():
    heart_rate = np.full(60, 150.0)
    heart_rate[[10, 20]] = 255, 12
    run = _build(np.arange(60.0), {streams.HEART_RATE: heart_rate})
    assert np.flatnonzero(np.isnan(run.streams.get(streams.HEART_RATE))).tolist() == [10, 20]
    assert run.totals.max_heart_rate_bpm == 150
    assert "between 0:10 and 0:20" in run.warnings[0].message


def test_heart_rate_of_zero_throughout_is_missing():
    run = _build(np.arange(60.0), {streams.HEART_RATE: np.zeros(60), streams.DISTANCE: np.arange(60) * 3.0})
    assert "heartRate" in run.missing
    assert run.totals.average_heart_rate_bpm is None
    assert codes(run) == ["HEART_RATE_ALL_ZERO"]


def test_a_damaged_value_is_masked_before_it_can_spoil_the_block_of_streams():
    """A turned bit in a developer field of floats once made 1e38 mm of vertical oscillation."""
    oscillation = np.full(60, 90.0)
    oscillation[7] = 1e38
    run = _build(np.arange(60.0), {streams.VERTICAL_OSCILLATION: oscillation})
    assert np.flatnonzero(np.isnan(run.streams.get(streams.VERTICAL_OSCILLATION))).tolist() == [7]
    assert codes(run) == ["VALUE_IMPOSSIBLE"]


def test_an_endless_name_is_cut():
    assert len(_build(*_steady(60), name="x" * 10_000).name) == 200


def test_an_altitude_spike_becomes_the_median_of_five():
    altitude = 200 + np.arange(60.0) / 10
    altitude[30] = 900
    run = _build(np.arange(60.0), {streams.ALTITUDE: altitude})
    # Of 202.8, 202.9, 900, 203.1, 203.2 the middle one.
    assert run.streams.get(streams.ALTITUDE)[30] == pytest.approx(203.1)
    assert codes(run) == ["ALTITUDE_SPIKE"]


def test_a_distance_that_goes_back_is_masked():
    time, columns = _steady(100)
    columns[streams.DISTANCE][50] = 9000
    run = _build(time, columns)
    assert run.totals.distance_m == 300
    assert codes(run) == ["DISTANCE_WENT_BACK"]


@pytest.mark.parametrize("bad_start", [100.0, NOW.timestamp() + 25 * 3600])
def test_an_impossible_date_is_replaced_by_that_of_the_file(bad_start):
    run = _build(*_steady(600), start_unix_s=bad_start, created_at_unix_s=START + 5)
    assert run.start_time.timestamp() == START + 5
    assert codes(run) == ["DATE_REPAIRED"]


def test_an_impossible_date_without_a_better_one_is_refused():
    with pytest.raises(ActivityFileInvalid, match="date"):
        _build(*_steady(600), start_unix_s=100.0)


def test_a_device_that_learns_the_date_on_the_way_starts_where_it_did():
    time = np.concatenate([[0.0, 1.0], 5e8 + np.arange(100)])
    run = _build(time, {streams.HEART_RATE: np.full(102, 140.0)}, start_unix_s=START - 5e8)
    assert run.start_time.timestamp() == START
    assert len(run.streams) == 100


def test_on_a_treadmill_the_runners_distance_wins_and_the_stream_is_scaled_to_it():
    time, columns = _steady(1000)
    run = _build(time, columns, sub_sport="treadmill", reported=Totals(distance_m=3300.0, timer_s=1000.0))
    assert run.totals.distance_m == 3300
    assert run.streams.get(streams.DISTANCE)[-1] == pytest.approx(3300)
    assert run.streams.get(streams.SPEED)[500] == pytest.approx(3.3)
    assert codes(run) == ["TREADMILL_CORRECTED"]


def test_outdoors_a_session_that_contradicts_its_samples_is_kept_as_device_reported():
    time, columns = _steady(1000)
    run = _build(time, columns, reported=Totals(distance_m=3300.0, timer_s=1000.0))
    assert run.totals.distance_m == 3000
    assert run.device_reported == {"distance_m": 3300.0}
    assert "3300 m" in run.warnings[0].message


def test_a_session_within_two_percent_of_its_samples_is_believed():
    time, columns = _steady(1000)
    assert _build(time, columns, reported=Totals(distance_m=3055.0, timer_s=1000.0)).totals.distance_m == 3055


def test_half_a_stream_proves_nothing_about_the_session():
    time, columns = _steady(500)
    run = _build(time, columns, reported=Totals(distance_m=3000.0, timer_s=1000.0, elapsed_s=1000.0))
    assert run.totals.distance_m == 3000


def test_laps_are_believed_before_streams_where_there_is_no_session():
    time, columns = _steady(1000)
    laps = tuple(Lap(n, n * 500.0, Totals(timer_s=500.0, distance_m=1510.0)) for n in range(2))
    assert _build(time, columns, laps=laps).totals.distance_m == 3020


def test_distance_is_summed_from_speed_where_nothing_else_tells_it():
    run = _build(np.arange(101.0), {streams.SPEED: np.full(101, 2.5)})
    assert run.totals.distance_m == pytest.approx(250)
    assert codes(run) == ["DISTANCE_FROM_SPEED"]


def test_standing_still_is_not_moving_time():
    speed = np.full(101, 3.0)
    speed[41:61] = 0.2
    run = _build(np.arange(101.0), {streams.SPEED: speed, streams.DISTANCE: np.cumsum(speed) - 3})
    assert run.totals.moving_s == 80


def test_time_without_a_known_speed_is_not_standing_still():
    """100 s at 3 m/s: the speed is missing for 40 s in the middle, of which the distance stands still for 20."""
    along = np.concatenate([3.0 * np.arange(51), np.full(20, 150.0), 150 + 3.0 * np.arange(1, 31)])
    speed = np.full(101, 3.0)
    speed[35:76] = np.nan
    run = _build(np.arange(101.0), {streams.SPEED: speed, streams.DISTANCE: along})
    # The slope is taken over five seconds, which blurs both ends of the stop.
    assert run.totals.moving_s == pytest.approx(80, abs=5)
    assert sum(split.moving_s for split in run.splits_km) == pytest.approx(80, abs=5)
    unknown = _build(np.arange(101.0), {streams.SPEED: speed})
    assert unknown.totals.moving_s == 100


def test_a_session_that_outlasts_its_samples_is_not_standing_for_the_rest():
    time, columns = _steady(300)
    columns[streams.SPEED][101:121] = 0.0
    run = _build(time, columns, reported=Totals(elapsed_s=3700.0, timer_s=3600.0, distance_m=10800.0))
    assert (run.totals.timer_s, run.totals.moving_s) == (3600, 3580)


def test_a_session_without_anything_is_refused():
    with pytest.raises(ActivityFileInvalid, match="neither a duration nor a distance"):
        _build([], {})


def test_climbing_is_summed_over_rises_of_two_metres():
    time = np.arange(0, 1201.0)
    altitude = 100 + np.interp(time, [0, 600, 1200], [0, 60, 30])
    run = _build(time, {streams.ALTITUDE: altitude})
    # Smoothing over 15 s takes a little off the summit.
    assert run.totals.ascent_m == pytest.approx(60, abs=2)
    assert run.totals.descent_m == pytest.approx(30, abs=2)


def test_a_trembling_altitude_climbs_nothing():
    time = np.arange(0, 1201.0)
    run = _build(time, {streams.ALTITUDE: 100 + 0.8 * np.sin(time / 3)})
    assert run.totals.ascent_m == 0
