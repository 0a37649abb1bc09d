"""The table ``garmin_mfa_challenge``. A code is encrypted, and there only until the process that needs it takes it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from services.garmin_ingest.domain.garmin.log_in_ports import AnsweredChallenge, Challenge
from shared.personal import FieldCipher
from shared.postgres import Database, from_jsonb, to_jsonb

_ANSWER = (
    "UPDATE garmin_mfa_challenge SET state = 'answered', attempt = attempt + 1, code_sealed = $3, outcome = NULL"
    " WHERE challenge_id = $1 AND user_id = $2 AND state = 'waiting' AND expires_at > $4 RETURNING attempt"
)
# Read and cleared in one statement, so that no two looks take the same code.
_TAKE = """
UPDATE garmin_mfa_challenge AS challenge SET state = 'taken', code_sealed = NULL
FROM (SELECT challenge_id, code_sealed FROM garmin_mfa_challenge WHERE owner_id = $1 AND state = 'answered'
      FOR UPDATE) AS answered
WHERE challenge.challenge_id = answered.challenge_id
RETURNING challenge.challenge_id, challenge.user_id, challenge.attempt, answered.code_sealed
"""


class PostgresChallengeStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def open(
        self, challenge_id: uuid.UUID, user_id: uuid.UUID, *, owner_id: uuid.UUID, expires_at: dt.datetime
    ) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO garmin_mfa_challenge (challenge_id, user_id, owner_id, state, expires_at)"
                " VALUES ($1, $2, $3, 'waiting', $4)",
                challenge_id, user_id, owner_id, expires_at,
            )  # fmt: skip

    async def answer(self, challenge_id: uuid.UUID, user_id: uuid.UUID, code: str, *, now: dt.datetime) -> int | None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, user_id)
            attempt: int | None = await connection.fetchval(_ANSWER, challenge_id, user_id, cipher.encrypt(code), now)
            return attempt

    async def look(self, challenge_id: uuid.UUID, user_id: uuid.UUID) -> Challenge | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT state, attempt, outcome FROM garmin_mfa_challenge WHERE challenge_id = $1 AND user_id = $2",
                challenge_id, user_id,
            )  # fmt: skip
        if row is None:
            return None
        return Challenge(row["state"], row["attempt"], None if row["outcome"] is None else from_jsonb(row["outcome"]))

    async def take_answered(self, owner_id: uuid.UUID) -> list[AnsweredChallenge]:
        async with self._database.transaction() as connection:
            rows = await connection.fetch(_TAKE, owner_id)
            taken = []
            for row in rows:
                cipher = await self._cipher.for_user(connection, row["user_id"])
                code = cipher.decrypt(row["code_sealed"])
                taken.append(AnsweredChallenge(row["challenge_id"], row["attempt"], code))
            return taken

    async def settle(self, challenge_id: uuid.UUID, outcome: Mapping[str, Any], *, again: bool) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE garmin_mfa_challenge SET state = $2, outcome = $3 WHERE challenge_id = $1 AND state = 'taken'",
                challenge_id, "waiting" if again else "done", to_jsonb(dict(outcome)),
            )  # fmt: skip

    async def drop(self, challenge_id: uuid.UUID) -> None:
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM garmin_mfa_challenge WHERE challenge_id = $1", challenge_id)

    async def sweep(self, before: dt.datetime) -> None:
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM garmin_mfa_challenge WHERE expires_at < $1", before)
