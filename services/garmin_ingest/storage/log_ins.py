"""The tables ``garmin_log_in`` and ``garmin_cooldown``."""

from __future__ import annotations

import datetime as dt

from services.garmin_ingest.domain.garmin.log_in_ports import Admission
from services.garmin_ingest.domain.garmin.ports import LogInKind
from shared.postgres import Connection, Database

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('garmin_log_in:' || encode($1::bytea, 'hex'), 0))"
_COOLDOWN = "SELECT until FROM garmin_cooldown WHERE login_hash = $1 AND until > $2"
_FORGET = "DELETE FROM garmin_log_in WHERE login_hash = $1 AND kind = $2 AND attempted_at <= $3"
# When the oldest of the newest $3 attempts was: while it is within the time, there is no room for another.
_OLDEST = (
    "SELECT attempted_at FROM garmin_log_in WHERE login_hash = $1 AND kind = $2"
    " ORDER BY attempted_at DESC OFFSET $3 - 1 LIMIT 1"
)
# Each log-in sweeps more than it adds, so that nothing is remembered for much longer than it counts.
_SWEEP = (
    "DELETE FROM garmin_log_in WHERE ctid = ANY(ARRAY(SELECT ctid FROM garmin_log_in"
    " WHERE attempted_at < $1 LIMIT 20 FOR UPDATE SKIP LOCKED))"
)
_SWEEP_COOLDOWNS = (
    "DELETE FROM garmin_cooldown WHERE ctid = ANY(ARRAY(SELECT ctid FROM garmin_cooldown"
    " WHERE until < $1 LIMIT 20 FOR UPDATE SKIP LOCKED))"
)
_KEPT = dt.timedelta(days=1)
_COUNT = "INSERT INTO garmin_log_in (login_hash, kind, attempted_at) VALUES ($1, $2, $3)"


class PostgresLogInStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def admit(
        self, login_hash: bytes, kind: LogInKind, *, at: dt.datetime, most: int, within: dt.timedelta
    ) -> Admission:
        async with self._database.transaction() as connection:
            await connection.execute(_ONE_AT_A_TIME, login_hash)
            until = await _cooldown(connection, login_hash, at)
            if until is not None:
                return Admission(cooldown_until=until)
            await connection.execute(_FORGET, login_hash, kind, at - within)
            oldest = await connection.fetchval(_OLDEST, login_hash, kind, most)
            if oldest is not None:
                return Admission(free_at=oldest + within)
            await connection.execute(_COUNT, login_hash, kind, at)
            await connection.execute(_SWEEP, at - _KEPT)
            await connection.execute(_SWEEP_COOLDOWNS, at - _KEPT)
            return Admission()

    async def cool_down(self, login_hash: bytes, until: dt.datetime) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO garmin_cooldown (login_hash, until) VALUES ($1, $2) ON CONFLICT (login_hash)"
                " DO UPDATE SET until = greatest(garmin_cooldown.until, excluded.until)",
                login_hash, until,
            )  # fmt: skip

    async def cooldown_until(self, login_hash: bytes, *, at: dt.datetime) -> dt.datetime | None:
        async with self._database.connection() as connection:
            return await _cooldown(connection, login_hash, at)


async def _cooldown(connection: Connection, login_hash: bytes, at: dt.datetime) -> dt.datetime | None:
    until: dt.datetime | None = await connection.fetchval(_COOLDOWN, login_hash, at)
    return until
