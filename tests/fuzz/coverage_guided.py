"""``python -m tests.fuzz.coverage_guided``: atheris looks for bytes that break the reader, guided by what it reaches.

Options are libFuzzer's (``-max_total_time=120``, ``-seed=1``). It begins with files of every kind that are small enough
to be turned over quickly. The first byte of an input chooses whether the rest comes bare, in .gz or in a ZIP.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from pathlib import Path

import atheris

_SECONDS = 120
_LONGEST_S = 2.0
_LARGEST = 20_000


def main() -> None:
    # Only what is imported in here is followed by the fuzzer: our readers, and nothing that they stand on.
    with atheris.instrument_imports(include=["services.garmin_ingest.domain"]):
        from tests.fuzz import reading
    from tests.support.builders_damage import gzipped
    from tests.support.builders_zip import zip_of

    warnings.simplefilter("error")

    def one_input(data: bytes) -> None:
        began = time.process_time()
        match data[:1]:
            case b"\x01":
                reading.read_anything(gzipped(data[1:]))
            case b"\x02":
                reading.read_anything(zip_of({"a.fit": data[1:], "b/c.zip": zip_of({"d.gpx": data[1:]})}))
            case b"\x03":
                reading.read_anything(data[1:])
            case _:
                reading.read_anything(data)
        assert time.process_time() - began < _LONGEST_S, "it takes too long"

    with tempfile.TemporaryDirectory() as folder:
        _write_seeds(Path(folder))
        options = [f"-max_total_time={_SECONDS}", f"-max_len={_LARGEST}", "-rss_limit_mb=1024", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], folder], one_input)
        atheris.Fuzz()


def _write_seeds(folder: Path) -> None:
    import random

    from tests.support.builders import build_fit, build_gpx, build_tcx
    from tests.support.builders_other import settings_fit, workout_fit
    from tests.support.random_files import random_fit
    from tests.support.recordings import recordings

    made = [build_fit(duration_s=30), build_gpx(duration_s=10), build_tcx(duration_s=10), settings_fit(), workout_fit()]
    made += [random_fit(random.Random(seed)) for seed in range(20)]
    made += [path.read_bytes() for path in recordings() if path.stat().st_size < _LARGEST]
    for number, data in enumerate(made):
        (folder / f"{number}").write_bytes(data)
        (folder / f"{number}-packed").write_bytes(bytes([1 + number % 3]) + data)


if __name__ == "__main__":
    main()
