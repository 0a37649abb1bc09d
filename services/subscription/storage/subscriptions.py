"""The table ``subscription``: one row per runner who was ever given a plan."""

from __future__ import annotations

import uuid

from services.subscription.domain.models import PlanChange
from services.subscription.domain.plans import PlanId
from shared.audit import AuditEntry, AuditLog
from shared.postgres import Connection, Database


class PostgresSubscriptionStore:
    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    async def change(self, change: PlanChange) -> None:
        async with self._database.transaction() as connection:
            await take_turns(connection, change.user_id)
            before = await _plan_of(connection, change.user_id)
            await connection.execute(
                "INSERT INTO subscription (user_id, plan, changed_at) VALUES ($1, $2, $3)"
                " ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, changed_at = excluded.changed_at",
                change.user_id, change.plan_id.value, change.changed_at,
            )  # fmt: skip
            entry = AuditEntry(
                "plan.changed",
                f"admin:{change.changed_by}",
                change.user_id,
                request_id=change.request_id,
                details={"before": before and before.value, "after": change.plan_id.value},
            )
            await self._audit.record(connection, entry)


async def take_turns(connection: Connection, user_id: uuid.UUID) -> None:
    """Until the transaction of ``connection`` ends, no other that asks for this runner goes on.

    A lock on a number rather than on a row, because most runners have no row. Two runners whose numbers collide only
    wait for each other.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", user_id)


async def _plan_of(connection: Connection, user_id: uuid.UUID) -> PlanId | None:
    plan = await connection.fetchval("SELECT plan FROM subscription WHERE user_id = $1", user_id)
    return None if plan is None else PlanId(plan)
