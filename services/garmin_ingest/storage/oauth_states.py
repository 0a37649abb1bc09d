"""The table ``garmin_oauth_state``: a state by its hash, the verifier encrypted."""

from __future__ import annotations

import datetime as dt
import hashlib

from services.garmin_ingest.domain.garmin.oauth import RoundTrip
from shared.personal import FieldCipher
from shared.postgres import Database


class PostgresRoundTripStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def add(self, state: str, trip: RoundTrip, *, expires_at: dt.datetime) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, trip.user_id)
            await connection.execute(
                "INSERT INTO garmin_oauth_state (state_hash, user_id, zone, verifier_sealed, expires_at)"
                " VALUES ($1, $2, $3, $4, $5)",
                _hashed(state), trip.user_id, trip.zone, cipher.encrypt(trip.verifier), expires_at,
            )  # fmt: skip
            await connection.execute("DELETE FROM garmin_oauth_state WHERE expires_at < now() - interval '1 day'")

    async def take(self, state: str, *, now: dt.datetime) -> RoundTrip | None:
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(
                "DELETE FROM garmin_oauth_state WHERE state_hash = $1"
                " RETURNING user_id, zone, verifier_sealed, expires_at",
                _hashed(state),
            )
            if row is None or row["expires_at"] <= now:
                return None
            cipher = await self._cipher.for_user(connection, row["user_id"])
            return RoundTrip(row["user_id"], row["zone"], cipher.decrypt(row["verifier_sealed"]))


def _hashed(state: str) -> bytes:
    """Of 256 random bits, so a plain hash tells nothing."""
    return hashlib.sha256(state.encode(errors="replace")).digest()
