"""The table ``context_note``: what runners said about injuries, illness, travel and races, sealed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence

import asyncpg

from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from shared.errors import NotFound
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Database

_NOTE = "note_id, kind, text_sealed, first_day, last_day, noted_at"
_GONE = "There is no such note."


class PostgresNoteStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def add(self, user_id: uuid.UUID, note: ContextNote) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, user_id)
            await connection.execute(
                f"INSERT INTO context_note (user_id, {_NOTE}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                user_id, note.note_id, note.kind, cipher.encrypt(note.text), note.first_day, note.last_day,
                note.noted_at,
            )  # fmt: skip

    async def count_open(self, user_id: uuid.UUID, day: dt.date) -> int:
        async with self._database.connection() as connection:
            count = await connection.fetchval(
                "SELECT count(*) FROM context_note WHERE user_id = $1 AND (last_day IS NULL OR last_day >= $2)",
                user_id, day,
            )  # fmt: skip
        return int(count)

    async def change(
        self, user_id: uuid.UUID, note_id: uuid.UUID, decide: Callable[[ContextNote], ContextNote]
    ) -> ContextNote:
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(
                f"SELECT {_NOTE} FROM context_note WHERE user_id = $1 AND note_id = $2 FOR UPDATE",
                user_id, note_id,
            )  # fmt: skip
            if row is None:
                raise NotFound(_GONE)
            cipher = await self._cipher.for_user(connection, user_id)
            after = decide(_note(row, cipher))
            await connection.execute(
                "UPDATE context_note SET last_day = $3 WHERE user_id = $1 AND note_id = $2",
                user_id, note_id, after.last_day,
            )  # fmt: skip
        return after

    async def delete(self, user_id: uuid.UUID, note_id: uuid.UUID) -> None:
        async with self._database.connection() as connection:
            deleted = await connection.fetchval(
                "DELETE FROM context_note WHERE user_id = $1 AND note_id = $2 RETURNING true", user_id, note_id
            )
        if not deleted:
            raise NotFound(_GONE)

    async def page(
        self, user_id: uuid.UUID, *, not_over_before: dt.date | None, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[ContextNote], uuid.UUID | None]:
        rows, cipher = await self._rows(
            user_id,
            "($2::date IS NULL OR last_day IS NULL OR last_day >= $2) AND ($3::uuid IS NULL OR note_id < $3)"
            " ORDER BY note_id DESC LIMIT $4",
            not_over_before, before, limit + 1,
        )  # fmt: skip
        found = [_note(row, cipher) for row in rows[:limit]]
        return found, found[-1].note_id if len(rows) > limit else None

    async def holding_on(self, user_id: uuid.UUID, day: dt.date) -> Sequence[ContextNote]:
        rows, cipher = await self._rows(
            user_id, "first_day <= $2 AND (last_day IS NULL OR last_day >= $2) ORDER BY first_day, note_id", day
        )
        return [_note(row, cipher) for row in rows]

    async def not_over_before(self, user_id: uuid.UUID, day: dt.date) -> Sequence[ContextNote]:
        rows, cipher = await self._rows(
            user_id, "(last_day IS NULL OR last_day >= $2) ORDER BY first_day, note_id", day
        )
        return [_note(row, cipher) for row in rows]

    async def _rows(
        self, user_id: uuid.UUID, condition: str, *values: object
    ) -> tuple[Sequence[asyncpg.Record], UserCipher]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_NOTE} FROM context_note WHERE user_id = $1 AND {condition}", user_id, *values
            )
            return rows, await self._cipher.for_user(connection, user_id)


def _note(row: asyncpg.Record, cipher: UserCipher) -> ContextNote:
    return ContextNote(
        note_id=row["note_id"],
        kind=NoteKind(row["kind"]),
        text=cipher.decrypt(row["text_sealed"]),
        first_day=row["first_day"],
        last_day=row["last_day"],
        noted_at=row["noted_at"],
    )
