"""The table ``account``. E-mail and name are encrypted; the e-mail's keyed hash finds the row and keeps it unique."""

from __future__ import annotations

import uuid

import asyncpg

from services.auth.domain.errors import EmailTaken
from services.auth.domain.models import Account, ProfileChange, Session
from services.auth.storage import feed, sessions
from shared.audit import AuditEntry, AuditLog
from shared.personal import FieldCipher
from shared.postgres import Connection, Database

_COLUMNS = "user_id, email_sealed, display_name_sealed, zone, roles, created_at, password_hash"


class PostgresAccountStore:
    def __init__(self, database: Database, cipher: FieldCipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit

    async def create(self, account: Account, session: Session) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, account.user_id)
            name = account.display_name
            try:
                await connection.execute(
                    "INSERT INTO account (user_id, email_hash, email_sealed, display_name_sealed, zone, roles,"
                    " created_at, password_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    account.user_id, self._cipher.keyed_hash(account.email), cipher.encrypt(account.email),
                    None if name is None else cipher.encrypt(name), account.zone, sorted(account.roles),
                    account.created_at, account.password_hash,
                )  # fmt: skip
            except asyncpg.UniqueViolationError:
                raise EmailTaken from None
            await sessions.insert(connection, session, cipher)
            await self._audit.record(connection, AuditEntry("account.created", "user", account.user_id))

    async def by_email(self, email: str) -> Account | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_COLUMNS} FROM account WHERE email_hash = $1",
                self._cipher.keyed_hash(email),
            )
            return await self._account(connection, row)

    async def by_id(self, user_id: uuid.UUID) -> Account | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_COLUMNS} FROM account WHERE user_id = $1",
                user_id,
            )
            return await self._account(connection, row)

    async def change(self, user_id: uuid.UUID, change: ProfileChange) -> Account | None:
        async with self._database.transaction() as connection:
            if not await connection.fetchval("SELECT true FROM account WHERE user_id = $1 FOR UPDATE", user_id):
                return None
            cipher = await self._cipher.for_user(connection, user_id)
            name = None if change.display_name is None else cipher.encrypt(change.display_name)
            row = await connection.fetchrow(
                "UPDATE account SET display_name_sealed = coalesce($2, display_name_sealed), zone = coalesce($3, zone)"
                f" WHERE user_id = $1 RETURNING {_COLUMNS}",
                user_id, name, change.zone,
            )  # fmt: skip
            account = await self._account(connection, row)
            if account is not None and change.zone is not None:
                await feed.append_claims(connection, account)
            return account

    async def grant(self, user_id: uuid.UUID, role: str) -> None:
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(
                "UPDATE account SET roles = array(SELECT DISTINCT unnest(roles || $2::text))"
                f" WHERE user_id = $1 RETURNING {_COLUMNS}",
                user_id, role,
            )  # fmt: skip
            account = await self._account(connection, row)
            if account is not None:
                await feed.append_claims(connection, account)
                entry = AuditEntry("role.granted", "operator", user_id, details={"role": role})
                await self._audit.record(connection, entry)

    async def _account(self, connection: Connection, row: asyncpg.Record | None) -> Account | None:
        if row is None:
            return None
        cipher = await self._cipher.for_user(connection, row["user_id"])
        name = row["display_name_sealed"]
        return Account(
            user_id=row["user_id"],
            email=cipher.decrypt(row["email_sealed"]),
            display_name=None if name is None else cipher.decrypt(name),
            zone=row["zone"],
            roles=frozenset(row["roles"]),
            created_at=row["created_at"],
            password_hash=row["password_hash"],
        )
