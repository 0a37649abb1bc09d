"""Audit records: who did what to whom, written in the transaction of the deed, so that neither exists alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shared.postgres import Connection, to_jsonb


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """``action`` is a stable word such as ``session.created``; ``details`` are JSON values without personal text."""

    action: str
    actor: str
    user_id: uuid.UUID | None = None
    request_id: str | None = None
    details: Mapping[str, str | int | bool | None] = field(default_factory=dict)


class AuditLog(Protocol):
    async def record(self, connection: Connection, entry: AuditEntry) -> None:
        """Write ``entry`` within the transaction of ``connection``. No record, no action: a failure undoes both."""
        ...


class PostgresAuditLog:
    """Records in the service's own ``audit_record`` table, which its role may only append to and read."""

    async def record(self, connection: Connection, entry: AuditEntry) -> None:
        await connection.execute(
            "INSERT INTO audit_record (action, actor, user_id, request_id, details) VALUES ($1, $2, $3, $4, $5)",
            entry.action, entry.actor, entry.user_id, entry.request_id, to_jsonb(dict(entry.details)),
        )  # fmt: skip
