"""The table ``model_usage``: tokens and cost by user, day in UTC and model."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from services.coach_agent.domain.model_costs import DayCost
from services.coach_agent.domain.wording.ports import Use
from shared.clock import Clock
from shared.postgres import Database


class PostgresModelUsage:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def spent_micro_usd(self, user_id: uuid.UUID) -> int:
        async with self._database.connection() as connection:
            spent = await connection.fetchval(
                "SELECT coalesce(sum(cost_micro_usd), 0) FROM model_usage WHERE user_id = $1 AND day = $2",
                user_id, self._today(),
            )  # fmt: skip
        return int(spent)

    async def add(self, user_id: uuid.UUID, use: Use) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO model_usage AS kept (user_id, day, model, requests, input_tokens, output_tokens,"
                " cost_micro_usd) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, day, model) DO UPDATE SET"
                " requests = kept.requests + excluded.requests,"
                " input_tokens = kept.input_tokens + excluded.input_tokens,"
                " output_tokens = kept.output_tokens + excluded.output_tokens,"
                " cost_micro_usd = kept.cost_micro_usd + excluded.cost_micro_usd",
                user_id, self._today(), use.model, use.requests, use.input_tokens, use.output_tokens,
                use.cost_micro_usd,
            )  # fmt: skip

    def _today(self) -> dt.date:
        return self._clock.now().astimezone(dt.UTC).date()

    async def by_day(self, first: dt.date, last: dt.date) -> Sequence[DayCost]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT day, model, count(*) AS users, sum(requests) AS requests, sum(input_tokens) AS input_tokens,"
                " sum(output_tokens) AS output_tokens, sum(cost_micro_usd) AS cost_micro_usd FROM model_usage"
                " WHERE day BETWEEN $1 AND $2 GROUP BY day, model ORDER BY day DESC, model",
                first, last,
            )  # fmt: skip
        return [
            DayCost(
                row["day"], row["model"], row["users"], int(row["requests"]), int(row["input_tokens"]),
                int(row["output_tokens"]), int(row["cost_micro_usd"]),
            )
            for row in rows
        ]  # fmt: skip
