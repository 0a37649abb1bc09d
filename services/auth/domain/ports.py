"""What auth needs from outside, as it wishes it were."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Protocol

from services.auth.domain.models import Account, FeedEntry, ProfileChange, Session


class AccountStore(Protocol):
    async def create(self, account: Account, session: Session) -> None:
        """Store both or neither. Raises EmailTaken."""
        ...

    async def by_email(self, email: str) -> Account | None: ...

    async def by_id(self, user_id: uuid.UUID) -> Account | None: ...

    async def change(self, user_id: uuid.UUID, change: ProfileChange) -> Account | None:
        """Apply ``change``; a new zone goes into the feed in the same transaction."""
        ...

    async def grant(self, user_id: uuid.UUID, role: str) -> None:
        """Add a role and put it into the feed in the same transaction."""
        ...


class SessionStore(Protocol):
    async def open(self, session: Session) -> None: ...

    async def rotate(self, session_id: uuid.UUID, decide: Callable[[Session], Session]) -> Session | None:
        """Lock the session, store what ``decide`` makes of it, and return that; None if there is none.

        A session that ``decide`` returns revoked goes into the feed in the same transaction.
        """
        ...

    async def page(
        self, user_id: uuid.UUID, *, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Session], uuid.UUID | None]:
        """The sessions that still live, the latest sign-in first, and where the next page begins."""
        ...

    async def revoke(self, user_id: uuid.UUID, session_id: uuid.UUID) -> bool:
        """End a session of this user and put it into the feed; whether there was a living one."""
        ...


class RevocationFeed(Protocol):
    async def after(self, sequence: int, *, limit: int) -> Sequence[FeedEntry]:
        """Entries in order; none with a smaller number appears later."""
        ...


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether they match; for None (no such account) False after just as much work."""
        ...


class AccessTokens(Protocol):
    def issue(self, account: Account, session: Session) -> str: ...
