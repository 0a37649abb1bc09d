"""The table ``athlete``: the profile as one sealed document, because age, sex, weight and heart rates are personal."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import orjson

from services.coach_agent.domain.athlete import Profile, Sex, Tone, Units
from shared.personal import FieldCipher
from shared.postgres import Database


class PostgresAthleteStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def load(self, user_id: uuid.UUID) -> Profile:
        async with self._database.connection() as connection:
            sealed = await connection.fetchval("SELECT profile_sealed FROM athlete WHERE user_id = $1", user_id)
            if sealed is None:
                return Profile()
            cipher = await self._cipher.for_user(connection, user_id)
        return _profile(orjson.loads(cipher.decrypt(sealed)))

    async def save(self, user_id: uuid.UUID, profile: Profile) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, user_id)
            sealed = cipher.encrypt(orjson.dumps(dataclasses.asdict(profile)).decode())
            await connection.execute(
                "INSERT INTO athlete (user_id, profile_sealed) VALUES ($1, $2) ON CONFLICT (user_id)"
                " DO UPDATE SET profile_sealed = excluded.profile_sealed, updated_at = now()",
                user_id, sealed,
            )  # fmt: skip


def _profile(stored: dict[str, Any]) -> Profile:
    sex = None if stored["sex"] is None else Sex(stored["sex"])
    return Profile(**{**stored, "sex": sex, "units": Units(stored["units"]), "tone": Tone(stored["tone"])})
