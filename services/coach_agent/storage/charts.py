"""The table ``chart``: what a chart draws. The drawing itself is built from the metrics whenever it is asked for."""

from __future__ import annotations

import uuid

import asyncpg

from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.ports import Chart
from shared.errors import NotFound
from shared.ids import uuid7
from shared.postgres import Database

_COLUMNS = "chart_id, kind, activity_ids, first_day, last_day"


class PostgresChartStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, user_id: uuid.UUID, request: ChartRequest) -> Chart:
        subject = (request.kind, list(request.activity_ids), request.first_day, request.last_day)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_COLUMNS} FROM chart WHERE user_id = $1 AND kind = $2 AND activity_ids = $3"
                " AND first_day IS NOT DISTINCT FROM $4 AND last_day IS NOT DISTINCT FROM $5",
                user_id, *subject,
            )  # fmt: skip
            if row is None:
                # DO UPDATE with the row's own value returns the winner's row when two requests race.
                row = await connection.fetchrow(
                    "INSERT INTO chart (user_id, chart_id, kind, activity_ids, first_day, last_day)"
                    " VALUES ($1, $2, $3, $4, $5, $6)"
                    " ON CONFLICT ON CONSTRAINT chart_subject DO UPDATE SET kind = chart.kind"
                    f" RETURNING {_COLUMNS}",
                    user_id, uuid7(), *subject,
                )  # fmt: skip
        assert row is not None
        return _chart(row)

    async def get(self, user_id: uuid.UUID, chart_id: uuid.UUID) -> Chart:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_COLUMNS} FROM chart WHERE user_id = $1 AND chart_id = $2", user_id, chart_id
            )
        if row is None:
            raise NotFound("There is no such chart.")
        return _chart(row)


def _chart(row: asyncpg.Record) -> Chart:
    return Chart(row["chart_id"], row["kind"], tuple(row["activity_ids"]), row["first_day"], row["last_day"])
