"""Signing up and logging in: both end with a session and its first tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.auth.domain import passwords
from services.auth.domain.errors import InvalidCredentials
from services.auth.domain.models import Account, Session, SignedIn, Tokens
from services.auth.domain.ports import AccessTokens, AccountStore, PasswordHasher, SessionStore
from services.auth.domain.refresh_token import RefreshTokens
from shared.clock import Clock
from shared.errors import ValidationFailed
from shared.ids import uuid7

# Enough to recognise "Firefox on Linux" in a list of sessions.
_DEVICE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRequest:
    email: str = field(repr=False)
    password: str = field(repr=False)
    display_name: str | None = field(repr=False)
    zone: str
    device: str


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Makes the token pair of a session. ``access_lifetime_s`` is what the client is told."""

    access: AccessTokens
    refresh: RefreshTokens
    access_lifetime_s: int

    def issue(self, account: Account, session: Session) -> Tokens:
        return Tokens(self.access.issue(account, session), self.refresh.issue(session), self.access_lifetime_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    accounts: AccountStore
    sessions: SessionStore
    hasher: PasswordHasher
    tokens: TokenIssuer
    session_lifetime: timedelta
    clock: Clock

    async def sign_up(self, request: SignUpRequest) -> SignedIn:
        """Raises ValidationFailed for a poor password and EmailTaken."""
        password = passwords.normalize(request.password)
        if issue := passwords.problem(password, email=request.email):
            raise ValidationFailed(f"The password {issue}.", details=[{"field": "password", "issue": issue}])
        now = self.clock.now()
        account = Account(
            user_id=uuid7(),
            email=request.email,
            display_name=request.display_name,
            zone=request.zone,
            roles=frozenset(),
            created_at=now,
            password_hash=await self.hasher.hash(password),
        )
        session = self._new_session(account, request.device, now)
        await self.accounts.create(account, session)
        return SignedIn(account, self.tokens.issue(account, session))

    async def log_in(self, email: str, password: str, device: str) -> SignedIn:
        """Raises InvalidCredentials, after the same work whether or not the e-mail has an account."""
        account = await self.accounts.by_email(email)
        stored = account.password_hash if account else None
        matches = await self.hasher.verify(stored, passwords.normalize(password))
        if account is None or not matches:
            raise InvalidCredentials
        session = self._new_session(account, device, self.clock.now())
        await self.sessions.open(session)
        return SignedIn(account, self.tokens.issue(account, session))

    def _new_session(self, account: Account, device: str, now: datetime) -> Session:
        return Session(
            session_id=uuid7(),
            user_id=account.user_id,
            salt=secrets.token_bytes(16),
            generation=0,
            created_at=now,
            rotated_at=now,
            expires_at=now + self.session_lifetime,
            revoked_at=None,
            device=device[:_DEVICE_LENGTH],
        )
