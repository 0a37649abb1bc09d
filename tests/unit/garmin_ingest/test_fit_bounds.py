"""Files made to keep the reader busy are refused, or read within two seconds of CPU."""

import struct
import time

import pytest

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from tests.unit.garmin_ingest.reading import read

STAMP = 1_100_000_000
ACTIVITY = bytes([0x40, 0, 0, 0, 0, 1, 0, 1, 0x00, 0x00, 4])
RECORD = bytes([0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, 3, 1, 0x02])
SESSION = bytes([0x40, 0, 0, 18, 0, 2, 2, 4, 0x86, 7, 4, 0x86])
LAP = bytes([0x40, 0, 0, 19, 0, 2, 2, 4, 0x86, 7, 4, 0x86])
EVENT = bytes([0x40, 0, 0, 21, 0, 3, 253, 4, 0x86, 0, 1, 0x00, 1, 1, 0x00])
TWO_RECORDS = RECORD + b"".join(b"\0" + struct.pack("<IB", STAMP + after, 140) for after in (0, 9))


def _file(body):
    """With a checksum of zeros: a warning, and cheap to make."""
    return struct.pack("<BBHI4s", 14, 0x20, 2158, len(body), b".FIT") + b"\0\0" + body + b"\0\0"


def _numbered(count, layout, *rest):
    return b"".join(b"\0" + struct.pack(layout, STAMP + number, *rest) for number in range(count))


MANY_LAYOUTS = b"".join(
    bytes([0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, number % 250, 1 + number // 250, 0x02]) for number in range(5000)
)
TWO_KINDS = bytes([0x40, 0, 0, 0, 9, 0]) + bytes([0x41, 0, 0, 1, 9, 0])
BUSY = {
    "messages of one byte": _file(ACTIVITY + bytes([0x40, 0, 0, 20, 0, 0]) + bytes(20_000_000)),
    "two kinds in turn": _file(ACTIVITY + TWO_KINDS + bytes([0, 1]) * 1_500_000),
    "a chain of nothing": _file(b"") * 100_000,
    "a chain of recordings": _file(ACTIVITY + TWO_RECORDS) * 10_000,
    "a chain of sessions": _file(ACTIVITY + TWO_RECORDS + SESSION + _numbered(100, "<II", 1000)) * 150,
    "sessions": _file(ACTIVITY + SESSION + _numbered(101, "<II", 1000)),
    "layouts": _file(ACTIVITY + MANY_LAYOUTS),
}


@pytest.mark.parametrize("name", BUSY)
def test_more_than_any_recording_has_is_refused_at_once(name):
    began = time.process_time()
    with pytest.raises(ActivityFileInvalid):
        read(BUSY[name])
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "body",
    [LAP + _numbered(200_000, "<II", 1000), EVENT + _numbered(200_000, "<IBB", 0, 4)],
    ids=["laps", "stops of the timer"],
)
def test_what_is_much_but_possible_is_read(body):
    began = time.process_time()
    (activity,) = read(_file(ACTIVITY + TWO_RECORDS + body + SESSION + _numbered(1, "<II", 60_000)))
    assert len(activity.laps) <= 10_000
    assert time.process_time() - began < 2
