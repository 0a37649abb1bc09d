import datetime as dt
import gzip
import io
import zipfile

import fitdecode
import pytest
from defusedxml import ElementTree, EntitiesForbidden

from tests.support import builders_damage, builders_other, builders_zip
from tests.support.builders import ShortRun, build_fit, build_gpx, build_multisport_fit, build_tcx
from tests.unit.demo.fit_reading import messages

TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
GPX = "{http://www.topografix.com/GPX/1/1}"


def test_a_fit_file_holds_the_figures_that_were_asked_for():
    start = dt.datetime(2026, 5, 1, 5, 0, tzinfo=dt.UTC)
    run = {"start": start, "utc_offset_s": -14400, "duration_s": 1200, "pace_s_per_km": 300, "heart_rate_bpm": 145}
    found = messages(build_fit(**run))
    (session,) = found["session"]
    assert session["start_time"] == start
    assert session["total_distance"] == 4000
    assert session["total_timer_time"] == session["total_elapsed_time"] == 1200
    assert session["avg_heart_rate"] == 145
    assert len(found["record"]) == 1201
    assert (found["activity"][0]["local_timestamp"] - found["activity"][0]["timestamp"]).total_seconds() == -14400


def test_a_pause_adds_to_elapsed_time_only():
    run = ShortRun(duration_s=1200, pace_s_per_km=300, pauses=((600, 90), (900, 10)))
    assert (run.timer_s, run.elapsed_s, run.distance_m) == (1200, 1300, pytest.approx(4000))
    found = messages(build_fit(duration_s=1200, pace_s_per_km=300, pauses=((600, 90), (900, 10))))
    (session,) = found["session"]
    assert (session["total_elapsed_time"], session["total_timer_time"]) == (1300, 1200)
    timer = [(event["event_type"], (event["timestamp"] - run.start).total_seconds()) for event in found["event"]]
    assert timer == [("start", 0), ("stop_all", 600), ("start", 690), ("stop_all", 990), ("start", 1000),
                     ("stop_all", 1300)]  # fmt: skip
    assert session["total_distance"] == 4000


def test_a_signal_may_change_over_time():
    run = ShortRun(duration_s=600, heart_rate_bpm=lambda t: 120 + t / 10, pace_s_per_km=lambda t: 400 - t / 6)
    signals = run.recording().signals
    assert signals["heart_rate_bpm"][[0, 300, 600]].tolist() == [120, 150, 180]
    # The integral of 1000 / (400 - t/6) from 0 to 600 is 6000 ln(400/300).
    assert run.distance_m == pytest.approx(1726.09, abs=0.05)


def test_signals_set_to_none_are_missing():
    record = messages(build_fit(heart_rate_bpm=None, positions=False, altitude_m=None))["record"][0]
    assert not {"heart_rate", "position_lat", "enhanced_altitude"} & record.keys()


def test_a_tcx_file_holds_the_same_run():
    root = ElementTree.fromstring(build_tcx(duration_s=1200, pace_s_per_km=300, pauses=((300, 60),), lap_every_s=600))
    laps = root.findall(f".//{TCX}Lap")
    assert [float(lap.find(f"{TCX}TotalTimeSeconds").text) for lap in laps] == [600, 600]
    assert [float(lap.find(f"{TCX}DistanceMeters").text) for lap in laps] == [2000, 2000]
    assert len(laps[0].findall(f"{TCX}Track")) == 2
    points = root.findall(f".//{TCX}Trackpoint")
    assert len(points) == 1202
    assert points[-1].find(f"{TCX}Time").text == "2026-03-01T07:21:00.000Z"
    assert points[-1].find(f"{TCX}DistanceMeters").text == "4000.00"


def test_a_gpx_file_holds_the_same_run():
    root = ElementTree.fromstring(build_gpx(duration_s=1200, pace_s_per_km=300, pauses=((300, 60),)))
    assert len(root.findall(f".//{GPX}trkseg")) == 2
    points = root.findall(f".//{GPX}trkpt")
    assert len(points) == 1202
    # 4 km due north: 4000 m of the sphere's 111,194.93 m per degree.
    assert float(points[-1].get("lat")) - float(points[0].get("lat")) == pytest.approx(0.0359729, abs=2e-7)


def test_a_multisport_file_has_a_session_for_each():
    start = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
    ride = ShortRun(start=start, sport="cycling", pace_s_per_km=120)
    run = ShortRun(start=start + dt.timedelta(minutes=31), duration_s=900)
    assert [session["sport"] for session in messages(build_multisport_fit(ride, run))["session"]] == [
        "cycling",
        "running",
    ]


def test_damage_is_seen_by_a_strict_reader():
    whole = build_fit(duration_s=300)
    for damaged in (
        builders_damage.truncated(whole),
        builders_damage.with_wrong_crc(whole),
        builders_damage.with_flipped_bit(whole),
        builders_damage.garbage(),
    ):
        with pytest.raises(fitdecode.FitError):
            messages(damaged)
    assert gzip.decompress(builders_damage.gzipped(whole)) == whole


@pytest.mark.parametrize("bomb", [builders_damage.entity_bomb(), builders_damage.external_entity()])
def test_a_careful_parser_refuses_the_entities(bomb):
    with pytest.raises(EntitiesForbidden):
        ElementTree.fromstring(bomb)


def test_a_zip_holds_what_it_was_given():
    packed = builders_zip.zip_of({"a/run.fit": b"1", "b.gpx": b"2"})
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a/run.fit": b"1", "b.gpx": b"2"}


def test_a_bomb_is_small_and_unpacks_to_much():
    packed = builders_zip.zip_bomb(entries=3, entry_mebibytes=4)
    assert len(packed) < 20_000
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert sum(entry.file_size for entry in archive.infolist()) == 12 * 1024 * 1024


def test_a_bomb_may_lie_about_its_size():
    packed = builders_zip.zip_bomb(entries=1, entry_mebibytes=4, declared_bytes=1000)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.infolist()[0].file_size == 1000


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (builders_other.settings_fit(), "settings", "user_profile"),
        (builders_other.workout_fit(), "workout", "workout_step"),
        (builders_other.course_fit(), "course", "record"),
        (builders_other.monitoring_fit(), "monitoring_b", "monitoring"),
    ],
)
def test_files_that_are_no_activity_are_sound(data, kind, message):
    found = messages(data)
    assert found["file_id"][0]["type"] == kind
    assert found[message]
