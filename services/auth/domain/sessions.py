"""Keeping a session alive, listing sessions, ending them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.auth.domain.errors import SessionEnded, TokenReused
from services.auth.domain.models import Session, SignedIn
from services.auth.domain.ports import AccountStore, SessionStore
from services.auth.domain.sign_in import TokenIssuer
from shared.clock import Clock
from shared.errors import InvalidToken, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    accounts: AccountStore
    sessions: SessionStore
    tokens: TokenIssuer
    session_lifetime: timedelta
    clock: Clock

    async def refresh(self, refresh_token: str) -> SignedIn:
        """The next token pair of the session. Raises InvalidToken, SessionEnded or TokenReused."""
        presented = self.tokens.refresh.parse(refresh_token)
        now = self.clock.now()

        def decide(session: Session) -> Session:
            return self.tokens.refresh.rotate(session, presented, now=now, lifetime=self.session_lifetime)

        session = await self.sessions.rotate(presented.session_id, decide)
        if session is None:
            raise InvalidToken("This refresh token is not one of ours. Log in again.")
        if session.revoked_at is not None:
            raise TokenReused
        account = await self.accounts.by_id(session.user_id)
        if account is None:
            raise SessionEnded
        return SignedIn(account, self.tokens.issue(account, session))

    async def page(
        self, user_id: uuid.UUID, *, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Session], uuid.UUID | None]:
        """The living sessions, the latest sign-in first, and where the next page begins."""
        return await self.sessions.page(user_id, before=before, limit=limit)

    async def log_out(self, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
        """End the session; ending it twice is the same as once."""
        await self.sessions.revoke(user_id, session_id)

    async def end(self, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
        """End one of the user's sessions. Raises NotFound for what is not a living one of theirs."""
        if not await self.sessions.revoke(user_id, session_id):
            raise NotFound("There is no such session.")
