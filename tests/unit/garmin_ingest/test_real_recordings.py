"""Every recording of PACE42_REAL_DATA has the outcome written here, and figures that agree with other readers of it."""

import os
import re
from pathlib import Path

import fitdecode
import numpy as np
import pytest

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.models import Skipped
from services.garmin_ingest.domain.read_file import read_file
from tests.unit.garmin_ingest.reading import BERLIN, NOW, codes, read

FOLDER = Path(os.environ.get("PACE42_REAL_DATA", Path(__file__).parents[4] / "shared/data"))

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recordings at {FOLDER} (PACE42_REAL_DATA)"),
]

# File -> the sports of its activities, or the kind for which it is skipped; then the warnings expected of the first.
OUTCOMES = {
    "fit/dtcooper__MonitoringFile.fit": "monitoring",
    "fit/dtcooper__Settings.fit": "settings",
    "fit/dtcooper__WorkoutRepeatSteps.fit": "workout",
    # The same fourteen seconds twice in one chain are one activity.
    "fit/dtcooper__activity-activity-filecrc.fit": (["running"], set()),
    "fit/dtcooper__activity-filecrc.fit": (["running"], {"CHECKSUM_MISMATCH"}),
    "fit/dtcooper__activity-settings-corruptheader.fit": (["running"], set()),
    "fit/dtcooper__activity-settings-nodata.fit": (["running"], set()),
    "fit/dtcooper__activity-small-fenix2-run.fit": (["running"], {"GPS_JUMP"}),
    "fit/dtcooper__activity-unexpected-eof.fit": (["running"], {"FILE_DAMAGED"}),
    "fit/dtcooper__compressed-speed-distance.fit": (["running"], {"DATE_REPAIRED"}),
    "fit/dtcooper__elemnt-bolt-no-application-id-inside-developer-data-id.fit": (
        ["cycling"],
        {"SUMMARY_CONTRADICTED"},
    ),
    "fit/dtcooper__event_timestamp.fit": (["swimming"], set()),
    "fit/dtcooper__garmin-edge-820-bike.fit": (["cycling"], set()),
    "fit/dtcooper__garmin-fenix-5-run.fit": (["running"], {"SUMMARY_CONTRADICTED"}),
    "fit/dtcooper__garmin-fenix-5-walk.fit": (["walking"], set()),
    "fit/dtcooper__null_compressed_speed_dist.fit": (["cycling"], {"HEART_RATE_ALL_ZERO"}),
    "fit/dtcooper__sample-activity.fit": (["cycling"], set()),
    "fit/dtcooper__strava-android-app-201.10-b1218918.fit": (["running"], {"FILE_DAMAGED", "TIME_WENT_BACK"}),
    "fit/goldencheetah__10kUNLP2014-Garmin15.fit": (["running"], set()),
    "fit/goldencheetah__4077461142__4077461142.fit": (["running"], set()),
    "fit/goldencheetah__Fr955v19.28andStryd.fit": (["running"], set()),
    "fit/goldencheetah__Move_2019_03_17_10_24_32_Running__Move_2019_03_17_10_24_32_Running.fit": (
        ["running"],
        {"GPS_JUMP"},
    ),
    "fit/jimmykane__failed.fit": (["training"], set()),
    "fit/jimmykane__garmin-stamina.fit": (["running"], set()),
    "fit/jimmykane__running-with-developer-data.fit": (["running"], set()),
    "fit/jimmykane__suunto-weight.fit": (["training"], set()),
    "fit/jimmykane__triathlon_summary_first.fit": (
        ["swimming", "transition", "cycling", "transition", "running"],
        set(),
    ),
    "fit/jimmykane__user_metrics.fit": (["training"], set()),
    "fit/matin__12129115726_ACTIVITY.fit": (["training"], set()),
    "fit/philosowaffle__fenix_outdoor_run_vo2.fit": (["running"], set()),
    "fit/polyvertex__garmin-fr935-cr.fit": (["swimming"], set()),
    "fit/stadelmanma__hrv-activity.fit": (["cycling"], set()),
    "fit/tormoder__0134902991.fit": (["cycling"], {"HEART_RATE_ALL_ZERO", "SUMMARY_CONTRADICTED"}),
    "fit/tormoder__mornindew-broken.fit": (["running"], set()),
    "fit/tormoder__unterminated-strings.fit": (["cycling"], {"SUMMARY_CONTRADICTED"}),
    "gpx/cyberjunky__sample_activity.gpx": (["running"], {"GPS_JUMP"}),
    "gpx/sports-alliance__1681613317.gpx": (["running"], set()),
    "tcx/sports-alliance__1604524853.tcx": (["running"], {"GAP", "SUMMARY_CONTRADICTED"}),
}


def test_no_recording_is_left_out_of_the_table():
    present = {
        f"{path.parent.name}/{path.name}" for kind in ("fit", "tcx", "gpx") for path in (FOLDER / kind).iterdir()
    }
    assert present == set(OUTCOMES)


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome(name):
    found = read((FOLDER / name).read_bytes())
    expected = OUTCOMES[name]
    if isinstance(expected, str):
        assert found == Skipped(expected)
    else:
        assert [activity.sport for activity in found] == expected[0]
        assert set(codes(found[0])) == expected[1]


def _messages(path):
    """All data messages by kind as fitdecode reads them, up to where it fails."""
    found = {}
    with fitdecode.FitReader(
        path, check_crc=fitdecode.CrcCheck.DISABLED, error_handling=fitdecode.ErrorHandling.IGNORE
    ) as reader:
        try:
            for frame in reader:
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    found.setdefault(frame.name, []).append(frame)
        except fitdecode.FitError:
            pass
    return found


def _value(message, name):
    value = message.get_value(name, fallback=None)
    return float(value) if isinstance(value, int | float) else None


SOUND_SINGLE = [
    name
    for name, expected in OUTCOMES.items()
    if name.startswith("fit/")
    and not isinstance(expected, str)
    and "DAMAGED" not in str(expected)
    # Two chained files, five sessions, and a clock that never saw a satellite: read by tests of their own.
    and not re.search("activity-activity|triathlon|activity-settings|activity-filecrc", name)
]


@pytest.mark.parametrize("name", SOUND_SINGLE)
def test_summary_agrees_with_the_session_message_to_half_a_percent(name):
    (activity,) = read((FOLDER / name).read_bytes())
    session = _messages(FOLDER / name)["session"][0]
    for ours, theirs in (
        ("timer_s", "total_timer_time"),
        ("elapsed_s", "total_elapsed_time"),
        ("distance_m", "total_distance"),
        ("average_heart_rate_bpm", "avg_heart_rate"),
        ("max_heart_rate_bpm", "max_heart_rate"),
        ("average_power_w", "avg_power"),
        ("ascent_m", "total_ascent"),
    ):
        device = _value(session, theirs)
        if not device or ours in activity.device_reported or "timer_s" in activity.device_reported:
            continue
        assert getattr(activity.totals, ours) == pytest.approx(device, rel=0.005), ours


@pytest.mark.parametrize("name", SOUND_SINGLE)
def test_samples_equal_those_of_fitdecode(name):
    """Each second's raw values, read by the other library; masked and scaled samples are told by their warnings."""
    (activity,) = read((FOLDER / name).read_bytes())
    records = _messages(FOLDER / name)["record"]
    start = _stamp(records[0])
    times = np.array([_stamp(record) - start for record in records])
    ours_first = activity.streams.time_s[0]
    for stream, fields, factor in (
        (streams.HEART_RATE, ("heart_rate",), 1.0),
        (streams.POWER, ("power",), 1.0),
        (streams.DISTANCE, ("distance",), 1.0),
        (streams.ALTITUDE, ("enhanced_altitude", "altitude"), 1.0),
        (streams.LATITUDE, ("position_lat",), 180 / 2**31),
        (streams.GROUND_CONTACT, ("stance_time",), 1.0),
    ):
        ours = activity.streams.get(stream)
        theirs = np.array(
            [next((v for f in fields if (v := _value(record, f)) is not None), np.nan) for record in records]
        )
        if ours is None or np.isnan(theirs).all():
            continue
        sampled = dict(zip(np.round(activity.streams.time_s - ours_first, 3), ours, strict=True))
        pairs = [
            (sampled[time], value * factor)
            for time, value in zip(times, theirs, strict=True)
            if time in sampled and not np.isnan(sampled[time]) and not np.isnan(value)
        ]
        assert len(pairs) >= 0.9 * min(np.sum(~np.isnan(ours)), np.sum(~np.isnan(theirs)))
        differing = sum(abs(one - other) > 1e-6 + 1e-9 * abs(other) for one, other in pairs)
        # Two records of one second are merged into one: a device that writes some has differing pairs there.
        assert differing <= len(times) - len(np.unique(times))


def _stamp(record):
    value = record.get_raw_value("timestamp")
    return float(value)


def test_distance_of_the_old_foot_pod_is_unrolled():
    (activity,) = read((FOLDER / "fit/dtcooper__compressed-speed-distance.fit").read_bytes())
    assert activity.totals.distance_m == pytest.approx(10248.67, rel=0.005)
    assert activity.streams.get(streams.DISTANCE)[-1] == pytest.approx(10248.67, rel=0.005)
    # 698070063 FIT seconds of local time at the end of 3887 s, in Berlin's winter.
    assert activity.start_time.isoformat() == "2012-02-13T10:16:16+00:00"


def test_each_leg_of_a_triathlon_counts_from_its_own_start():
    legs = read((FOLDER / "fit/jimmykane__triathlon_summary_first.fit").read_bytes())
    sessions = _messages(FOLDER / "fit/jimmykane__triathlon_summary_first.fit")["session"]
    assert [round(leg.totals.distance_m) for leg in legs] == [round(_value(s, "total_distance")) for s in sessions]
    for leg in legs:
        distance = leg.streams.get(streams.DISTANCE)
        # The last sample lies up to two seconds before the button that ends the leg.
        assert np.nanmax(distance) == pytest.approx(leg.totals.distance_m, abs=20)
    assert [len(leg.laps) for leg in legs] == [3, 2, 2, 1, 3]


def test_power_of_a_foot_pod_is_found_by_its_name():
    name = "fit/goldencheetah__Fr955v19.28andStryd.fit"
    (activity,) = read((FOLDER / name).read_bytes())
    power = [_value(record, "Power") for record in _messages(FOLDER / name)["record"]]
    assert activity.totals.average_power_w == pytest.approx(np.mean([p for p in power if p is not None]), rel=0.005)


def test_cadence_counts_both_feet_with_its_fraction():
    name = "fit/goldencheetah__4077461142__4077461142.fit"
    (activity,) = read((FOLDER / name).read_bytes())
    records = _messages(FOLDER / name)["record"]
    strides = [_value(r, "cadence") + _value(r, "fractional_cadence") for r in records]
    assert np.nanmean(activity.streams.get(streams.CADENCE)) == pytest.approx(2 * np.mean(strides), rel=1e-9)


def test_a_partial_import_keeps_the_samples_before_the_damage():
    (activity,) = read((FOLDER / "fit/dtcooper__activity-unexpected-eof.fit").read_bytes())
    assert len(activity.streams) == 14
    assert "at byte 751" in activity.warnings[0].message


def test_the_pace_of_a_recording_cut_short_is_that_of_its_session():
    """314 s of samples in a session of 3558 s and 11.27 km: 5:16 /km by the session message alone."""
    (activity,) = read((FOLDER / "fit/dtcooper__strava-android-app-201.10-b1218918.fit").read_bytes())
    totals = activity.totals
    assert (totals.timer_s, totals.moving_s) == (3558, 3558)
    assert totals.moving_s / totals.distance_m * 1000 == pytest.approx(5 * 60 + 16, abs=1)


def test_gpx_and_tcx_have_as_many_samples_as_their_files_have_points():
    gpx = FOLDER / "gpx/sports-alliance__1681613317.gpx"
    tcx = FOLDER / "tcx/sports-alliance__1604524853.tcx"
    (from_gpx,) = read_file(gpx.read_bytes(), BERLIN, NOW)
    (from_tcx,) = read_file(tcx.read_bytes(), BERLIN, NOW)
    assert len(from_gpx.streams) == gpx.read_text().count("<trkpt")
    assert len(from_tcx.streams) == tcx.read_text().count("<Trackpoint>")
    beats = [int(beat) for beat in re.findall(r"<gpxtpx:hr>(\d+)<", gpx.read_text())]
    assert np.nanmean(from_gpx.streams.get(streams.HEART_RATE)) == pytest.approx(np.mean(beats))
