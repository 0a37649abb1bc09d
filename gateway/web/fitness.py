"""Where am I heading? Load, fitness, fatigue and form over a range, weeks, predictions and records."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.fitness_view import FitnessView
from gateway.web.runs import measures_of
from gateway.web.visit import Visit
from shared.errors import ServiceError
from shared.http.envelope import STATUS_OF_KIND

FITNESS = "/api/v1/fitness"
# What a runner chooses from, and the days up to today that it means.
RANGES: Mapping[str, tuple[str, int]] = {
    "6w": ("6 weeks", 42),
    "12w": ("12 weeks", 84),
    "6m": ("6 months", 183),
    "1y": ("1 year", 366),
    "all": ("10 years", 3653),
}
_USUAL = "12w"


@dataclass(frozen=True, slots=True)
class Asked:
    """The days that the page is asked for, as typed; ``chosen`` is one of RANGES, or empty for days of one's own."""

    chosen: str
    first: str
    last: str

    @classmethod
    def by(cls, query: Mapping[str, str], today: dt.date) -> Asked:
        if "from" in query or "to" in query:
            return cls("", query.get("from", ""), query.get("to", ""))
        chosen = query.get("range", _USUAL)
        return cls.chosen_range(chosen if chosen in RANGES else _USUAL, today)

    @classmethod
    def chosen_range(cls, chosen: str, today: dt.date) -> Asked:
        days = RANGES[chosen][1]
        return cls(chosen, (today - dt.timedelta(days=days - 1)).isoformat(), today.isoformat())

    @property
    def query(self) -> dict[str, str]:
        return {name: day for name, day in (("from", self.first), ("to", self.last)) if day}


async def show_fitness(visit: Visit) -> web.Response:
    """Days that are refused leave the usual ones on the page, with what is wrong said at the form."""
    asked = Asked.by(visit.request.query, visit.moments.today)
    error: ServiceError | None = None
    try:
        body, units = await asyncio.gather(_fitness(visit, asked), measures_of(visit))
    except ServiceError as refused:
        if asked.chosen or STATUS_OF_KIND[refused.kind] >= 500:
            raise
        error = refused
        usual = Asked.chosen_range(_USUAL, visit.moments.today)
        body, units = await asyncio.gather(_fitness(visit, usual), measures_of(visit))
    return visit.render(
        "fitness.html",
        status=200 if error is None else STATUS_OF_KIND[error.kind],
        fitness=FitnessView.of(body, units, visit.moments),
        units=units,
        asked=asked,
        ranges=[(name, words) for name, (words, _) in RANGES.items()],
        problem=None if error is None else visit.problem(error),
    )


async def _fitness(visit: Visit, asked: Asked) -> Any:
    return await visit.get("coach_agent", FITNESS, charts="true", **asked.query)
