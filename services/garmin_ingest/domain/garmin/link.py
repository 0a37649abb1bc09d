"""From a log-in that Garmin accepted to a connection: row, secret and first sync, all or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.garmin.models import Connection, LoggedIn, SourceKind, StoredCredentials
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, CredentialStore
from shared.clock import Clock
from shared.errors import Conflict
from shared.ids import uuid7
from shared.zones import zone as zone_called

# Longer than a link takes at most, so that the look comes after its end, however that was.
_RECONCILED_AFTER = dt.timedelta(seconds=60)
# The first sync is queued with the connection; this is when the schedule takes over.
_SYNCED_EVERY = dt.timedelta(hours=6)
# Enough for a year's comparison with the year before. More is asked for, or brought as an export.
_HISTORY = dt.timedelta(days=730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a runner asked for when they began to connect; ``login_hash`` is what log-ins are counted by."""

    user_id: uuid.UUID
    source: SourceKind
    login_hash: bytes | None
    import_from: dt.date | None
    zone: str


@dataclass(frozen=True, slots=True)
class Link:
    """Nothing is half-written, whatever dies on the way: the secret is written while the row is not yet committed, so
    all that can be left over is a secret without a row, and a job queued before looks for that.
    """

    connections: ConnectionStore
    credentials: CredentialStore
    clock: Clock

    async def run(self, wish: Wish, logged_in: LoggedIn) -> Connection:
        """The connection, with its first sync queued. Raises Conflict where another account is connected or this
        account is somebody else's, and SecretsUnavailable.

        What fails here leaves the tokens at Garmin alone: they may be the ones that another link lives by.
        """
        await self.connections.schedule_reconciliation(wish.user_id, delay=_RECONCILED_AFTER)
        account_hash = self.connections.account_hash(wish.source, logged_in.account.garmin_id)
        async with self.connections.hold(wish.user_id) as held:
            known = await held.get()
            if known is not None and (known.source, known.account_hash) != (wish.source, account_hash):
                raise Conflict("Another Garmin account is connected. Disconnect it first.")
            connection = self._connection(wish, logged_in, account_hash, known)
            await held.put(connection)
            await held.queue_sync(connection)
            stored = StoredCredentials(
                connection.connection_id, wish.source, logged_in.account.garmin_id, logged_in.tokens
            )
            # Last of all: after it only the commit can fail.
            await self.credentials.write(wish.user_id, stored)
        return connection

    def _connection(self, wish: Wish, logged_in: LoggedIn, account_hash: bytes, known: Connection | None) -> Connection:
        now = self.clock.now()
        today = now.astimezone(zone_called(wish.zone)).date()
        fresh = {
            "login_hash": wish.login_hash,
            "account_name": logged_in.account.name,
            "state": "connected",
            "zone": wish.zone,
            "permissions": logged_in.permissions,
            "token_expires_at": logged_in.tokens.expires_at,
            "key_expires_at": logged_in.tokens.key_expires_at,
            "next_sync_at": now + _SYNCED_EVERY,
        }
        if known is not None:
            import_from = wish.import_from or known.import_from
            return replace(known, **fresh, import_from=import_from, cooldown_until=None, failure=None)  # type: ignore[arg-type]
        return Connection(
            user_id=wish.user_id,
            connection_id=uuid7(),
            source=wish.source,
            account_hash=account_hash,
            import_from=wish.import_from or today - _HISTORY,
            connected_at=now,
            **fresh,  # type: ignore[arg-type]
        )
