"""The table ``activity_source``: by which roads each recording came, and what Garmin calls it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from services.garmin_ingest.domain.errors import GarminNotConnected
from services.garmin_ingest.domain.imports import Arrival
from services.garmin_ingest.domain.roster import Mark
from services.garmin_ingest.domain.sports import OTHER
from shared.personal import UserCipher
from shared.postgres import Connection

# What Garmin gave for this id before an edit is remembered by its bytes alone.
_SUPERSEDE = (
    "UPDATE activity_source SET source_id = NULL"
    " FROM unnest($2::int[], $3::text[], $4::text[], $5::bytea[]) AS edited (session_index, road, source_id, sha256)"
    " WHERE user_id = $1 AND activity_source.session_index = edited.session_index"
    " AND activity_source.road = edited.road AND activity_source.source_id = edited.source_id"
    " AND content_sha256 <> sha256"
)
_REMEMBER = (
    "INSERT INTO activity_source"
    " (user_id, content_sha256, session_index, activity_id, road, source_id, attempt, account_hash)"
    " SELECT $1, * FROM unnest($2::bytea[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bytea[])"
    " ON CONFLICT (user_id, content_sha256, session_index, road)"
    " DO UPDATE SET activity_id = excluded.activity_id, attempt = coalesce(excluded.attempt, activity_source.attempt),"
    " source_id = excluded.source_id, account_hash = excluded.account_hash"
)
_CALLED = "SELECT name_sealed, sport, sub_sport FROM activity WHERE user_id = $1 AND activity_id = $2"
_CALL = (
    "UPDATE activity SET name_sealed = $3, sport = $4, sub_sport = $5, version = version + 1, updated_at = now()"
    " WHERE user_id = $1 AND activity_id = $2"
)


async def require_link(connection: Connection, user_id: uuid.UUID, arrival: Arrival) -> None:
    """``keep_link`` for the link that ``arrival`` names, where it names one."""
    if arrival.connection_id is not None:
        await keep_link(connection, user_id, arrival.connection_id)


async def keep_link(connection: Connection, user_id: uuid.UUID, connection_id: uuid.UUID) -> None:
    """Keep the link until the transaction ends: a disconnection waits for it, or came first.

    Raises GarminNotConnected where the user has another link or none.
    """
    linked = await connection.fetchval(
        "SELECT true FROM garmin_connection WHERE user_id = $1 AND connection_id = $2 FOR KEY SHARE",
        user_id, connection_id,
    )  # fmt: skip
    if not linked:
        raise GarminNotConnected("This Garmin account is not connected any more.")


async def remember(connection: Connection, user_id: uuid.UUID, marks: Sequence[Mark]) -> None:
    """Note which activity each session of a file is, and how it came; no two marks may have one key."""
    named = [mark for mark in marks if mark.source_id is not None]
    if named:
        await connection.execute(
            _SUPERSEDE, user_id, [mark.session_index for mark in named], [mark.road for mark in named],
            [mark.source_id for mark in named], [mark.content_sha256 for mark in named],
        )  # fmt: skip
    if marks:
        await connection.execute(
            _REMEMBER, user_id, [mark.content_sha256 for mark in marks], [mark.session_index for mark in marks],
            [mark.activity_id for mark in marks], [mark.road for mark in marks], [mark.source_id for mark in marks],
            [mark.attempt for mark in marks], [mark.account_hash for mark in marks],
        )  # fmt: skip


async def rename(connection: Connection, cipher: UserCipher, activity_id: uuid.UUID, arrival: Arrival) -> bool:
    """Give an activity the name and type it has at Garmin today; whether that changed it."""
    row = await connection.fetchrow(_CALLED, cipher.user_id, activity_id)
    assert row is not None
    sealed, sport, sub_sport = row["name_sealed"], row["sport"], row["sub_sport"]
    name = None if sealed is None else cipher.decrypt(sealed)
    renamed = arrival.name is not None and arrival.name != name
    if renamed:
        sealed = cipher.encrypt(arrival.name or "")
    if arrival.sport not in {None, OTHER}:
        same = arrival.sport == sport
        sport, sub_sport = arrival.sport, arrival.sub_sport or (sub_sport if same else None)
    if not renamed and (sport, sub_sport) == (row["sport"], row["sub_sport"]):
        return False
    await connection.execute(_CALL, cipher.user_id, activity_id, sealed, sport, sub_sport)
    return True
