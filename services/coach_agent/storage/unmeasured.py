"""The table ``unmeasured_activity``: what was heard of and is not measured yet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from shared.postgres import Connection


async def note(connection: Connection, activities: Sequence[tuple[uuid.UUID, uuid.UUID, int]]) -> None:
    """Remember (user, activity, version) as waiting, except what is measured already."""
    users, ids, versions = zip(*activities, strict=True) if activities else ((), (), ())
    await connection.execute(
        "INSERT INTO unmeasured_activity AS known (user_id, activity_id, version)"
        " SELECT DISTINCT ON (user_id, activity_id) user_id, activity_id, version"
        " FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS heard (user_id, activity_id, version)"
        " WHERE NOT EXISTS (SELECT 1 FROM run_metrics AS m WHERE m.user_id = heard.user_id"
        " AND m.activity_id = heard.activity_id AND m.activity_version >= heard.version)"
        " ORDER BY user_id, activity_id, version DESC"
        " ON CONFLICT (user_id, activity_id) DO UPDATE SET version = greatest(known.version, excluded.version)",
        list(users), list(ids), list(versions),
    )  # fmt: skip


async def settle(connection: Connection, user_id: uuid.UUID, activity_id: uuid.UUID, version: int) -> None:
    """Nothing is to be waited for any more, up to this version."""
    await connection.execute(
        "DELETE FROM unmeasured_activity WHERE user_id = $1 AND activity_id = $2 AND version <= $3",
        user_id, activity_id, version,
    )  # fmt: skip
