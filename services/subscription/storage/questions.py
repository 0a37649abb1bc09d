"""The table ``question``: one row per question of a runner, kept as long as somebody may still ask about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.subscription.domain.models import Outcome, Reservation, Standing
from services.subscription.domain.plans import PlanId
from services.subscription.storage.subscriptions import take_turns
from shared.postgres import Connection, Database

# Nothing reads a day that is over but a settlement that comes late; a week is plenty for that.
_KEPT_FOR = timedelta(days=7)
_COUNTS = "(state = 'answered' OR (state = 'reserved' AND reserved_at >= $3))"


class PostgresQuestionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, reservation: Reservation, *, live_since: datetime, admit: Callable[[Standing], None]
    ) -> Standing:
        user_id, local_date = reservation.user_id, reservation.local_date
        async with self._database.transaction() as connection:
            await take_turns(connection, user_id)
            counts_already = await connection.fetchval(
                f"SELECT true FROM question WHERE user_id = $1 AND question_id = $2 AND {_COUNTS}",
                user_id, reservation.question_id, live_since,
            )  # fmt: skip
            standing = await _standing(connection, user_id, local_date, live_since)
            if counts_already:
                return standing
            admit(standing)
            await _insert(connection, reservation)
            return replace(standing, used=standing.used + 1)

    async def settle(self, user_id: uuid.UUID, question_id: uuid.UUID, outcome: Outcome) -> bool:
        async with self._database.connection() as connection:
            known = await connection.fetchval(
                "UPDATE question SET state = CASE state WHEN 'reserved' THEN $3 ELSE state END"
                " WHERE user_id = $1 AND question_id = $2 RETURNING true",
                user_id, question_id, outcome,
            )  # fmt: skip
        return bool(known)

    async def standing(self, user_id: uuid.UUID, local_date: date, *, live_since: datetime) -> Standing:
        async with self._database.connection() as connection:
            return await _standing(connection, user_id, local_date, live_since)


async def _insert(connection: Connection, reservation: Reservation) -> None:
    """Store the reservation, anew where an earlier one of the same question failed or lapsed; sweep old days."""
    await connection.execute(
        "INSERT INTO question (user_id, question_id, local_date, reserved_at, state)"
        " VALUES ($1, $2, $3, $4, 'reserved')"
        " ON CONFLICT (user_id, question_id) DO UPDATE"
        " SET local_date = excluded.local_date, reserved_at = excluded.reserved_at, state = excluded.state",
        reservation.user_id, reservation.question_id, reservation.local_date, reservation.reserved_at,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM question WHERE user_id = $1 AND local_date < $2",
        reservation.user_id, reservation.local_date - _KEPT_FOR,
    )  # fmt: skip


async def _standing(connection: Connection, user_id: uuid.UUID, local_date: date, live_since: datetime) -> Standing:
    row = await connection.fetchrow(
        "SELECT (SELECT plan FROM subscription WHERE user_id = $1) AS plan, count(*) AS used"
        f" FROM question WHERE user_id = $1 AND local_date = $2 AND {_COUNTS}",
        user_id, local_date, live_since,
    )  # fmt: skip
    assert row is not None, "a count has a row"
    return Standing(None if row["plan"] is None else PlanId(row["plan"]), row["used"])
