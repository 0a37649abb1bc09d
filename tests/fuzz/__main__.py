"""``python -m tests.fuzz``: ten thousand generated and mutated FIT files, each read by us and by fitdecode, and half as
many of every other kind.

Prints the figures as JSON and ends with 1 where a value differs, or where a file takes more than two seconds or all of
them more than 256 MiB. What broke is named by its number: ``--first N --files 1`` makes it again.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
import warnings
from collections import Counter

from tests.fuzz.reading import read_anything
from tests.support.builders import build_fit, build_gpx, build_tcx
from tests.support.builders_damage import gzipped
from tests.support.builders_zip import zip_of
from tests.support.fit_comparison import compare
from tests.support.random_files import mutated, random_fit
from tests.support.recordings import recordings

_LONGEST_S = 2.0
_MOST_MIB = 256
# A reference that takes a quarter of a second for an hour's run is asked about large files only now and then.
_SMALL, _LARGE_EACH = 30_000, 50


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--files", type=int, default=15_000)
    options.add_argument("--first", type=int, default=0)
    chosen = options.parse_args()
    warnings.simplefilter("error")
    figures = run(chosen.first, chosen.files)
    print(json.dumps(figures, indent=2))
    sys.exit(bool(figures["failures"]))


def run(first: int, count: int) -> dict[str, object]:
    small, large, others = _originals()
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    values, complete, slowest = 0, 0, 0.0
    before = _resident_mib()
    for number in range(first, first + count):
        rng = random.Random(number)
        # Two of FIT, then one of anything: TCX, GPX, and what they are packed in.
        if number % 3 == 2:
            data = mutated(rng.choice(others), rng)
        else:
            data = _fit(number, rng, small, large)
            found = compare(data)
            values, complete = values + found.values, complete + found.complete
            failures += [f"{number}: {difference}" for difference in found.differences[:3]]
        began = time.process_time()
        try:
            outcomes[read_anything(data)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            failures.append(f"{number}: {type(error).__name__}: {error}")
        took = time.process_time() - began
        slowest = max(slowest, took)
        if took > _LONGEST_S:
            failures.append(f"{number}: {took:.1f} s")
    grown = _resident_mib() - before
    if grown > _MOST_MIB:
        failures.append(f"{grown:.0f} MiB")
    return {
        "files": count,
        "outcomes": dict(outcomes),
        "readByFitdecodeToTheEnd": complete,
        "valuesEqual": values,
        "slowestS": round(slowest, 3),
        "memoryGrownMib": round(grown),
        "failures": failures[:50],
    }


def _originals() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Small and large FIT files, and files of every other kind; the real ones where they are at hand."""
    real = [path.read_bytes() for path in recordings() if path.suffix == ".fit"]
    made = [build_fit(duration_s=120, lap_every_s=60), build_fit(duration_s=60, pauses=((30, 60),))]
    tcx, gpx = build_tcx(duration_s=60, lap_every_s=30), build_gpx(duration_s=60)
    nested = zip_of({"a.fit": made[0], "b/c.tcx": tcx, "d.zip": zip_of({"e.gpx": gpx, "f.fit.gz": gzipped(made[1])})})
    others = [tcx, gpx, gzipped(made[0]), gzipped(gpx), nested]
    small = [data for data in real if len(data) < _SMALL]
    large = [data for data in real if len(data) >= _SMALL]
    return [*small, *made], large or made, others


def _fit(number: int, rng: random.Random, small: list[bytes], large: list[bytes]) -> bytes:
    if number % 3 == 0:
        return random_fit(rng)
    return mutated(rng.choice(large if rng.randrange(_LARGE_EACH) == 0 else small), rng)


def _resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
