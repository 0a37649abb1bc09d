"""The table ``plan``: the runner's plans, sealed, at most one of them active."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import asyncpg

from services.coach_agent.domain.plans.models import Plan
from services.coach_agent.domain.plans.ports import StoredPlan
from services.coach_agent.domain.plans.service import NO_PLAN
from services.coach_agent.storage import plan_document
from shared.errors import NotFound
from shared.jobs import NewJob, enqueue_many
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection, Database

ADAPT_PLAN = "adapt_plan"
_ACTIVE = "SELECT version, stamp, document_sealed FROM plan WHERE user_id = $1 AND active"
# A plan whose adaptation failed for good, or got lost, comes round again.
_AGAIN = dt.timedelta(hours=1)
# Earlier plans that are kept; whoever makes one after the other need not fill the disk.
_KEPT = 10


class PostgresPlanStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def active(self, user_id: uuid.UUID) -> StoredPlan | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ACTIVE, user_id)
            return None if row is None else _stored(row, await self._cipher.for_user(connection, user_id))

    async def replace(
        self, user_id: uuid.UUID, make: Callable[[Plan | None], Plan], *, stamp: str, adapt_at: dt.datetime
    ) -> StoredPlan:
        async with self._database.transaction() as connection:
            # A lock by name, because the first plan finds no row that it could lock.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"plan:{user_id}")
            cipher = await self._cipher.for_user(connection, user_id)
            row = await connection.fetchrow(f"{_ACTIVE} FOR UPDATE", user_id)
            plan = make(None if row is None else _stored(row, cipher).plan)
            await _put_away(connection, user_id)
            await connection.execute(
                "INSERT INTO plan (user_id, plan_id, active, first_day, last_day, document_sealed, stamp, adapt_at,"
                " made_at) VALUES ($1, $2, true, $3, $4, $5, $6, $7, $8)",
                user_id, plan.plan_id, plan.first_day, plan.last_day, cipher.encrypt_bytes(plan_document.render(plan)),
                stamp, adapt_at, plan.made_at,
            )  # fmt: skip
            await connection.execute(
                "DELETE FROM plan WHERE user_id = $1 AND NOT active AND plan_id NOT IN (SELECT plan_id FROM plan"
                " WHERE user_id = $1 AND NOT active ORDER BY made_at DESC, plan_id DESC LIMIT $2)",
                user_id, _KEPT,
            )  # fmt: skip
        return StoredPlan(plan, 1, stamp)

    async def change(
        self,
        user_id: uuid.UUID,
        decide: Callable[[Plan], Plan],
        *,
        stamp: str | None = None,
        adapt_at: dt.datetime | None = None,
    ) -> StoredPlan:
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(f"{_ACTIVE} FOR UPDATE", user_id)
            if row is None:
                raise NotFound(NO_PLAN)
            cipher = await self._cipher.for_user(connection, user_id)
            before = _stored(row, cipher)
            after = decide(before.plan)
            changed = after != before.plan
            sealed = cipher.encrypt_bytes(plan_document.render(after)) if changed else row["document_sealed"]
            await connection.execute(
                "UPDATE plan SET document_sealed = $2, stamp = $3, version = version + $4, updated_at = now(),"
                " adapt_at = CASE WHEN $5::timestamptz IS NULL THEN adapt_at WHEN last_day < $5::date - 2 THEN NULL"
                " ELSE $5 END WHERE user_id = $1 AND active",
                user_id, sealed, stamp, int(changed), adapt_at,
            )  # fmt: skip
        return StoredPlan(after, before.version + changed, stamp)

    async def end(self, user_id: uuid.UUID) -> None:
        async with self._database.connection() as connection:
            if not await _put_away(connection, user_id):
                raise NotFound(NO_PLAN)

    async def queue_due(self, now: dt.datetime, *, limit: int) -> int:
        async with self._database.transaction() as connection:
            due = await connection.fetch(
                "UPDATE plan SET adapt_at = $1 + $3::interval WHERE active AND (user_id, plan_id) IN (SELECT user_id,"
                " plan_id FROM plan WHERE active AND adapt_at <= $1 ORDER BY adapt_at LIMIT $2 FOR UPDATE SKIP LOCKED)"
                " RETURNING user_id",
                now, limit, _AGAIN,
            )  # fmt: skip
            await enqueue_many(connection, ADAPT_PLAN, [_adapting(row["user_id"]) for row in due])
        return len(due)

    async def queue(self, user_id: uuid.UUID) -> None:
        async with self._database.transaction() as connection:
            if await connection.fetchval("SELECT true FROM plan WHERE user_id = $1 AND active", user_id):
                await enqueue_many(connection, ADAPT_PLAN, [_adapting(user_id)])


async def _put_away(connection: Connection, user_id: uuid.UUID) -> bool:
    ended = await connection.fetchval(
        "UPDATE plan SET active = false, adapt_at = NULL, updated_at = now() WHERE user_id = $1 AND active"
        " RETURNING true",
        user_id,
    )
    return bool(ended)


def _adapting(user_id: uuid.UUID) -> NewJob:
    return NewJob({"userId": str(user_id)}, f"{ADAPT_PLAN}:{user_id}")


def _stored(row: asyncpg.Record, cipher: UserCipher) -> StoredPlan:
    return StoredPlan(plan_document.parse(cipher.decrypt_bytes(row["document_sealed"])), row["version"], row["stamp"])
