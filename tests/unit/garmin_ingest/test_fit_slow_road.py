"""The road through fitdecode, for what our own decoder refuses, gives the same recordings."""

import dataclasses
import time

import numpy as np
import pytest

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit import reader
from services.garmin_ingest.domain.fit.fast_road import FastTables
from services.garmin_ingest.domain.fit.reader import from_chain, read_fit
from services.garmin_ingest.domain.fit.slow_road import LARGEST_FILE, read_slowly
from services.garmin_ingest.domain.fit.wire import read_parts
from services.garmin_ingest.domain.models import Skipped
from tests.support.builders import build_fit
from tests.support.builders_damage import truncated
from tests.support.builders_other import monitoring_fit
from tests.support.random_files import framed
from tests.support.recordings import FOLDER, recordings

REAL = [path for path in recordings() if path.suffix == ".fit" and path.stat().st_size < 60_000]


def _fast(data):
    return from_chain([FastTables(part) for part in read_parts(data)])


def _same(one, other):
    assert set(one.streams.columns) == set(other.streams.columns)
    np.testing.assert_allclose(one.streams.time_s, other.streams.time_s)
    for name, column in one.streams.columns.items():
        np.testing.assert_allclose(column, other.streams.columns[name], rtol=1e-12, err_msg=name)
    told = [dataclasses.replace(each, streams=None, warnings=()) for each in (one, other)]
    assert told[0] == told[1]


@pytest.mark.real_data
@pytest.mark.skipif(not REAL, reason=f"no recordings at {FOLDER} (PACE42_REAL_DATA)")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem[:40])
def test_both_roads_give_the_same_recordings(path):
    data = path.read_bytes()
    fast, slow = _fast(data), from_chain(read_slowly(data))
    if isinstance(fast, Skipped):
        assert slow == fast
        return
    assert len(fast.items) == len(slow.items)
    for one, other in zip(fast.items, slow.items, strict=True):
        _same(one, other)


def test_what_came_before_a_damage_is_read_on_the_slow_road_too():
    data = truncated(build_fit(duration_s=300), 0.5)
    (fast,), (slow,) = _fast(data).items, from_chain(read_slowly(data)).items
    _same(fast, slow)
    assert [warning.code for warning in slow.warnings] == ["FILE_DAMAGED"]


def test_a_refusal_of_our_own_road_is_mended_with_a_warning(monkeypatch):
    """No file is known that only fitdecode reads: a fault of ours stands in for one."""

    def refuse(data):
        raise ActivityFileInvalid("a fault of ours", offset=7)

    data = build_fit(duration_s=120)
    (expected,) = read_fit(data).items
    monkeypatch.setattr(reader, "read_parts", refuse)
    (rescued,) = read_fit(data).items
    _same(rescued, expected)
    assert [warning.code for warning in rescued.warnings] == ["READ_BY_OTHER_DECODER"]
    for hopeless in (data[:60], monitoring_fit(), b"nothing", data + bytes(LARGEST_FILE)):
        with pytest.raises(ActivityFileInvalid) as caught:
            read_fit(hopeless)
        assert caught.value.offset == 7


def test_the_slow_road_ends_after_a_bounded_number_of_fields():
    """Half a megabyte of messages of one byte: without a bound minutes of work."""
    layout = bytes([0x40, 0, 0, 20, 0, 1, 3, 1, 2])
    data = framed(layout + bytes([0, 150]) * 250_000)
    began = time.process_time()
    (tables,) = read_slowly(data)
    assert time.process_time() - began < 2
    assert tables.damage is not None
    assert len(tables[20]) < 100_000
