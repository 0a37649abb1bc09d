"""Metrics in ``run_metrics`` that an older formula made: measured again in the background, a few at a time."""

from __future__ import annotations

from services.coach_agent.domain.runs.metrics import FORMULA_VERSION
from services.coach_agent.storage.events import IN_BULK, MEASURE_ACTIVITY, measuring
from shared.jobs import enqueue_many
from shared.postgres import Database


async def queue_outdated(database: Database, *, limit: int) -> None:
    """Queue the measuring of at most ``limit`` activities, those left alone the longest first.

    One that was queued is left alone for an hour, so that an activity that cannot be measured does not fill the queue.
    """
    async with database.transaction() as connection:
        rows = await connection.fetch(
            "UPDATE run_metrics SET measured_at = now() WHERE (user_id, activity_id) IN"
            " (SELECT user_id, activity_id FROM run_metrics"
            " WHERE formula_version < $1 AND measured_at < now() - interval '1 hour'"
            " ORDER BY measured_at LIMIT $2 FOR UPDATE SKIP LOCKED)"
            " RETURNING user_id, activity_id, activity_version",
            FORMULA_VERSION, limit,
        )  # fmt: skip
        jobs = [measuring(row["user_id"], row["activity_id"], row["activity_version"]) for row in rows]
        await enqueue_many(connection, MEASURE_ACTIVITY, jobs, priority=IN_BULK)
