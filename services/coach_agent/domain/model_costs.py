"""What language models cost, for those who pay for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DayCost:
    """One model on one day, over all runners; ``requests`` counts calls, repairs included."""

    day: dt.date
    model: str
    users: int
    requests: int
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int


class CostReader(Protocol):
    async def by_day(self, first: dt.date, last: dt.date) -> Sequence[DayCost]:
        """Newest day first, and by model within a day; both days included."""
        ...
