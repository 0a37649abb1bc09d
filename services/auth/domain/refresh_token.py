"""Refresh tokens: opaque to clients, derived rather than stored.

A token is session id, generation and an HMAC over both with the session's salt, under a key of the secret store. The
database alone cannot make one, nor can the key alone; and the successor of a token can be made again, which lets a
client whose answer was lost, or which refreshed twice at once, have the same successor instead of losing its session.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.auth.domain.errors import SessionEnded
from services.auth.domain.models import Session
from shared.errors import InvalidToken

# Within this time the immediate predecessor gets the same successor again (two tabs, a retry after a lost answer).
GRACE = timedelta(seconds=10)

_ID_BYTES, _GENERATION_BYTES, _MAC_BYTES = 16, 4, 32


@dataclass(frozen=True, slots=True)
class PresentedToken:
    session_id: uuid.UUID
    generation: int
    mac: bytes = field(repr=False)


class RefreshTokens:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, session: Session) -> str:
        """The token of the session's current generation."""
        prefix = session.session_id.bytes + session.generation.to_bytes(_GENERATION_BYTES)
        return _text_of(prefix + self._mac(prefix, session.salt))

    def parse(self, token: str) -> PresentedToken:
        """Raises InvalidToken for what does not have the form of one."""
        try:
            raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise _invalid() from None
        if len(raw) != _ID_BYTES + _GENERATION_BYTES + _MAC_BYTES or _text_of(raw) != token:
            raise _invalid()
        generation = int.from_bytes(raw[_ID_BYTES : _ID_BYTES + _GENERATION_BYTES])
        return PresentedToken(uuid.UUID(bytes=raw[:_ID_BYTES]), generation, raw[-_MAC_BYTES:])

    def rotate(self, session: Session, presented: PresentedToken, *, now: datetime, lifetime: timedelta) -> Session:
        """The session after ``presented`` was used on it; revoked where that was a reuse.

        Raises InvalidToken for a forged token and SessionEnded where the session has ended.
        """
        prefix = presented.session_id.bytes + presented.generation.to_bytes(_GENERATION_BYTES)
        is_genuine = hmac.compare_digest(self._mac(prefix, session.salt), presented.mac)
        if not is_genuine or presented.generation > session.generation:
            raise _invalid()
        if session.revoked_at is not None or session.expires_at <= now:
            raise SessionEnded
        if presented.generation == session.generation:
            return replace(session, generation=session.generation + 1, rotated_at=now, expires_at=now + lifetime)
        is_predecessor = presented.generation == session.generation - 1
        if is_predecessor and now - session.rotated_at <= GRACE:
            return session
        return replace(session, revoked_at=now)

    def _mac(self, prefix: bytes, salt: bytes) -> bytes:
        return hmac.new(self._key, b"refresh" + salt + prefix, hashlib.sha256).digest()


def _text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _invalid() -> InvalidToken:
    return InvalidToken("This refresh token is not one of ours. Log in again.")
