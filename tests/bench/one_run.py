"""Processor time of a long run: measured from its samples, then analysed in words beside a month of others."""

from __future__ import annotations

import statistics
import time

import numpy as np

from services.coach_agent.domain.models import ActivityDetail
from services.coach_agent.domain.reviews.analysis import analyse
from services.coach_agent.domain.runs.metrics import measure_run
from tests.unit.coach_agent import runs

_SECONDS = 3 * 3600
_ROUNDS = 20
_OTHERS = 28


def analysis_cpu_ms() -> float:
    """A run of three hours at a sample a second, with hills, drift and the noise of a real one; median of rounds."""
    noise = np.random.default_rng(1)
    samples = runs.streams(
        _SECONDS,
        lambda t: 3.0 + 0.2 * np.sin(t / 300) + noise.normal(0, 0.15, len(t)),
        lambda t: 140.0 + t / 900 + noise.normal(0, 2, len(t)),
        altitude=lambda metres: 100.0 + 20 * np.sin(metres / 500),
    )
    detail = ActivityDetail(runs.run(_SECONDS).activity, 40.0, None, (), (), ())
    athlete, others = runs.athlete(), [runs.run(2400) for _ in range(_OTHERS)]
    took = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        analyse(measure_run(detail, samples), athlete, others)
        took.append(time.process_time() - began)
    return statistics.median(took) * 1000
