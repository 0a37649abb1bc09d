"""The table ``chart``: which runs a chart draws. The drawing is built from their metrics whenever it is asked for."""

from __future__ import annotations

import uuid

import asyncpg

from services.coach_agent.domain.ports import Chart
from shared.errors import NotFound
from shared.ids import uuid7
from shared.postgres import Database


class PostgresChartStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, user_id: uuid.UUID, kind: str, activity_ids: tuple[uuid.UUID, ...]) -> Chart:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT chart_id, kind, activity_ids FROM chart WHERE user_id = $1 AND kind = $2 AND activity_ids = $3",
                user_id, kind, list(activity_ids),
            )  # fmt: skip
            if row is None:
                # DO UPDATE with the row's own value returns the winner's row when two requests race.
                row = await connection.fetchrow(
                    "INSERT INTO chart (user_id, chart_id, kind, activity_ids) VALUES ($1, $2, $3, $4)"
                    " ON CONFLICT ON CONSTRAINT chart_subject DO UPDATE SET kind = chart.kind"
                    " RETURNING chart_id, kind, activity_ids",
                    user_id, uuid7(), kind, list(activity_ids),
                )  # fmt: skip
        assert row is not None
        return _chart(row)

    async def get(self, user_id: uuid.UUID, chart_id: uuid.UUID) -> Chart:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT chart_id, kind, activity_ids FROM chart WHERE user_id = $1 AND chart_id = $2",
                user_id, chart_id,
            )  # fmt: skip
        if row is None:
            raise NotFound("There is no such chart.")
        return _chart(row)


def _chart(row: asyncpg.Record) -> Chart:
    return Chart(row["chart_id"], row["kind"], tuple(row["activity_ids"]))
