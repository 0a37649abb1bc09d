"""A generated account export as Garmin packs it: a ZIP with two ZIPs of runs of about an hour, a sample each second.

Two dozen simulated runs are moved to other days byte by byte, which takes a thousandth of the time of simulating each.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from deploy.local.demo.fit_writer import fit_bytes
from deploy.local.demo.runner import Runner
from deploy.local.demo.schedule import PlannedRun, schedule
from deploy.local.demo.simulation import simulate
from services.garmin_ingest.domain.fit.crc import fit_crc

SEED = 7
_BASES = 24
LAST_DAY = dt.date(2026, 10, 31)
# Moving by this changes every byte of a 32-bit time, whatever it was, and so shows where the times are.
_TELLTALE_S = 0x01010101
_HEADER_BYTES, _CRC_BYTES = 14, 2


class MovableRun:
    """A FIT file that can be written with another start."""

    def __init__(self, planned: PlannedRun) -> None:
        recording = simulate(planned, Runner(), SEED, every_second=True)
        self.samples = len(recording.time_s)
        self._start = recording.start
        moved = replace(recording, start=recording.start + dt.timedelta(seconds=_TELLTALE_S))
        self._bytes = np.frombuffer(fit_bytes(recording), dtype=np.uint8)
        changed = np.flatnonzero(self._bytes != np.frombuffer(fit_bytes(moved), dtype=np.uint8))
        self._times_at = changed[changed < len(self._bytes) - _CRC_BYTES][::4]

    def on(self, start: dt.datetime) -> bytes:
        content = self._bytes.copy()
        places = self._times_at[:, None] + np.arange(4)
        times = content[places].view("<u4") + np.uint32(round((start - self._start).total_seconds()) % 2**32)
        content[places] = times.astype("<u4").view(np.uint8)
        body = content[:-_CRC_BYTES].tobytes()
        return body + fit_crc(body).to_bytes(2, "little")


def runs(count: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of ``count`` runs, one each day, the newest last."""
    planned = [run for run in schedule(LAST_DAY, 12, SEED) if run.newer_watch and 8_000 < run.distance_m < 12_000]
    bases = [MovableRun(run) for run in planned[:_BASES]]
    first = dt.datetime.combine(LAST_DAY, dt.time(6, 30), dt.UTC) - dt.timedelta(days=count - 1)
    for day in range(count):
        start = first + dt.timedelta(days=day, minutes=day * 7 % 90)
        yield f"runner@example.com_{10_000_000 + day}.fit", bases[day % len(bases)].on(start)


def export(count: int) -> Path:
    """The ZIP of ``count`` runs, made once and then found in the folder for temporary files."""
    path = Path(tempfile.gettempdir()) / f"pace42-bench-export-{SEED}-{_BASES}-{count}.zip"
    if not path.exists():
        half = path.with_suffix(".half")
        with zipfile.ZipFile(half, "w") as outer:
            outer.writestr("DI_CONNECT/DI-Connect-User/user_profile.json", b"{}")
            for part, names in enumerate(_halves(list(runs(count))), start=1):
                inner_name = f"DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part{part}.zip"
                with outer.open(inner_name, "w") as stream, zipfile.ZipFile(stream, "w") as inner:
                    for name, content in names:
                        inner.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
        half.replace(path)
    return path


def _halves(files: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    middle = (len(files) + 1) // 2
    yield files[:middle]
    yield files[middle:]
