import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from services.garmin_ingest.domain.models import RecordingWarning
from services.garmin_ingest.domain.packing import pack
from services.garmin_ingest.domain.read_file import read_file
from services.garmin_ingest.domain.revision import AsStored, differences, with_edits
from services.garmin_ingest.domain.streams import HEART_RATE, Streams
from shared.zones import zone
from tests.support.builders import ShortRun, build_fit

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def activity(**run):
    (found,) = read_file(build_fit(**run), zone("UTC"), NOW)
    return found


def stored(found, **different):
    """``found`` as it lies in the database, but for what is ``different``."""
    packed = pack(found)
    names = ("sport", "sub_sport", "start_time", "utc_offset_s", "totals", "name", "device", "device_serial", "details")
    return replace(AsStored(**{name: getattr(packed, name) for name in names}, block=packed.block), **different)


RUN = activity()
SAMPLES = ShortRun().duration_s + 1


def test_the_same_reading_changes_nothing():
    assert differences(stored(RUN), pack(activity())) == ()


def test_a_figure_is_shown_with_as_many_decimals_as_it_takes_to_see_the_difference():
    def told(before, after):
        totals = replace(RUN.totals, distance_m=before)
        return differences(stored(RUN, totals=totals), pack(replace(RUN, totals=replace(totals, distance_m=after))))

    assert told(10012.34, 10010.06) == ("distanceM 10012.3 → 10010.1",)
    assert told(10012.34, 10012.3381) == ("distanceM 10012.340 → 10012.338",)
    assert told(None, 10012.34) == ("distanceM none → 10012.3",)
    assert told(1.0, 1.0 + 1e-12) == ("distanceM 1.0 → 1.000000000001",)


def test_laps_are_counted_and_a_lap_that_changed_is_said_to():
    fewer = replace(RUN, laps=RUN.laps[:2])
    assert differences(stored(fewer), pack(RUN)) == ("laps 2 → 3",)
    moved = replace(RUN, laps=(replace(RUN.laps[0], start_s=7.0), *RUN.laps[1:]))
    assert differences(stored(moved), pack(RUN)) == ("laps changed",)


def test_a_signal_that_was_not_read_before_is_told_by_its_samples():
    columns = {name: values for name, values in RUN.streams.columns.items() if name != HEART_RATE}
    without = replace(RUN, streams=Streams(RUN.streams.time_s, columns), missing=("heartRate",))
    told = differences(stored(without), pack(RUN))
    assert f"heartRate samples 0 → {SAMPLES:,}" in told
    assert "missing heartRate → none" in told


def test_a_signal_that_reads_differently_is_told_by_where_it_does():
    values = RUN.streams.columns[HEART_RATE].copy()
    values[10:13] += 1
    before = replace(RUN, streams=Streams(RUN.streams.time_s, {**RUN.streams.columns, HEART_RATE: values}))
    assert differences(stored(before), pack(RUN)) == ("heartRate changed at 3 samples",)
    values[20:25] = np.nan
    assert differences(stored(before), pack(RUN)) == (f"heartRate samples {SAMPLES - 5:,} → {SAMPLES:,}",)


def test_more_samples_are_counted_for_the_axis_and_each_signal():
    short = Streams(RUN.streams.time_s[:-9], {name: values[:-9] for name, values in RUN.streams.columns.items()})
    told = differences(stored(replace(RUN, streams=short)), pack(RUN))
    assert told[0] == f"samples {SAMPLES - 9:,} → {SAMPLES:,}"
    assert f"heartRate samples {SAMPLES - 9:,} → {SAMPLES:,}" in told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (("OLD", "BOTH"), ("NEW", "BOTH"), "warnings +NEW -OLD"),
        (("BOTH",), (), "warnings -BOTH"),
    ],
)
def test_warnings_that_came_and_went_are_named(before, after, told):
    def warned(codes):
        return replace(RUN, warnings=tuple(RecordingWarning(code, "Words.") for code in codes))

    assert differences(stored(warned(before)), pack(warned(after))) == (told,)


def test_what_names_a_person_is_said_to_have_changed_and_not_shown():
    told = differences(stored(RUN, name="find-me", device_serial="find-me"), pack(RUN))
    assert set(told) == {"name changed", "deviceSerial changed"}


def test_facts_are_shown_before_and_after():
    earlier = RUN.start_time - dt.timedelta(hours=1)
    told = differences(stored(RUN, sport="other", utc_offset_s=0, start_time=earlier, device=None), pack(RUN))
    assert set(told) == {
        "sport other → running",
        "utcOffsetS 0 → 3600",
        "startTime 2026-03-01T06:00:00Z → 2026-03-01T07:00:00Z",
        f"device none → {RUN.device}",
    }


def test_what_the_runner_calls_it_at_garmin_survives_a_new_reading():
    before = stored(RUN, name="Morning Run", sport="walking", sub_sport=None)
    after = with_edits(pack(RUN), before, named_by_garmin=True, zone_known=True)
    assert (after.name, after.sport, after.sub_sport, after.outline.sport) == (
        "Morning Run",
        "walking",
        None,
        "walking",
    )
    assert differences(before, after) == ()
    by_hand = with_edits(pack(RUN), before, named_by_garmin=False, zone_known=True)
    assert by_hand == pack(RUN)


def test_a_local_time_read_in_a_zone_that_nobody_remembers_stays():
    before = stored(RUN, utc_offset_s=-18000)
    assert with_edits(pack(RUN), before, named_by_garmin=False, zone_known=False).utc_offset_s == -18000
    assert with_edits(pack(RUN), before, named_by_garmin=False, zone_known=True).utc_offset_s == 3600
