"""Decoding in processes: the same readings as in threads, and a file that ends its process costs itself alone."""

import asyncio
import dataclasses
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.garmin_ingest.clients.process_reader import ProcessReader
from services.garmin_ingest.clients.reader import ThreadedReader
from shared.clock import SystemClock
from tests.support.builders import build_fit, build_gpx, build_tcx
from tests.support.builders_damage import garbage


@pytest.fixture
async def reader() -> AsyncIterator[ProcessReader]:
    reader = ProcessReader(SystemClock(), processes=2)
    yield reader
    await reader.close()


def _written(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / str(number) for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


async def test_a_process_reads_what_a_thread_reads(reader: ProcessReader, tmp_path: Path):
    in_threads = ThreadedReader(SystemClock(), threads=1)
    files = _written(tmp_path, build_fit(duration_s=300), build_gpx(), build_tcx(), garbage(), b"")
    for path in [*files, tmp_path / "gone"]:
        assert await reader.read(path, "Europe/Berlin") == await in_threads.read(path, "Europe/Berlin")
    await in_threads.close()


async def _writer_of(pipe: Path) -> int:
    """The writing end, once somebody reads."""
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            await asyncio.sleep(0.01)


def _living(reader: ProcessReader) -> set[int]:
    processes = [child._process for child in reader._children]
    return {process.pid for process in processes if process is not None and process.returncode is None}


async def test_a_file_that_ends_two_processes_fails_and_no_other(reader: ProcessReader, tmp_path: Path):
    pipe, good = tmp_path / "pipe", _written(tmp_path, build_fit(duration_s=120))[0]
    os.mkfifo(pipe)
    # A pipe that nobody writes to is a decoder that hangs, for as long as the test wants it to.
    hanging = asyncio.create_task(reader.read(pipe, "UTC"))
    # The writing ends stay open to the last: a reader that met a closed one would find an empty file and not hang.
    ends: list[int] = []
    for _ in range(2):
        ends.append(await _writer_of(pipe))
        (stuck,) = _living(reader)
        neighbours = await asyncio.gather(*(reader.read(good, "UTC") for _ in range(5)))
        assert [len(neighbour.activities) for neighbour in neighbours] == [1] * 5
        for child in reader._children:
            if child._process is not None and child._process.pid != stuck:
                await child.let_go()
        os.kill(stuck, signal.SIGKILL)
        while stuck in _living(reader):
            await asyncio.sleep(0.01)
    ends.append(await _writer_of(pipe))
    for end in ends:
        os.close(end)
    reading = await hanging
    assert reading.failure is not None
    assert (reading.failure.code, reading.activities) == ("INTERNAL_ERROR", ())
    assert len((await reader.read(good, "UTC")).activities) == 1


async def test_who_stops_waiting_leaves_no_answer_for_the_next(reader: ProcessReader, tmp_path: Path):
    pipe, good = tmp_path / "pipe", _written(tmp_path, build_fit(duration_s=120))[0]
    os.mkfifo(pipe)
    hanging = asyncio.create_task(reader.read(pipe, "UTC"))
    end = await _writer_of(pipe)
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    os.close(end)
    expected = await reader.read(good, "UTC")
    assert dataclasses.replace(expected, activities=()).failure is None
    await reader.close()
    assert _living(reader) == set()
