"""The tables ``run_metrics``, ``deleted_activity`` and ``data_version``.

A run's name is not kept here: it is personal, and whoever asks about the run has it from its owner's list.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.storage import metrics_row, unmeasured
from shared.postgres import Connection, Database

_COLUMNS = "activity_id, activity_version, formula_version, figures, histogram, trace"


class PostgresRunMetricsStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, user_id: uuid.UUID, activity_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, RunMetrics]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_COLUMNS} FROM run_metrics WHERE user_id = $1 AND activity_id = ANY($2)",
                user_id, list(activity_ids),
            )  # fmt: skip
        parsed = {row["activity_id"]: metrics_row.parse(row) for row in rows}
        return {activity_id: metrics for activity_id, metrics in parsed.items() if metrics is not None}

    async def keep(self, user_id: uuid.UUID, metrics: RunMetrics) -> None:
        row = {"user_id": user_id, **metrics_row.render(metrics)}
        async with self._database.transaction() as connection:
            await _take_turns(connection, metrics.activity_id)
            changed = await connection.fetchval(_keep_statement(tuple(row)), *row.values())
            await unmeasured.settle(connection, user_id, metrics.activity_id, metrics.activity.version)
            if changed:
                await _touch(connection, user_id)

    async def settle(self, user_id: uuid.UUID, activity_id: uuid.UUID, version: int) -> None:
        """An activity up to this version is not waited for any more."""
        async with self._database.connection() as connection:
            await unmeasured.settle(connection, user_id, activity_id, version)

    async def data_version(self, user_id: uuid.UUID) -> int:
        async with self._database.connection() as connection:
            version = await connection.fetchval("SELECT version FROM data_version WHERE user_id = $1", user_id)
        return int(version or 0)


def _keep_statement(names: Sequence[str]) -> str:
    """Parameters are the columns ``names``, the first three of them user_id, activity_id and activity_version."""
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[2:])
    return (
        f"INSERT INTO run_metrics ({', '.join(names)}) SELECT {places} WHERE NOT EXISTS"
        " (SELECT 1 FROM deleted_activity WHERE user_id = $1 AND activity_id = $2 AND version >= $3)"
        f" ON CONFLICT (user_id, activity_id) DO UPDATE SET {changes}, measured_at = now()"
        " WHERE run_metrics.activity_version <= excluded.activity_version RETURNING true"
    )


async def forget(connection: Connection, user_id: uuid.UUID, activity_id: uuid.UUID, version: int) -> None:
    """Remove an activity's metrics and remember its deletion, so that no late measurement brings them back."""
    await _take_turns(connection, activity_id)
    await connection.execute(
        "INSERT INTO deleted_activity (user_id, activity_id, version) VALUES ($1, $2, $3)"
        " ON CONFLICT (user_id, activity_id) DO UPDATE SET version = greatest(deleted_activity.version, $3)",
        user_id, activity_id, version,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM run_metrics WHERE user_id = $1 AND activity_id = $2 AND activity_version <= $3",
        user_id, activity_id, version,
    )  # fmt: skip
    await connection.execute("DELETE FROM run_reading WHERE user_id = $1 AND activity_id = $2", user_id, activity_id)
    await unmeasured.settle(connection, user_id, activity_id, version)
    await _touch(connection, user_id)


async def _take_turns(connection: Connection, activity_id: uuid.UUID) -> None:
    """Measuring and forgetting one activity wait for each other until commit; a snapshot alone would miss the other."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(activity_id))


async def _touch(connection: Connection, user_id: uuid.UUID) -> None:
    await connection.execute(
        "INSERT INTO data_version (user_id, version) VALUES ($1, 1)"
        " ON CONFLICT (user_id) DO UPDATE SET version = data_version.version + 1",
        user_id,
    )
