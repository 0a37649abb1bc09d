"""The table ``athlete``: the profile as one sealed document, because age, sex, weight and heart rates are personal."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

import orjson

from services.coach_agent.domain.athlete import Profile, Sex, Tone, Units
from shared.personal import FieldCipher
from shared.postgres import Connection, Database


class PostgresAthleteStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def load(self, user_id: uuid.UUID) -> Profile:
        async with self._database.connection() as connection:
            return await self._load(connection, user_id)

    async def change(self, user_id: uuid.UUID, decide: Callable[[Profile], Profile]) -> None:
        async with self._database.transaction() as connection:
            # A lock by name, because the first change of a profile finds no row that it could lock.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"athlete:{user_id}")
            profile = decide(await self._load(connection, user_id))
            cipher = await self._cipher.for_user(connection, user_id)
            sealed = cipher.encrypt(orjson.dumps(dataclasses.asdict(profile)).decode())
            await connection.execute(
                "INSERT INTO athlete (user_id, profile_sealed) VALUES ($1, $2) ON CONFLICT (user_id)"
                " DO UPDATE SET profile_sealed = excluded.profile_sealed, updated_at = now()",
                user_id, sealed,
            )  # fmt: skip

    async def _load(self, connection: Connection, user_id: uuid.UUID) -> Profile:
        sealed = await connection.fetchval("SELECT profile_sealed FROM athlete WHERE user_id = $1", user_id)
        if sealed is None:
            return Profile()
        cipher = await self._cipher.for_user(connection, user_id)
        return _profile(orjson.loads(cipher.decrypt(sealed)))


def _profile(stored: dict[str, Any]) -> Profile:
    sex = None if stored["sex"] is None else Sex(stored["sex"])
    return Profile(**{**stored, "sex": sex, "units": Units(stored["units"]), "tone": Tone(stored["tone"])})
