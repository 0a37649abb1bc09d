"""Tiny files written by hand, their figures worked out by hand."""

import numpy as np
import pytest

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.models import Pause, Skipped
from tests.support.builders_damage import entity_bomb, external_entity
from tests.unit.garmin_ingest.reading import codes, read, read_one

# Two laps of 100 m in 25 s and 30 s, a minute of standing between their tracks, 80 and 85 strides a minute.
TCX = b"""<?xml version="1.0" encoding="UTF-8"?>
<t:TrainingCenterDatabase xmlns:t="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
  xmlns:e="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><t:Activities><t:Activity Sport="Running">
<t:Id>2026-03-01T07:00:00Z</t:Id>
<t:Lap StartTime="2026-03-01T07:00:00Z"><t:TotalTimeSeconds>25</t:TotalTimeSeconds>
 <t:DistanceMeters>100</t:DistanceMeters><t:AverageHeartRateBpm><t:Value>140</t:Value></t:AverageHeartRateBpm>
 <t:MaximumHeartRateBpm><t:Value>150</t:Value></t:MaximumHeartRateBpm><t:Track>
 <t:Trackpoint><t:Time>2026-03-01T07:00:00Z</t:Time><t:DistanceMeters>0</t:DistanceMeters></t:Trackpoint>
 <t:Trackpoint><t:Time>2026-03-01T07:00:25Z</t:Time><t:AltitudeMeters>310.5</t:AltitudeMeters>
  <t:DistanceMeters>100</t:DistanceMeters><t:HeartRateBpm><t:Value>140</t:Value></t:HeartRateBpm>
  <t:Extensions><e:TPX><e:Speed>4.0</e:Speed><e:RunCadence>80</e:RunCadence><e:Watts>250</e:Watts></e:TPX></t:Extensions>
 </t:Trackpoint></t:Track></t:Lap>
<t:Lap StartTime="2026-03-01T07:01:25Z"><t:TotalTimeSeconds>30</t:TotalTimeSeconds>
 <t:DistanceMeters>100</t:DistanceMeters><t:AverageHeartRateBpm><t:Value>150</t:Value></t:AverageHeartRateBpm>
 <t:MaximumHeartRateBpm><t:Value>160</t:Value></t:MaximumHeartRateBpm><t:Track>
 <t:Trackpoint><t:Time>2026-03-01T07:01:25Z</t:Time><t:DistanceMeters>100</t:DistanceMeters></t:Trackpoint>
 <t:Trackpoint><t:Time>2026-03-01T07:01:55Z</t:Time><t:DistanceMeters>200</t:DistanceMeters>
  <t:HeartRateBpm><t:Value>150</t:Value></t:HeartRateBpm>
  <t:Extensions><e:TPX><e:Speed>3.333</e:Speed><e:RunCadence>85</e:RunCadence></e:TPX></t:Extensions>
 </t:Trackpoint></t:Track></t:Lap>
<t:Creator><t:Name>Forerunner 620</t:Name><t:UnitId>3871234567</t:UnitId></t:Creator>
</t:Activity></t:Activities></t:TrainingCenterDatabase>"""


def test_tcx_totals_come_from_its_laps():
    run = read_one(TCX)
    assert (run.sport, run.device, run.device_serial) == ("running", "Forerunner 620", "3871234567")
    assert run.totals.elapsed_s == 115
    assert run.totals.timer_s == 55
    assert run.totals.distance_m == 200
    # (140 x 25 s + 150 x 30 s) / 55 s
    assert run.totals.average_heart_rate_bpm == pytest.approx(8000 / 55)
    assert run.totals.max_heart_rate_bpm == 160
    assert [(lap.start_s, lap.totals.timer_s) for lap in run.laps] == [(0.0, 25.0), (85.0, 30.0)]


def test_tcx_pause_between_tracks_and_extensions():
    run = read_one(TCX)
    assert run.pauses == (Pause(25.0, 85.0),)
    assert run.streams.time_s.tolist() == [0, 25, 85, 115]
    np.testing.assert_array_equal(run.streams.get(streams.CADENCE), [np.nan, 160, np.nan, 170])
    np.testing.assert_array_equal(run.streams.get(streams.POWER), [np.nan, 250, np.nan, np.nan])
    assert run.missing == ("position",)


def test_local_day_is_that_of_the_runners_zone_where_the_file_has_none():
    late = TCX.replace(b"2026-03-01T07:", b"2026-03-01T23:")
    assert read_one(late).utc_offset_s == 3600
    assert read_one(late).local_date.isoformat() == "2026-03-02"


def test_the_files_own_offset_wins_over_the_runners_zone():
    run = read_one(TCX.replace(b"<t:Id>2026-03-01T07:00:00Z", b"<t:Id>2026-03-01T02:00:00-05:00"))
    assert run.utc_offset_s == -5 * 3600


@pytest.mark.parametrize(("element", "kind"), [("Courses", "course"), ("Workouts", "workout")])
def test_tcx_without_activities_is_skipped_by_its_kind(element, kind):
    inner = f"<{element}><{element[:-1]}><Name>x</Name></{element[:-1]}></{element}>"
    assert read(f"<TrainingCenterDatabase>{inner}</TrainingCenterDatabase>".encode()) == Skipped(kind)


# A thousandth of a degree north is 111.195 m on the mean sphere: 222.39 m in 60 s, then 111.195 m in 30 s.
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="Some app" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"><trk><name>Morgenlauf \u00e4m See</name>
  <type>trail_running</type><trkseg>
<trkpt lat="47.000" lon="13"><ele>500</ele><time>2026-06-01T06:00:00+02:00</time>
 <extensions><power>210</power><x:TrackPointExtension><x:hr>120</x:hr><x:cad>82</x:cad><x:atemp>18.5</x:atemp>
 </x:TrackPointExtension></extensions></trkpt>
<trkpt lat="47.001" lon="13"><ele>504</ele><time>2026-06-01T06:00:30+02:00</time></trkpt>
<trkpt lat="47.002" lon="13"><ele>508</ele><time>2026-06-01T06:01:00+02:00</time></trkpt>
</trkseg><trkseg>
<trkpt lat="47.010" lon="13"><time>2026-06-01T06:05:00+02:00</time></trkpt>
<trkpt lat="47.011" lon="13"><time>2026-06-01T06:05:30+02:00</time></trkpt>
</trkseg></trk></gpx>""".encode()


def test_gpx_distance_is_that_along_the_track_without_the_pause():
    run = read_one(GPX)
    assert (run.sport, run.sub_sport, run.name, run.device) == ("running", "trail", "Morgenlauf äm See", "Some app")
    assert run.start_time.isoformat() == "2026-06-01T04:00:00+00:00"
    assert run.utc_offset_s == 7200
    assert run.totals.distance_m == pytest.approx(3 * 111.195, rel=1e-5)
    assert (run.totals.elapsed_s, run.totals.timer_s) == (330, 90)
    assert run.pauses == (Pause(60.0, 300.0),)
    first = {name: column[0] for name, column in run.streams.columns.items()}
    assert first[streams.HEART_RATE] == 120
    assert first[streams.CADENCE] == 164
    assert first[streams.POWER] == 210
    assert first[streams.TEMPERATURE] == 18.5


def test_gpx_of_a_route_is_a_course_and_skipped():
    assert read(b'<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>') == Skipped("course")
    assert read(b'<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>') == Skipped("course")


def test_a_track_that_does_not_say_its_sport_is_judged_by_its_speed():
    run = read_one(GPX.replace(b"<type>trail_running</type>", b""))
    assert run.sport == "running"
    assert "SPORT_GUESSED" in codes(run)


def test_an_exporter_that_counts_both_feet_is_not_doubled():
    run = read_one(GPX.replace(b"<x:cad>82</x:cad>", b"<x:cad>168</x:cad>"))
    assert run.streams.get(streams.CADENCE)[0] == 168


def test_xml_that_breaks_off_names_its_line():
    with pytest.raises(ActivityFileInvalid, match="malformed in line 3, column 3"):
        read(b"<gpx>\n<trk>\n</oh>")


@pytest.mark.parametrize("bomb", [entity_bomb(), external_entity()])
def test_entities_are_refused(bomb):
    with pytest.raises(ActivityFileInvalid, match="DTD or entities"):
        read(bomb)


def test_an_xml_flood_is_refused_before_it_fills_the_memory():
    with pytest.raises(ActivityFileInvalid, match="more elements"):
        read(b"<gpx>" + b"<a/>" * 300_000 + b"</gpx>")


def test_endless_nesting_is_refused():
    with pytest.raises(ActivityFileInvalid, match="nested deeper"):
        read(b"<gpx>" + b"<a>" * 100_000)
