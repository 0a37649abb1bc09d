"""FIT files made byte by byte, with what the protocol says they mean."""

import struct

import numpy as np
import pytest

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.contents import UserProfile, read_contents
from services.garmin_ingest.domain.fit.devices import Device
from tests.support.random_files import framed
from tests.support.recordings import FOLDER
from tests.unit.garmin_ingest.reading import codes, read, read_one

STAMP = 1_100_000_000
ACTIVITY = bytes([0x40, 0, 0, 0, 0, 1, 0, 1, 0x00, 0x00, 4])


def _definition(local, message, *fields, order="<", developer=()):
    """``fields`` are (number, size, base type), ``developer`` (number, size, developer index)."""
    head = bytes([0x40 | (0x20 if developer else 0) | local, 0, int(order == ">")])
    body = struct.pack(f"{order}HB", message, len(fields)) + b"".join(map(bytes, fields))
    return head + body + (bytes([len(developer)]) + b"".join(map(bytes, developer)) if developer else b"")


def _records(rows, order="<"):
    """Time, heart rate and distance (1/100 m)."""
    layout = _definition(0, 20, (253, 4, 0x86), (3, 1, 0x02), (5, 4, 0x86), order=order)
    return layout + b"".join(b"\0" + struct.pack(f"{order}IBI", *row) for row in rows)


ROWS = [(STAMP + second, 140 + second, 300 * second) for second in range(4)]


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders(order):
    run = read_one(framed(ACTIVITY + _records(ROWS, order)))
    assert run.streams.time_s.tolist() == [0, 1, 2, 3]
    assert run.streams.get(streams.HEART_RATE).tolist() == [140, 141, 142, 143]
    assert run.streams.get(streams.DISTANCE).tolist() == [0, 3, 6, 9]


def test_a_layout_may_change_on_the_way_and_unknown_messages_are_skipped():
    unknown = _definition(1, 65_000, (1, 3, 0x0D)) + b"\x01abc" * 3
    narrow = _definition(0, 20, (3, 1, 0x02), (253, 4, 0x86)) + b"\0" + struct.pack("<BI", 150, STAMP + 9)
    run = read_one(framed(ACTIVITY + _records(ROWS) + unknown + narrow))
    assert run.streams.time_s.tolist() == [0, 1, 2, 3, 9]
    assert run.streams.get(streams.HEART_RATE).tolist() == [140, 141, 142, 143, 150]


def test_a_time_in_the_header_counts_on_from_the_last_known_full_one():
    """The last full time is missing: the one before it counts, although both stand in one run."""
    base = STAMP // 32 * 32 + 30
    full = _records([(base, 140, 0), (0xFFFFFFFF, 141, 300)])
    short = _definition(1, 20, (3, 1, 0x02)) + bytes([0x80 | 1 << 5 | 31, 142, 0x80 | 1 << 5 | 1, 143])
    run = read_one(framed(ACTIVITY + full + short))
    assert run.streams.time_s.tolist() == [0, 1, 3]
    assert run.streams.get(streams.HEART_RATE).tolist() == [140, 142, 143]


def test_the_distance_of_a_foot_pod_rolls_over():
    """Twelve bits of 1/16 m: 200 m, 250 m, then 44 m more, past the 256 m that they can hold; 3.5 m/s throughout."""
    layout = _definition(0, 20, (253, 4, 0x86), (8, 3, 0x0D))
    body = b""
    for second, metres in ((0, 200), (14, 250), (28, 294)):
        packed = 350 | (metres * 16 % 4096) << 12
        body += b"\0" + struct.pack("<I", STAMP + second) + packed.to_bytes(3, "little")
    run = read_one(framed(ACTIVITY + layout + body))
    assert run.streams.get(streams.DISTANCE).tolist() == [200, 250, 294]
    assert run.streams.get(streams.SPEED).tolist() == [3.5, 3.5, 3.5]


def test_developer_fields_are_known_by_their_name():
    describe = _definition(1, 206, (0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 8, 7))
    describe += bytes([1, 0, 5, 0x84]) + b"Power\0\0\0" + bytes([1, 0, 6, 0x88]) + b"Leg Spr\0"
    layout = _definition(0, 20, (253, 4, 0x86), developer=((5, 2, 0), (6, 4, 0)))
    rows = b"".join(b"\0" + struct.pack("<IHf", STAMP + second, 250 + second, 9.5) for second in range(3))
    data = framed(ACTIVITY + describe + layout + rows)
    assert read_one(data).streams.get(streams.POWER).tolist() == [250, 251, 252]
    (contents,) = read_contents(data)
    assert {name: values.tolist() for name, values in contents.developer_fields.items()} == {
        "Power": [250, 251, 252],
        "Leg Spr": [9.5, 9.5, 9.5],
    }


def test_beats_that_a_strap_kept_fill_in_for_a_watch_that_heard_none():
    """One full clock of 1/1024 s, then twelve bits of it a beat, which roll over; in a file of its own of the chain."""
    layout = _definition(0, 20, (253, 4, 0x86), (5, 4, 0x86))
    swim = layout + b"".join(b"\0" + struct.pack("<II", STAMP + second, 100 * second) for second in range(4))
    anchor = _definition(0, 132, (253, 4, 0x86), (9, 4, 0x86), (6, 1, 2))
    anchor += b"\0" + struct.pack("<IIB", STAMP, 8191 * 1024 + 1000, 100)
    low = (8191 * 1024 + 1000) & 0xFFF
    ticks = [(low + step) & 0xFFF for step in (1024, 1536, 2560, 3072)]
    packed = sum(tick << 12 * at for at, tick in enumerate(ticks)).to_bytes(6, "little")
    later = _definition(1, 132, (6, 4, 2), (10, 6, 0x0D)) + b"\x01" + bytes([110, 120, 130, 140]) + packed
    data = framed(ACTIVITY + swim) + framed(ACTIVITY + anchor + later)
    run = read(data)[0]
    # Beats at 0, 1.0, 1.5, 2.5 and 3.0 s; each sample is the mean since the one before.
    assert run.streams.get(streams.HEART_RATE).tolist() == [100, 110, 120, 135]
    beats = read_contents(data)[1].beats
    assert (beats.time_s - STAMP).tolist() == [0, 1.0, 1.5, 2.5, 3.0]
    assert beats.bpm.tolist() == [100, 110, 120, 130, 140]


def test_intervals_between_beats_and_the_runner_as_the_watch_knows_them():
    hrv = _definition(0, 78, (0, 10, 0x84))
    hrv += b"\0" + struct.pack("<5H", 812, 798, 0xFFFF, 0xFFFF, 0xFFFF) + b"\0" + struct.pack("<5H", *range(700, 705))
    user = _definition(1, 3, (1, 1, 0), (2, 1, 2), (3, 1, 2), (4, 2, 0x84), (8, 1, 2), (11, 1, 2))
    user += b"\x01" + struct.pack("<BBBHBB", 0, 41, 172, 635, 48, 0xFF)
    (contents,) = read_contents(framed(ACTIVITY + hrv + user))
    assert contents.rr_intervals_s.tolist() == [0.812, 0.798, 0.7, 0.701, 0.702, 0.703, 0.704]
    assert contents.user == UserProfile("female", 41, 1.72, 63.5, 48, None)


def test_devices_are_told_once_with_all_that_is_known_of_them():
    layout = _definition(0, 23, (0, 1, 2), (2, 2, 0x84), (3, 4, 0x8C), (4, 2, 0x84), (5, 2, 0x84))
    rows = [(0, 1, 3_900_000_001, 4315, 1122), (1, 95, 77, 0xFFFF, 0xFFFF), (0, 1, 0, 4315, 1122)]
    body = layout + b"".join(b"\0" + struct.pack("<BHIHH", *row) for row in rows)
    (contents,) = read_contents(framed(ACTIVITY + body))
    watch = Device(0, "Garmin Forerunner 965", "3900000001", "11.22")
    assert contents.devices == (watch, Device(1, "Stryd", "77"))
    run = read_one(framed(ACTIVITY + body + _records(ROWS)))
    assert (run.device, run.device_serial) == (watch.name, watch.serial)


def test_a_wrong_checksum_of_the_header_is_a_warning():
    data = bytearray(framed(ACTIVITY + _records(ROWS)))
    data[12:14] = b"\x01\x01"
    assert codes(read_one(bytes(data))) == ["CHECKSUM_MISMATCH"]


def test_a_file_cut_off_inside_a_message_keeps_the_ones_before():
    data = framed(ACTIVITY + _records(ROWS))[:-6]
    run = read_one(data)
    assert run.streams.get(streams.HEART_RATE).tolist() == [140, 141, 142]
    assert codes(run) == ["FILE_DAMAGED"]


def test_a_clock_that_shows_a_year_no_calendar_has_is_no_date():
    """Found by mutation: the local time as a float, of a file whose samples carry no date either."""
    clock = _definition(1, 34, (253, 4, 0x86), (5, 8, 0x89)) + b"\x01" + struct.pack("<Id", STAMP, 1e300)
    with pytest.raises(ActivityFileInvalid, match="date"):
        read(framed(ACTIVITY + _records([(10, 140, 0), (11, 141, 300)]) + clock))


@pytest.mark.real_data
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recordings at {FOLDER} (PACE42_REAL_DATA)")
def test_each_lap_of_a_swim_has_the_heart_rate_that_the_watch_worked_out():
    (swim,) = read((FOLDER / "fit/dtcooper__event_timestamp.fit").read_bytes())
    heart_rate, times = swim.streams.get(streams.HEART_RATE), swim.streams.time_s
    lengths = [lap for lap in swim.laps if lap.totals.distance_m and lap.totals.average_heart_rate_bpm]
    assert len(lengths) > 30
    ours, theirs = [], []
    for lap in lengths:
        inside = (times > lap.start_s) & (times <= lap.start_s + lap.totals.elapsed_s)
        ours.append(np.nanmean(heart_rate[inside]))
        theirs.append(lap.totals.average_heart_rate_bpm)
    assert np.median(np.abs(np.array(ours) - theirs)) < 1
    assert np.nanmax(heart_rate) == swim.totals.max_heart_rate_bpm
