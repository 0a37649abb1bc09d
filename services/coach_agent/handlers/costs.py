"""What language models cost, for administrators."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from aiohttp import web
from pydantic import Field

from services.coach_agent.domain.model_costs import CostReader, DayCost
from shared.clock import Clock
from shared.errors import ValidationFailed
from shared.http.parsing import ApiModel
from shared.http.rendering import json_response
from shared.http.routing import Access, Route

_USUAL_DAYS = 30
_MOST_DAYS = 366


class CostsQuery(ApiModel):
    """Days, both included; the last 30 where none are named."""

    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None


class DayCostAnswer(ApiModel):
    """One model on one day. ``requests`` are calls to the provider, repairs included."""

    day: dt.date
    model: str
    users: int
    requests: int
    input_tokens: int
    output_tokens: int
    cost_usd: float

    @classmethod
    def of(cls, cost: DayCost) -> DayCostAnswer:
        return cls(
            day=cost.day,
            model=cost.model,
            users=cost.users,
            requests=cost.requests,
            input_tokens=cost.input_tokens,
            output_tokens=cost.output_tokens,
            cost_usd=cost.cost_micro_usd / 1e6,
        )


class CostsAnswer(ApiModel):
    """Newest day first; ``costUsd`` is the sum of all items."""

    from_: dt.date = Field(alias="from")
    to: dt.date
    cost_usd: float
    items: list[DayCostAnswer]


@dataclass(frozen=True, slots=True)
class CostHandlers:
    costs: CostReader
    clock: Clock

    async def show_costs(self, _: web.Request, query: CostsQuery) -> web.Response:
        """What language models cost by day and model."""
        first, last = _span(query, self.clock.now().date())
        found = await self.costs.by_day(first, last)
        total = sum(cost.cost_micro_usd for cost in found) / 1e6
        items = [DayCostAnswer.of(cost) for cost in found]
        return json_response(CostsAnswer(from_=first, to=last, cost_usd=total, items=items))


def _span(query: CostsQuery, today: dt.date) -> tuple[dt.date, dt.date]:
    """Raises ValidationFailed for days in the wrong order or too many of them."""
    last = query.to or today
    first = query.from_ or last - dt.timedelta(days=min(_USUAL_DAYS - 1, last.toordinal() - 1))
    if not 0 <= (last - first).days < _MOST_DAYS:
        raise ValidationFailed(
            "from and to are not in order, or more than a year apart.",
            details=[{"field": "from", "issue": "must be at most a year before to"}],
        )
    return first, last


def cost_routes(costs: CostHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path="/api/v1/admin/costs", handler=costs.show_costs, access=Access.ADMIN, tag="Admin",
            query=CostsQuery, returns=CostsAnswer,
        ),
    ]  # fmt: skip
