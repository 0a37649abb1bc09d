import datetime as dt

import numpy as np
import pytest

from deploy.local.demo import fit_messages as profile
from deploy.local.demo.fit_wire import FitFile, checksum
from deploy.local.demo.fit_writer import fit_bytes
from deploy.local.demo.recording import SIGNALS, Lap, Pause, Recording
from tests.unit.demo.fit_reading import messages, sequence

START = dt.datetime(2026, 4, 5, 6, 30, tzinfo=dt.UTC)
SEMICIRCLES = 2**31 / 180


def a_recording(**changes):
    rng = np.random.default_rng(7)
    time = np.array([0.0, 1, 4, 10, 40, 45, 51])
    signals = {name: rng.uniform(20, 90, len(time)) for name in SIGNALS}
    signals["distance_m"] = time * 3.0
    signals["cadence_spm"] = np.array([171.0, 172, 173, 174.5, 170, 169, 0])
    signals["longitude_deg"] = np.array([-73.5, -73.4999, -73.49, -73.48, -73.47, -73.46, -73.45])
    fields = {
        "start": START,
        "utc_offset_s": 7200,
        "time_s": time,
        "signals": signals,
        "pauses": (Pause(10, 40),),
        "laps": (Lap(10, "distance"), Lap(51, "session_end", "cooldown")),
        "device_name": "Eine Uhr für Läufer",
    }
    return Recording(**fields | changes)


def test_the_checksum_is_the_published_one():
    # The check value that catalogues of checksums give for CRC-16/ARC.
    assert checksum(b"123456789") == 0xBB3D


@pytest.mark.parametrize(
    ("signal", "field", "resolution", "unit"),
    [
        ("distance_m", "distance", 0.01, 1),
        ("speed_m_per_s", "enhanced_speed", 0.001, 1),
        ("heart_rate_bpm", "heart_rate", 1, 1),
        ("power_w", "power", 1, 1),
        ("altitude_m", "enhanced_altitude", 0.2, 1),
        ("latitude_deg", "position_lat", 1 / SEMICIRCLES, 1 / SEMICIRCLES),
        ("longitude_deg", "position_long", 1 / SEMICIRCLES, 1 / SEMICIRCLES),
        ("temperature_c", "temperature", 1, 1),
        ("vertical_oscillation_mm", "vertical_oscillation", 0.1, 1),
        ("ground_contact_ms", "stance_time", 0.1, 1),
        ("ground_contact_balance_pct", "stance_time_balance", 0.01, 1),
        ("vertical_ratio_pct", "vertical_ratio", 0.01, 1),
        ("step_length_mm", "step_length", 0.1, 1),
    ],
)
def test_signals_come_back_to_the_resolution_of_their_field(signal, field, resolution, unit):
    recording = a_recording()
    back = [record[field] * unit for record in messages(fit_bytes(recording))["record"]]
    assert back == pytest.approx(recording.signals[signal].tolist(), abs=resolution / 2 * 1.0001)


def test_cadence_is_written_as_strides_with_their_fraction():
    records = messages(fit_bytes(a_recording()))["record"]
    strides = [record["cadence"] + record["fractional_cadence"] for record in records]
    assert strides == pytest.approx([85.5, 86, 86.5, 87.25, 85, 84.5, 0], abs=1 / 256)


def test_samples_keep_their_seconds():
    records = messages(fit_bytes(a_recording()))["record"]
    assert [(record["timestamp"] - START).total_seconds() for record in records] == [0, 1, 4, 10, 40, 45, 51]


def test_a_missing_sample_is_missing_and_a_missing_signal_has_no_field():
    signals = dict(a_recording().signals)
    del signals["power_w"]
    signals["heart_rate_bpm"] = np.array([120, np.nan, 122, 123, 124, 125, 126])
    records = messages(fit_bytes(a_recording(signals=signals)))["record"]
    assert [record["heart_rate"] for record in records[:3]] == [120, None, 122]
    assert "power" not in records[0]


def test_events_and_laps_stand_between_the_records_they_part():
    order = [
        (name, fields["timestamp"], fields.get("event_type"))
        for name, fields in sequence(fit_bytes(a_recording()))
        if name in {"record", "event", "lap"}
    ]
    seconds = [(name, int((stamp - START).total_seconds()), kind) for name, stamp, kind in order]
    assert seconds == [
        ("event", 0, "start"),
        ("record", 0, None),
        ("record", 1, None),
        ("record", 4, None),
        ("record", 10, None),
        ("event", 10, "stop_all"),
        ("lap", 10, "stop"),
        ("event", 40, "start"),
        ("record", 40, None),
        ("record", 45, None),
        ("record", 51, None),
        ("lap", 51, "stop"),
        ("event", 51, "stop_all"),
    ]


def test_the_session_leaves_the_pause_out_of_timer_and_means():
    signals = {"distance_m": np.array([0.0, 10, 10, 50]), "heart_rate_bpm": np.array([100.0, 120, 90, 150])}
    recording = a_recording(
        time_s=np.array([0.0, 10, 40, 60]), signals=signals, pauses=(Pause(10, 40),), laps=(Lap(60),)
    )
    (session,) = messages(fit_bytes(recording))["session"]
    assert session["total_elapsed_time"] == 60
    assert session["total_timer_time"] == 30
    assert session["total_distance"] == 50
    # By hand: 120 bpm over the 10 s before the pause, 150 bpm over the 20 s after it.
    assert session["avg_heart_rate"] == 140
    assert session["max_heart_rate"] == 150
    assert session["enhanced_avg_speed"] == pytest.approx(50 / 30, abs=0.0005)


def test_the_activity_tells_the_local_time():
    (activity,) = messages(fit_bytes(a_recording()))["activity"]
    assert activity["local_timestamp"] - activity["timestamp"] == dt.timedelta(hours=2)


def test_texts_outside_ascii_survive():
    (file_id,) = messages(fit_bytes(a_recording()))["file_id"]
    assert file_id["product_name"] == "Eine Uhr für Läufer"


def test_several_sessions_count_their_laps_on():
    later = a_recording(start=START + dt.timedelta(hours=1), sport="cycling")
    found = messages(fit_bytes(a_recording(), later))
    assert [(session["first_lap_index"], session["num_laps"]) for session in found["session"]] == [(0, 2), (2, 2)]
    assert [lap["message_index"] for lap in found["lap"]] == [0, 1, 2, 3]
    assert found["activity"][0]["num_sessions"] == 2


@pytest.mark.parametrize("value", [300.0, -1.0, 255.0])
def test_a_value_that_its_field_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="heart_rate"):
        FitFile().write(profile.RECORD, {"timestamp": 1, "heart_rate": value})
