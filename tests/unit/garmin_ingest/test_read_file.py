"""Whatever is thrown at the reader is an activity, skipped by its kind, or ACTIVITY_FILE_INVALID: nothing else."""

import random

import fitdecode.utils
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.crc import fit_crc
from services.garmin_ingest.domain.formats.archive import gunzip
from services.garmin_ingest.domain.formats.detect import detect
from services.garmin_ingest.domain.models import Pause, Skipped
from tests.support.builders import ShortRun, build_fit, build_gpx, build_multisport_fit, build_tcx
from tests.support.builders_damage import garbage, gzipped, truncated, with_wrong_crc
from tests.support.builders_other import (
    activity_without_records_fit,
    course_fit,
    monitoring_fit,
    settings_fit,
    workout_fit,
)
from tests.unit.garmin_ingest.reading import codes, read, read_one

RUN = ShortRun(pauses=((600, 90),))


@pytest.mark.parametrize("build", [build_fit, build_tcx, build_gpx])
def test_one_run_reads_the_same_from_every_format(build):
    run = read_one(build(pauses=RUN.pauses))
    assert run.sport == "running"
    assert run.start_time == RUN.start
    assert run.totals.elapsed_s == pytest.approx(RUN.elapsed_s)
    assert run.totals.timer_s == pytest.approx(RUN.timer_s)
    assert run.totals.distance_m == pytest.approx(RUN.distance_m, rel=0.005)
    assert run.totals.average_heart_rate_bpm == pytest.approx(150)
    assert run.totals.average_cadence_spm == pytest.approx(172)
    assert run.pauses == (Pause(600.0, 690.0),)
    assert len(run.splits_km) == 6
    # 330 s/km; the kilometre with the pause takes 90 s longer on the watch, and no longer in its pace.
    assert [split.pace_s_per_km for split in run.splits_km] == pytest.approx([330] * 6, rel=0.01)
    assert codes(run) == []


def test_a_gzipped_file_is_read_like_the_file():
    assert read_one(gzipped(build_fit())).totals.distance_m == read_one(build_fit()).totals.distance_m


def test_content_decides_and_not_the_name():
    assert [detect(data[:4096]) for data in (build_fit(), build_tcx(), build_gpx())] == ["fit", "tcx", "gpx"]
    assert detect(b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- x --><gpx>") == "gpx"
    assert detect("\ufeff<gpx>".encode("utf-16-le")) == "gpx"


def test_a_multisport_file_gives_one_activity_per_session():
    swim = ShortRun(sport="swimming", duration_s=600, cadence_spm=None)
    ride = ShortRun(sport="cycling", start=swim.start.replace(minute=20), duration_s=1200, pace_s_per_km=120)
    legs = read(build_multisport_fit(swim, ride))
    assert [(leg.sport, leg.session_index) for leg in legs] == [("swimming", 0), ("cycling", 1)]
    assert [leg.totals.distance_m for leg in legs] == pytest.approx([swim.distance_m, ride.distance_m], rel=0.005)


def test_chained_fit_files_are_all_read():
    later = build_fit(start=RUN.start.replace(hour=9))
    assert [activity.start_time.hour for activity in read(build_fit() + later)] == [7, 9]
    assert len(read(build_fit() + settings_fit())) == 1


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (settings_fit(), "settings"),
        (workout_fit(), "workout"),
        (course_fit(), "course"),
        (monitoring_fit(), "monitoring"),
    ],
)
def test_fit_files_that_are_no_activity_are_skipped_by_their_kind(data, kind):
    assert read(data) == Skipped(kind)


def test_a_wrong_checksum_is_a_warning():
    run = read_one(with_wrong_crc(build_fit()))
    assert codes(run) == ["CHECKSUM_MISMATCH"]
    assert run.totals.distance_m == pytest.approx(ShortRun().distance_m, rel=0.005)


def test_a_truncated_fit_file_gives_what_came_before():
    run = read_one(truncated(build_fit(), 0.5))
    assert codes(run)[0] == "FILE_DAMAGED"
    assert run.totals.timer_s == pytest.approx(900, rel=0.05)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"hello, this is my run\n", "plain text"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"<?xml version='1.0'?><kml/>", "neither TCX nor GPX"),
        (garbage(), "neither FIT, TCX nor GPX"),
        (build_fit()[:10], "neither FIT, TCX nor GPX"),
        (build_fit()[:12], "impossible size"),
        (build_fit()[:40], "cut off"),
        (activity_without_records_fit(), "without a session"),
        (gzipped(build_fit())[:200], "breaks off"),
        (gzipped(gzipped(build_fit())), "packed twice"),
        (gzipped(build_fit())[:60] + b"x" * 500, "damaged"),
        (b"<gpx></gpx>", "without a track"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data, reason):
    with pytest.raises(ActivityFileInvalid, match=reason) as caught:
        read(data)
    assert caught.value.code == "ACTIVITY_FILE_INVALID"


def test_a_refusal_says_where():
    with pytest.raises(ActivityFileInvalid) as caught:
        read(build_fit()[:40])
    assert caught.value.offset is not None
    assert f"at byte {caught.value.offset}" in caught.value.message


def test_a_gzip_bomb_is_stopped_at_the_limit():
    with pytest.raises(ActivityFileInvalid, match="more than 64 MiB"):
        gunzip(gzipped(bytes(65 * 1024 * 1024)))


@pytest.mark.parametrize("build", [build_fit, build_tcx, build_gpx])
def test_mutated_files_never_raise_anything_else(build):
    """Bytes turned, cut out, doubled: a fixed seed, so that a failure comes back."""
    original = build(duration_s=120, lap_every_s=60)
    rng = random.Random(42)
    for _ in range(300):
        data = bytearray(original)
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randint(1, 64)]
                case 2:
                    data[at:at] = data[at : at + rng.randint(1, 64)]
                case _:
                    del data[max(at, 20) :]
            if not data:
                break
        _read_or_refuse(bytes(data))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_a_fit_header_are_read_or_refused(body):
    _read_or_refuse(bytes([14, 0x20]) + b"\x00\x00" + len(body).to_bytes(4, "little") + b".FIT\0\0" + body)


def _read_or_refuse(data):
    try:
        found = read(data)
    except ActivityFileInvalid:
        return
    if not isinstance(found, Skipped):
        for activity in found:
            assert np.all(np.diff(activity.streams.time_s) > 0)
            assert all(len(column) == len(activity.streams) for column in activity.streams.columns.values())


def test_compressed_timestamps_are_counted_on_from_the_last_full_one():
    """One record with a full time, then three with 5-bit offsets that roll over once, by the protocol's own rule."""
    definition = bytes([0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, 3, 1, 0x02])
    short = bytes([0x41, 0, 0, 20, 0, 1, 3, 1, 0x02])
    stamp = 1_100_000_000 // 32 * 32 + 30
    full = bytes([0x00]) + stamp.to_bytes(4, "little") + bytes([140])
    later = b"".join(bytes([0x80 | 1 << 5 | offset, rate]) for offset, rate in ((31, 141), (0, 142), (3, 143)))
    file_id = bytes([0x42, 0, 0, 0, 0, 1, 0, 1, 0x00]) + bytes([0x02, 4])
    body = file_id + definition + short + full + later
    header = bytes([14, 0x20, 0, 0]) + len(body).to_bytes(4, "little") + b".FIT\0\0"
    run = read_one(header + body + fitdecode.utils.compute_crc(header + body).to_bytes(2, "little"))
    assert run.streams.time_s.tolist() == [0, 1, 2, 5]
    assert run.streams.get(streams.HEART_RATE).tolist() == [140, 141, 142, 143]
    assert codes(run) == []


@given(st.binary(min_size=1, max_size=3000))
def test_checksum_equals_that_of_fitdecode(data):
    assert fit_crc(data) == fitdecode.utils.compute_crc(data)


@pytest.mark.parametrize("words", [15, 16, 29, 30, 31, 59, 60, 61, 7_500])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_checksum_of_any_length_equals_that_of_fitdecode(words, more):
    data = bytes(index * index % 251 for index in range(8 * words + more))
    assert fit_crc(data) == fitdecode.utils.compute_crc(data)
