"""All runs of the demo runner, one after another, and the ZIP in which they travel."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.local.demo.fit_writer import fit_bytes
from deploy.local.demo.recording import Recording
from deploy.local.demo.runner import Runner
from deploy.local.demo.schedule import PlannedRun, schedule
from deploy.local.demo.simulation import simulate

SEED = 42


@dataclass(frozen=True, slots=True)
class DemoRun:
    """A run as it was planned and as it was recorded."""

    planned: PlannedRun
    recording: Recording

    @property
    def file_name(self) -> str:
        return f"{self.planned.day.isoformat()}-{self.planned.kind}.fit"


def history(today: dt.date, months: int = 18, seed: int = SEED) -> Iterator[DemoRun]:
    """The runs of the ``months`` before ``today``, oldest first; the last is yesterday's. Takes some 20 ms each."""
    runner = Runner()
    for planned in schedule(today - dt.timedelta(days=1), months, seed):
        yield DemoRun(planned, simulate(planned, runner, seed))


def history_zip(today: dt.date, months: int = 18, seed: int = SEED) -> bytes:
    """A ZIP of one FIT file per run; the same arguments give the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for run in history(today, months, seed):
            target.writestr(zipfile.ZipInfo(run.file_name), fit_bytes(run.recording), zipfile.ZIP_DEFLATED, 6)
    return archive.getvalue()
