"""``python -m tests.bench``: start a stack on a folder of its own, measure, print a table, write JSON, stop."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from tests.bench.bulk import import_export
from tests.bench.cost import compare
from tests.bench.export import export, runs
from tests.bench.load import Runner
from tests.bench.memory import resident_bytes
from tests.bench.one_run import analysis_cpu_ms
from tests.bench.plans import plan_cpu_ms
from tests.bench.report import Measure, print_table
from tests.bench.years import fitness_cpu_ms, questions_about_years, until_measured
from tests.support.postgres import PostgresForTests
from tests.support.stack import Stack

# The load is one client in a hurry, so limits and the daily questions must not be what is measured.
_COMPARED = 24
_SETTINGS = {"PACE42_LIMITS_SCALE": "100000", "PACE42_FREE_QUESTIONS_PER_DAY": "1000000"}


async def compare_with_rows() -> dict[str, Any]:
    """What a run costs against a row per sample, in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="pace42-bench-") as folder:
        server = PostgresForTests(Path(folder))
        server.start()
        try:
            connection = await asyncpg.connect(server.create())
            try:
                return await compare(connection, [content for _, content in runs(_COMPARED)])
            finally:
                await connection.close()
        finally:
            server.stop()


async def import_all(stack: Stack, count: int, seconds: float) -> tuple[dict[str, Any], list[Measure]]:
    """The import of an account export of ``count`` runs by a new runner, and what they are answered about them."""
    path = export(count)
    timeout = aiohttp.ClientTimeout(total=3600)
    async with Runner.open(stack.url, timeout=timeout) as runner:
        imported = await import_export(stack, runner.session, path, count)
        years = await until_measured(runner, count)
        measures = await questions_about_years(runner, count, seconds / 3) if seconds else []
    return imported.as_json() | years.as_json(), measures


async def measure(stack: Stack, seconds: float) -> list[Measure]:
    """Every measure that needs a running stack; ``seconds`` is how long each load lasts."""
    async with Runner.open(stack.url) as runner:
        measures = [await runner.imports(40), await runner.questions(60)]
        measures.append(await runner.at_rate("health, 25 a second", "/health", rate=25, seconds=seconds))
        measures.append(await runner.concurrently("chat, 5 at once", runner.ask, workers=5, seconds=seconds))
        measures.append(await runner.concurrently("list, 10 at once", runner.list_runs, workers=10, seconds=seconds))
    return measures


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="pace42-bench-") as folder:
        stack = Stack(Path(folder) / "data", _SETTINGS)
        try:
            ready_s = stack.start()
            idle_bytes = resident_bytes(stack)
            bulk: dict[str, Any] | None = None
            measures: list[Measure] = []
            if arguments.runs:
                bulk, measures = asyncio.run(import_all(stack, arguments.runs, arguments.seconds))
            measures += asyncio.run(measure(stack, arguments.seconds)) if arguments.seconds else []
            busy_bytes = resident_bytes(stack)
            stack.stop()
        finally:
            stack.kill()
    result = {
        "measuredAt": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "readyS": round(ready_s, 1),
        "residentIdleMiB": round(idle_bytes / 2**20),
        "residentAfterLoadMiB": round(busy_bytes / 2**20),
        "againstRows": asyncio.run(compare_with_rows()),
        "accountExport": bulk,
        "analysisOfThreeHoursCpuMs": round(analysis_cpu_ms(), 2),
        "fitnessOfTenYearsCpuMs": round(fitness_cpu_ms(), 2),
        "planCpuMs": plan_cpu_ms(),
        "measures": [measure.as_json() for measure in measures],
    }
    print(f"ready after {ready_s:.1f} s · resident {result['residentIdleMiB']} MiB idle, ", end="")
    print(f"{result['residentAfterLoadMiB']} MiB after load (proportional set size)\n")
    print_table(measures)
    for title in ("againstRows", "accountExport", "analysisOfThreeHoursCpuMs", "fitnessOfTenYearsCpuMs", "planCpuMs"):
        print(f"\n{title}: {json.dumps(result[title])}")
    arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nwritten to {arguments.json}")
    return 1 if any(measure.errors for measure in measures) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each load lasts (60); 0 leaves them out")
    parser.add_argument("--runs", type=int, default=3650, help="runs of the account export (3650); 0 leaves it out")
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    parser.add_argument("--json", type=Path, default=Path(f"bench-{stamp}.json"), help="where the figures go")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
