"""Measured times as percentiles, for a person and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Measure:
    """One kind of request: how long each took (s), how many were not answered as they should, in how much time (s)."""

    name: str
    seconds: Sequence[float]
    errors: int
    lasted_s: float

    def percentile_ms(self, percent: float) -> float:
        return float(np.percentile(self.seconds, percent)) * 1000 if self.seconds else float("nan")

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "requests": len(self.seconds) + self.errors,
            "errors": self.errors,
            "perSecond": round(len(self.seconds) / self.lasted_s, 1),
            "p50Ms": round(self.percentile_ms(50), 1),
            "p95Ms": round(self.percentile_ms(95), 1),
            "p99Ms": round(self.percentile_ms(99), 1),
        }


def print_table(measures: Sequence[Measure]) -> None:
    print(f"{'':30}{'requests':>10}{'errors':>8}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for measure in measures:
        row = measure.as_json()
        figures = f"{row['p50Ms']:>9}{row['p95Ms']:>9}{row['p99Ms']:>9}"
        print(f"{row['name']:30}{row['requests']:>10}{row['errors']:>8}{row['perSecond']:>8}{figures}")
