"""What the link to Garmin needs from outside, as it wishes it were."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from services.garmin_ingest.domain.garmin.models import (
    Connection,
    ConnectionMark,
    Credentials,
    Days,
    LoggedIn,
    OpenSync,
    RemoteActivity,
    SourceKind,
    StoredCredentials,
    StoredDay,
    Tokens,
    WellnessDay,
)
from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.domain.ports import IncomingFile


class PendingLogIn(Protocol):
    """A log-in that Garmin has asked a code for. It lives in this process and nowhere else."""

    async def finish(self, code: str) -> LoggedIn:
        """Raises GarminConnectFailed for a wrong code, and as ``GarminSource`` does."""
        ...

    async def abandon(self) -> None: ...


class GarminSource(Protocol):
    """One road to a Garmin account.

    Every call raises GarminConnectFailed where Garmin refuses for good, GarminRateLimited with Garmin's Retry-After,
    and GarminUnavailable for everything else that may pass. No call reads tokens from anywhere but its arguments, and
    none but ``refresh`` refreshes them: whoever calls has to keep what it gives. So a token that Garmin ends before its
    time is GarminConnectFailed too, which is believed once fresh ones are refused as well.
    """

    kind: SourceKind

    async def log_in(self, credentials: Credentials) -> LoggedIn | PendingLogIn: ...

    async def refresh(self, tokens: Tokens) -> Tokens:
        """Fresh tokens, for ones that have expired or are about to; the old ones may be void afterwards."""
        ...

    def activities(self, tokens: Tokens, days: Days) -> AsyncIterator[Sequence[RemoteActivity]]:
        """Pages, newest first, of the activities that began on these local days."""
        ...

    async def has_activity(self, tokens: Tokens, source_id: str) -> bool:
        """Whether Garmin still has it; asked before anything is believed to be deleted."""
        ...

    async def download(self, tokens: Tokens, activity: RemoteActivity, into: IncomingFile) -> None:
        """Write the original file, unpacked from whatever Garmin wraps it in. Raises NotFound where there is none."""
        ...

    async def wellness(
        self, tokens: Tokens, days: Days, *, nights_since: dt.date = dt.date.min
    ) -> Sequence[WellnessDay]:
        """The days for which Garmin has anything, in order.

        Nights before ``nights_since`` are left out where each costs a request of its own.
        """
        ...

    async def log_out(self, tokens: Tokens) -> None:
        """Void the tokens where the source can; never raises for tokens that are void already."""
        ...


class GarminReach(Protocol):
    async def knock(self, kind: SourceKind) -> None:
        """Ask the address that this source talks to for anything. Raises GarminUnavailable and GarminRateLimited."""
        ...


class CredentialStore(Protocol):
    """``garmin/users/<user id>`` in the secret store. Every method raises SecretsUnavailable within 3 s."""

    async def read(self, user_id: uuid.UUID) -> StoredCredentials | None: ...

    async def write(self, user_id: uuid.UUID, credentials: StoredCredentials) -> None: ...

    async def delete(self, user_id: uuid.UUID) -> None:
        """Remove every version; an absent entry is no error."""
        ...


class HeldConnection(Protocol):
    """The connection of one user while nobody else can change it; what is written is kept when the block ends well."""

    async def get(self) -> Connection | None: ...

    async def put(self, connection: Connection) -> None:
        """Insert, or give the link that is there new credentials; what syncs have written about it stays.

        Raises Conflict where another user holds this account over the same source.
        """
        ...

    async def renewed(self, tokens: Tokens) -> None:
        """Remember the expiries of tokens that have just been written to the secret store."""
        ...

    async def permit(self, permissions: Sequence[str]) -> None:
        """Remember what the runner grants; whether that is enough is not judged."""
        ...

    async def mend(self) -> None:
        """Undo a ``break_`` whose cause has gone by itself."""
        ...

    async def break_(self, failure: Failure) -> None:
        """Mark that nothing will work before the runner connects again."""
        ...

    async def remove(self, connection: Connection, *, with_data: bool) -> None:
        """Remove the link, and queue a reconciliation; ``with_data`` also queues the removal of what came over it
        alone.
        """
        ...

    async def queue_sync(self, connection: Connection, days: Days | None = None) -> uuid.UUID:
        """Queue a sync of these days (None for what is missing) and give its job; one already queued absorbs it where
        no days are named.
        """
        ...


class ConnectionStore(Protocol):
    def hold(self, user_id: uuid.UUID) -> AbstractAsyncContextManager[HeldConnection]:
        """One transaction, one holder of a user at a time."""
        ...

    async def get(self, user_id: uuid.UUID) -> Connection | None: ...

    async def find(self, source: SourceKind, account_hash: bytes) -> Connection | None: ...

    async def page(self, limit: int, after: ConnectionMark | None) -> list[Connection]:
        """The connections of all users, newest first."""
        ...

    async def schedule_reconciliation(self, user_id: uuid.UUID, *, delay: dt.timedelta) -> None:
        """Queue, durably and before a secret is written, a later look at whether row and secret agree."""
        ...

    def account_hash(self, source: SourceKind, garmin_id: str) -> bytes: ...

    def login_hash(self, username: str) -> bytes: ...

    async def gaps(self, connection: Connection, *, today: dt.date) -> Sequence[Days]:
        """Days from ``import_from`` to today whose activities have not been fetched."""
        ...

    async def newest_activity_at(self, connection: Connection) -> dt.datetime | None:
        """When the newest activity began that came over this account."""
        ...

    async def open_sync(self, connection: Connection) -> OpenSync | None:
        """The sync of this connection that runs, or else the newest that is queued."""
        ...


LogInKind = Literal["typed", "automatic", "by_runner"]


class LogInLimits(Protocol):
    """How often somebody may log in at Garmin, by the keyed hash of the account's name, whoever they are here."""

    async def admit(self, login_hash: bytes, kind: LogInKind) -> None:
        """Count one log-in. Raises RateLimited past 5 typed an hour or 1 automatic in 15 minutes, and
        GarminRateLimited while the account cools down.
        """
        ...

    async def cool_down(self, login_hash: bytes, until: dt.datetime) -> None: ...

    async def cooldown_until(self, login_hash: bytes) -> dt.datetime | None:
        """The end of a cool-down that has not passed."""
        ...


class WellnessStore(Protocol):
    """Figures by the runner's local day. Days of different accounts are kept beside each other and never mixed."""

    async def put(
        self, user_id: uuid.UUID, source: SourceKind, account_hash: bytes, days: Sequence[WellnessDay]
    ) -> None:
        """Add what is new; a figure that is None leaves the one there is, for Garmin tells a day piece by piece.

        Ignored where the user is not linked to this account (any more).
        """
        ...

    async def page(self, user_id: uuid.UUID, days: Days, *, limit: int, after: dt.date | None) -> list[StoredDay]:
        """Oldest first, at most one a day: of the linked account, else of the one that told something last."""
        ...
