"""The table ``run_reading``: the inputs and figures of a run as last shown, and as they were before they moved."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from services.coach_agent.domain.runs.explanation import KeptReading
from shared.postgres import Database, from_jsonb, to_jsonb


class PostgresReadingStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, user_id: uuid.UUID, activity_id: uuid.UUID, now: KeptReading) -> KeptReading | None:
        async with self._database.connection() as connection:
            # An input that drifts without moving any figure is not worth a word, and must not push out what was.
            earlier = await connection.fetchval(
                "INSERT INTO run_reading AS kept (user_id, activity_id, inputs, figures) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (user_id, activity_id) DO UPDATE SET"
                " earlier = CASE WHEN kept.figures = excluded.figures THEN kept.earlier"
                " ELSE jsonb_build_object('inputs', kept.inputs, 'figures', kept.figures) END,"
                " inputs = excluded.inputs, figures = excluded.figures, read_at = now()"
                " RETURNING kept.earlier",
                user_id, activity_id, to_jsonb(dict(now.inputs)), to_jsonb(dict(now.figures)),
            )  # fmt: skip
        return None if earlier is None else _reading(from_jsonb(earlier))


def _reading(stored: dict[str, Any]) -> KeptReading:
    return KeptReading(**{field.name: stored[field.name] for field in dataclasses.fields(KeptReading)})
