"""``python -m tests.bench.decode``: CPU per run of our decoder against fitdecode, on the same files.

Ours goes all the way to the activity: decoded, repaired, with totals, splits and best efforts. The usual way reads each
message with fitdecode and makes a row of each sample, with laps and sessions beside them, and stops there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import fitdecode

from services.garmin_ingest.domain.fit.reader import read_fit
from services.garmin_ingest.domain.read_file import read_file
from tests.support.builders import build_fit
from tests.support.recordings import recordings

_NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
_ZONE = ZoneInfo("Europe/Berlin")
# Shorter files measure the start of the decoder.
_SMALLEST = 50_000
_ROUNDS = 7
_KEPT = frozenset({"record", "lap", "session", "event"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """Milliseconds of CPU for one file."""

    name: str
    size: int
    decode_ms: float
    whole_ms: float
    fitdecode_ms: float

    @property
    def ratio(self) -> float:
        return self.fitdecode_ms / self.whole_ms


def measure(rounds: int = _ROUNDS) -> list[Decoded]:
    """A generated hour at one sample a second, and the real recordings where they are at hand."""
    files = {"generated hour": build_fit(duration_s=3600, lap_every_s=330)}
    real = {path.stem: path.read_bytes() for path in recordings() if path.suffix == ".fit"}
    files |= {name: data for name, data in real.items() if len(data) >= _SMALLEST}
    return [_decoded(name, data, rounds) for name, data in files.items()]


def _decoded(name: str, data: bytes, rounds: int) -> Decoded:
    return Decoded(
        name,
        len(data),
        _cpu_ms(lambda: read_fit(data), rounds),
        _cpu_ms(lambda: read_file(data, _ZONE, _NOW), rounds),
        _cpu_ms(lambda: _usual_way(data), 1),
    )


def _usual_way(data: bytes) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    with fitdecode.FitReader(io.BytesIO(data), error_handling=fitdecode.ErrorHandling.IGNORE) as frames:
        messages = (frame for frame in frames if isinstance(frame, fitdecode.FitDataMessage))
        # It gives up on a damaged file; what it read until then is its due.
        with contextlib.suppress(fitdecode.FitError):
            for message in messages:
                if message.name in _KEPT:
                    rows += [{field.name: field.value for field in message.fields}]
    return rows


def _cpu_ms(work: Callable[[], object], rounds: int) -> float:
    """The least of several rounds: what else runs on the machine only adds."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return 1000 * min(found)


def main() -> None:
    found = measure()
    print("| file | bytes | decode, ms | decode and build, ms | fitdecode and rows, ms | ratio |")
    print("|---|---|---|---|---|---|")
    for one in found:
        print(
            f"| {one.name[:40]} | {one.size} | {one.decode_ms:.2f} | {one.whole_ms:.2f} | {one.fitdecode_ms:.0f} "
            f"| {one.ratio:.0f} |"
        )
    ratio = sum(one.fitdecode_ms for one in found) / sum(one.whole_ms for one in found)
    print(f"\nAll files together: {ratio:.0f} times less CPU than fitdecode and rows.")


if __name__ == "__main__":
    main()
