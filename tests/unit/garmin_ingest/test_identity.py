import dataclasses
import datetime as dt

import pytest

from services.garmin_ingest.domain.identity import Outline, outline, richness, same_activity
from tests.support.builders import build_fit, build_gpx, build_tcx
from tests.unit.garmin_ingest.reading import read_one

START = dt.datetime(2026, 3, 1, 7, 0, tzinfo=dt.UTC)
RUN = Outline("running", START, 1800.0)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"start_time": START + dt.timedelta(seconds=120)}, True),
        ({"start_time": START - dt.timedelta(seconds=121)}, False),
        ({"duration_s": 1800 * 0.951}, True),
        ({"duration_s": 1800 * 0.949}, False),
        ({"sport": "cycling"}, False),
        ({"sport": "other"}, True),
        ({"sport": "walking"}, False),
    ],
)
def test_the_same_activity_in_another_file(change, same):
    other = dataclasses.replace(RUN, **change)
    assert same_activity(RUN, other) is same
    assert same_activity(other, RUN) is same


def test_a_hike_and_a_walk_are_one_family():
    assert same_activity(dataclasses.replace(RUN, sport="hiking"), dataclasses.replace(RUN, sport="walking"))


def test_one_run_in_three_formats_is_one_activity_and_the_devices_own_is_the_richest():
    fit, tcx, gpx = read_one(build_fit()), read_one(build_tcx()), read_one(build_gpx())
    assert same_activity(outline(fit), outline(tcx))
    assert same_activity(outline(fit), outline(gpx))
    assert richness(fit) > richness(tcx) > richness(gpx)


def test_a_recording_with_heart_rate_is_richer_than_one_without():
    assert richness(read_one(build_gpx())) > richness(read_one(build_gpx(heart_rate_bpm=None)))
    assert richness(read_one(build_tcx())) > richness(
        read_one(build_fit(heart_rate_bpm=None, power_w=None, temperature_c=None))
    )
