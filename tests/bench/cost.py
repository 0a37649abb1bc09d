"""What one run costs to import, keep and read: ours against a row per sample, on the same files.

The usual way is fitdecode, a row for each sample by COPY, and a SELECT of those rows; its laps and sessions are decoded
too. ``decode`` is ours for the same work: all messages decoded, and one block for all samples. ``import`` is all that
our importer does with a run beside: repairs, splits, best efforts, totals. Times are processor time of this process
for the import. Reading a run is to have a float column of each signal, by either way, and takes as long as one waits
for it: all runs are read by one way, then by the other, again and again, and each way's first time round is left out.
"""

from __future__ import annotations

import datetime as dt
import io
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
import fitdecode
import numpy as np

from services.garmin_ingest.domain.fit.reader import read_fit
from services.garmin_ingest.domain.models import Recordings
from services.garmin_ingest.domain.reading import read_recording
from services.garmin_ingest.domain.stream_blocks import from_block, to_block
from services.garmin_ingest.domain.streams import Samples

_NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
_FIELDS = (
    "distance", "enhanced_speed", "heart_rate", "cadence", "power", "enhanced_altitude", "position_lat",
    "position_long", "temperature", "vertical_oscillation", "stance_time",
    "stance_time_balance", "vertical_ratio", "step_length",
)  # fmt: skip
# Seconds as a number are read in less time than moments are, and a column of numbers is what is wanted.
_ROWS_OF_A_RUN = (
    f"SELECT extract(epoch FROM at)::float8 AS at_s, {', '.join(_FIELDS)} FROM sample WHERE run = $1 ORDER BY at"
)
_ROUNDS = 21
_TABLES = f"""
CREATE TABLE sample (run uuid, at timestamptz, {", ".join(f"{name} double precision" for name in _FIELDS)},
    PRIMARY KEY (run, at));
CREATE TABLE stream (run uuid PRIMARY KEY, block bytea NOT NULL);
ALTER TABLE stream ALTER COLUMN block SET STORAGE EXTERNAL;
"""


async def compare(connection: asyncpg.Connection[Any], files: Sequence[bytes]) -> dict[str, Any]:
    """Ratios, usual over ours for the processor time and ours over usual for size and reading; figures beside them."""
    await connection.execute(_TABLES)
    runs = [uuid.uuid4() for _ in files]
    decoded_s, _ = _cpu(lambda: [_decoded_block(content) for content in files])
    ours_s, readings = _cpu(lambda: [read_recording(content, "UTC", _NOW) for content in files])
    blocks = [reading.activities[0].block for reading in readings]
    began = time.process_time()
    samples = 0
    for run, content in zip(runs, files, strict=True):
        rows = _rows(run, content)
        samples += len(rows)
        await connection.copy_records_to_table("sample", records=rows)
    usual_s = time.process_time() - began
    began = time.process_time()
    await connection.copy_records_to_table("stream", records=list(zip(runs, blocks, strict=True)))
    stored_s = time.process_time() - began
    row_bytes = await connection.fetchval("SELECT pg_total_relation_size('sample')")
    block_bytes = await connection.fetchval("SELECT pg_total_relation_size('stream')")
    rows_read_s, blocks_read_s = await _read_times(connection, runs)
    return {
        "files": len(files),
        "samples": samples,
        "cpuMsPerRunUsual": round(usual_s / len(files) * 1000, 1),
        "cpuMsPerRunDecode": round((decoded_s + stored_s) / len(files) * 1000, 2),
        "cpuMsPerRunImport": round((ours_s + stored_s) / len(files) * 1000, 2),
        "decodeTimesLess": round(usual_s / (decoded_s + stored_s), 1),
        "importTimesLess": round(usual_s / (ours_s + stored_s), 1),
        "bytesPerSampleOurs": round(block_bytes / samples, 2),
        "bytesPerSampleUsual": round(row_bytes / samples, 1),
        "bytesRatio": round(block_bytes / row_bytes, 3),
        "readMsOurs": round(blocks_read_s * 1000, 2),
        "readMsUsual": round(rows_read_s * 1000, 2),
        "readRatio": round(blocks_read_s / rows_read_s, 3),
    }


async def _read_times(connection: asyncpg.Connection[Any], runs: Sequence[uuid.UUID]) -> tuple[float, float]:
    """The median time (s) to have all columns of a run, by rows and by its block."""

    async def by_rows(run: uuid.UUID) -> Mapping[str, Samples]:
        return _columns(await connection.fetch(_ROWS_OF_A_RUN, run))

    async def by_block(run: uuid.UUID) -> Mapping[str, Samples]:
        return from_block(await connection.fetchval("SELECT block FROM stream WHERE run = $1", run), None).columns

    taken: dict[Callable[..., Awaitable[object]], list[float]] = {by_rows: [], by_block: []}
    for time_round in range(_ROUNDS):
        for read, seconds in taken.items():
            for run in runs:
                began = time.perf_counter()
                await read(run)
                if time_round:
                    seconds.append(time.perf_counter() - began)
    return statistics.median(taken[by_rows]), statistics.median(taken[by_block])


def _columns(rows: Sequence[asyncpg.Record]) -> dict[str, Samples]:
    fields = zip(*rows, strict=True)
    return {name: np.array(values, dtype=np.float64) for name, values in zip(("at_s", *_FIELDS), fields, strict=True)}


def _decoded_block(content: bytes) -> bytes:
    recordings = read_fit(content)
    assert isinstance(recordings, Recordings)
    return to_block(recordings.items[0].streams)


def _rows(run: uuid.UUID, content: bytes) -> list[tuple[Any, ...]]:
    """A row per record; laps, sessions and events are decoded as well, as whoever imports runs needs them."""
    rows = []
    with fitdecode.FitReader(io.BytesIO(content)) as reader:
        for frame in reader:
            if frame.frame_type != fitdecode.FIT_FRAME_DATA:
                continue
            if frame.name == "record":
                values = (frame.get_value(name, fallback=None) for name in _FIELDS)
                rows.append((run, frame.get_value("timestamp"), *(None if v is None else float(v) for v in values)))
            else:
                _ = {field.name: field.value for field in frame.fields}
    return rows


def _cpu(act: Callable[[], list[Any]]) -> tuple[float, list[Any]]:
    act()  # what is compiled and cached on first use is not what a run costs
    began = time.process_time()
    result = act()
    return time.process_time() - began, result
