"""Every value of every message that we read equals fitdecode's: on real files, on mutated and on random ones.

``make fuzz-files`` does the same with ten thousand.
"""

import random

import numpy as np
import pytest

from tests.fuzz.reading import read_anything
from tests.support.builders import ShortRun, build_fit, build_multisport_fit
from tests.support.builders_other import monitoring_fit
from tests.support.fit_comparison import Comparison, compare
from tests.support.random_files import mutated, random_fit
from tests.support.recordings import FOLDER, recordings

REAL = [path for path in recordings() if path.suffix == ".fit"]
SMALL = [path for path in REAL if path.stat().st_size < 6000]


@pytest.mark.real_data
@pytest.mark.skipif(not REAL, reason=f"no recordings at {FOLDER} (PACE42_REAL_DATA)")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem[:40])
def test_real_files(path):
    found = compare(path.read_bytes())
    assert found.differences == []
    assert found.values > 0


def test_generated_runs():
    ride = ShortRun(sport="cycling", start=ShortRun().start.replace(hour=9), duration_s=600, pace_s_per_km=120)
    for data in (build_fit(duration_s=600, pauses=((300, 60),)), build_multisport_fit(ShortRun(), ride)):
        found = compare(data + monitoring_fit())
        assert found.complete
        assert found.differences == []
        assert found.values > 1000


@pytest.mark.parametrize("seed", range(4))
def test_mutated_files(seed):
    rng = random.Random(seed)
    originals = [build_fit(duration_s=60, lap_every_s=30), *(path.read_bytes() for path in SMALL)]
    for _ in range(25):
        _check(mutated(rng.choice(originals), rng))


@pytest.mark.parametrize("seed", range(4))
def test_random_files(seed):
    rng = random.Random(seed)
    for _ in range(25):
        _check(random_fit(rng))


def test_a_difference_is_found():
    found = Comparison(complete=True)
    found.equal("same", [1.0, np.nan], [1.0, np.nan])
    found.equal("shorter", [1.0], [1.0, 2.0])
    found.equal("other", [1.0, 2.0], [1.0, 2.5])
    assert found.differences == ["shorter: 1 values, not 2", "other[1]: 2.0, not 2.5"]


def _check(data):
    assert compare(data).differences == []
    read_anything(data)
