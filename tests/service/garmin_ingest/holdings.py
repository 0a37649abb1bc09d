"""What a runner holds of a Garmin account, read from the tables and the folder, past what the service would show."""

from __future__ import annotations

from shared.caller import Caller
from tests.service.garmin_ingest.ingest import IngestUnderTest

Holdings = frozenset[tuple[str, str]]

_LIVING = """
SELECT 'activity' AS what,
    coalesce(came.source_id, 'before an edit') || ' ' || encode(came.content_sha256, 'hex') AS which
FROM activity_source AS came JOIN activity USING (user_id, activity_id)
WHERE user_id = $1 AND account_hash = $2 AND deleted_at IS NULL
UNION ALL SELECT 'listed', source_id || ' ' || state FROM remote_activity WHERE user_id = $1 AND account_hash = $2
UNION ALL SELECT 'day', local_date || ' ' || resting_heart_rate_bpm FROM wellness_day
WHERE user_id = $1 AND account_hash = $2
"""


async def account_hash(ingest: IngestUnderTest, caller: Caller) -> bytes:
    """Of the account that the runner has connected."""
    (row,) = await ingest.sql("SELECT account_hash FROM garmin_connection WHERE user_id = $1", caller.user_id)
    return bytes(row["account_hash"])


async def holdings(ingest: IngestUnderTest, caller: Caller, account: bytes) -> Holdings:
    """The living activities, listed activities and days that came over ``account``."""
    rows = await ingest.sql(_LIVING, caller.user_id, account)
    return frozenset((row["what"], row["which"]) for row in rows)


def originals(ingest: IngestUnderTest, caller: Caller) -> set[str]:
    """SHA-256 of the files that are kept for the runner."""
    paths = (path.partition("/") for path in ingest.stored_files())
    return {rest.rsplit("/", 1)[-1] for user, _, rest in paths if user == str(caller.user_id)}
