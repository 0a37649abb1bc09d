"""The tables ``conversation`` and ``message``: what was said, sealed with the runner's own key."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import asyncpg

from services.coach_agent.domain.chat.conversation import Conversation, Exchange, title_of
from services.coach_agent.domain.chat.intent import Thread
from services.coach_agent.storage import intent_document, reply_document
from shared.errors import NotFound
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection, Database

_MESSAGE = "conversation_id, message_id, question_sealed, reply_sealed, answered_by, subject, asked_at"
_GONE = "There is no such conversation."


class PostgresConversationStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def thread(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> Thread:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT m.subject, m.intent_sealed FROM conversation c LEFT JOIN LATERAL"
                " (SELECT subject, intent_sealed FROM message WHERE user_id = $1 AND conversation_id = $2"
                " ORDER BY asked_at DESC, message_id DESC LIMIT 1) m ON true"
                " WHERE c.user_id = $1 AND c.conversation_id = $2",
                user_id, conversation_id,
            )  # fmt: skip
            if row is None:
                raise NotFound(_GONE)
            sealed = row["intent_sealed"]
            cipher = None if sealed is None else await self._cipher.for_user(connection, user_id)
        intent = None if cipher is None else intent_document.parse(cipher.decrypt(sealed))
        return Thread(intent, row["subject"])

    async def find(self, user_id: uuid.UUID, message_id: uuid.UUID) -> Exchange | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_MESSAGE} FROM message WHERE user_id = $1 AND message_id = $2",
                user_id, message_id,
            )  # fmt: skip
            return None if row is None else _exchange(row, await self._cipher.for_user(connection, user_id))

    async def open(self, user_id: uuid.UUID, exchange: Exchange) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, user_id)
            await connection.execute(
                "INSERT INTO conversation (user_id, conversation_id, title_sealed, started_at, updated_at)"
                " VALUES ($1, $2, $3, $4, $4)",
                user_id, exchange.conversation_id, cipher.encrypt(title_of(exchange.question)), exchange.asked_at,
            )  # fmt: skip
            await _insert(connection, user_id, exchange, cipher)

    async def add(self, user_id: uuid.UUID, exchange: Exchange) -> None:
        async with self._database.transaction() as connection:
            known = await connection.fetchval(
                "UPDATE conversation SET updated_at = greatest(updated_at, $3)"
                " WHERE user_id = $1 AND conversation_id = $2 RETURNING true",
                user_id, exchange.conversation_id, exchange.asked_at,
            )  # fmt: skip
            if not known:
                raise NotFound(_GONE)
            await _insert(connection, user_id, exchange, await self._cipher.for_user(connection, user_id))

    async def page(
        self, user_id: uuid.UUID, *, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Conversation], uuid.UUID | None]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT conversation_id, title_sealed, started_at, updated_at FROM conversation WHERE user_id = $1"
                " AND ($2::uuid IS NULL OR conversation_id < $2) ORDER BY conversation_id DESC LIMIT $3",
                user_id, before, limit + 1,
            )  # fmt: skip
            cipher = await self._cipher.for_user(connection, user_id)
        found = [_conversation(row, cipher) for row in rows[:limit]]
        return found, found[-1].conversation_id if len(rows) > limit else None

    async def get(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> tuple[Conversation, Sequence[Exchange]]:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT conversation_id, title_sealed, started_at, updated_at FROM conversation"
                " WHERE user_id = $1 AND conversation_id = $2",
                user_id, conversation_id,
            )  # fmt: skip
            if row is None:
                raise NotFound(_GONE)
            cipher = await self._cipher.for_user(connection, user_id)
            messages = await _messages(connection, user_id, conversation_id)
        return _conversation(row, cipher), [_exchange(message, cipher) for message in messages]

    async def delete(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        async with self._database.connection() as connection:
            deleted = await connection.fetchval(
                "DELETE FROM conversation WHERE user_id = $1 AND conversation_id = $2 RETURNING true",
                user_id, conversation_id,
            )  # fmt: skip
        if not deleted:
            raise NotFound(_GONE)


async def _insert(connection: Connection, user_id: uuid.UUID, exchange: Exchange, cipher: UserCipher) -> None:
    await connection.execute(
        "INSERT INTO message (user_id, conversation_id, message_id, question_sealed, reply_sealed,"
        " answered_by, subject, asked_at, intent_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        user_id, exchange.conversation_id, exchange.message_id, cipher.encrypt(exchange.question),
        cipher.encrypt(reply_document.render(exchange.reply)), exchange.answered_by, exchange.subject,
        exchange.asked_at,
        None if exchange.intent is None else cipher.encrypt(intent_document.render(exchange.intent)),
    )  # fmt: skip


async def _messages(connection: Connection, user_id: uuid.UUID, conversation_id: uuid.UUID) -> Sequence[asyncpg.Record]:
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        f"SELECT {_MESSAGE} FROM message WHERE user_id = $1 AND conversation_id = $2 ORDER BY asked_at, message_id",
        user_id, conversation_id,
    )  # fmt: skip
    return rows


def _conversation(row: asyncpg.Record, cipher: UserCipher) -> Conversation:
    return Conversation(
        row["conversation_id"], cipher.decrypt(row["title_sealed"]), row["started_at"], row["updated_at"]
    )


def _exchange(row: asyncpg.Record, cipher: UserCipher) -> Exchange:
    return Exchange(
        conversation_id=row["conversation_id"],
        message_id=row["message_id"],
        asked_at=row["asked_at"],
        question=cipher.decrypt(row["question_sealed"]),
        reply=reply_document.parse(cipher.decrypt(row["reply_sealed"])),
        answered_by=row["answered_by"],
        subject=row["subject"],
    )
