"""A runner with years of runs: how long the coach needs to measure them, and to answer about all of them."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import Any

from services.coach_agent.domain.fitness.state import state_on
from tests.bench.export import LAST_DAY
from tests.bench.load import Runner
from tests.bench.report import Measure
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.fitness.histories import Done, history

_POLL_S = 1.0
_ROUNDS = 20
TEN_YEARS_DAYS = 3650


@dataclass(frozen=True)
class Years:
    """``measured_s`` is from the end of the import until nothing was pending; ``anew_ms`` after a change of profile."""

    runs: int
    measured_s: float
    first_ms: float
    anew_ms: float
    bytes: int

    def as_json(self) -> dict[str, Any]:
        return {
            "runs": self.runs,
            "measuredAfterImportS": round(self.measured_s, 1),
            "firstFitnessMs": round(self.first_ms, 1),
            "fitnessAnewMs": round(self.anew_ms, 1),
            "fitnessBytes": self.bytes,
        }


async def until_measured(runner: Runner, count: int) -> Years:
    """Wait until all ``count`` runs of an import count; then ask for all their days once."""
    began = time.monotonic()
    while True:
        fitness = await runner.fitness(LAST_DAY, days=1)
        if fitness["pending"] == 0 and fitness["runs"] >= count:
            break
        await asyncio.sleep(_POLL_S)
    measured_s = time.monotonic() - began
    first_ms, size = await _timed(runner, count)
    await runner.change_athlete({"maxHeartRateBpm": 191})
    anew_ms, _ = await _timed(runner, count)
    return Years(count, measured_s, first_ms, anew_ms, size)


async def _timed(runner: Runner, count: int) -> tuple[float, int]:
    began = time.monotonic()
    size = await runner.fitness_bytes(LAST_DAY, days=count)
    return (time.monotonic() - began) * 1000, size


async def questions_about_years(runner: Runner, count: int, seconds: float) -> list[Measure]:
    async def all_days() -> bool:
        return await runner.fitness_bytes(LAST_DAY, days=count) > 0

    return [
        await runner.concurrently(f"fitness of {count} runs", all_days, workers=1, seconds=seconds),
        await runner.concurrently(f"fitness of {count}, 5 at once", all_days, workers=5, seconds=seconds),
        await runner.concurrently(f"chat with {count} runs", runner.ask, workers=1, seconds=seconds),
        await runner.concurrently(f"any question, {count} runs", runner.ask_anything, workers=1, seconds=seconds),
    ]


def fitness_cpu_ms() -> float:
    """Processor time of everything that is computed of ten years of daily runs, the median of some rounds."""
    done = [Done(ago, bpm=120 + ago % 60, best_times_s={5000: 1400 + ago % 97}) for ago in range(TEN_YEARS_DAYS)]
    past, athlete = history(*done), runs.athlete()
    took = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        state_on(runs.TODAY, past, athlete)
        took.append(time.process_time() - began)
    return statistics.median(took) * 1000
