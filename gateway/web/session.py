"""A visitor's session: what the sealed cookie holds, how it is sealed, and how its tokens are kept fresh.

The cookie is the only place where a browser keeps the token pair. It is encrypted (AES-256-GCM), out of reach of
scripts, and read by pages only: ``/api/v1`` takes bearer tokens alone, so no cookie can be made to act there.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.clock import Clock

# As long as a refresh token lives (API.md); auth has the last word long before a stolen cookie could outlive this.
COOKIE_LIFETIME_S = 30 * 86_400
# Browsers keep 4096 bytes a cookie; ours has about 1200, and a longer one was not made by us.
_MAX_COOKIE_LENGTH = 4096
_NONCE_LENGTH = 12
_FORMAT = b"pace42 page session 1"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What auth gave; ``access_expires_at`` is in Unix seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: float

    @classmethod
    def from_answer(cls, tokens: dict[str, Any], now: float) -> TokenPair:
        """From the ``tokens`` of an answer of auth."""
        return cls(tokens["accessToken"], tokens["refreshToken"], now + tokens["expiresIn"])


@dataclass(frozen=True, slots=True)
class Session:
    """One browser. ``seed`` is what its form tokens are bound to; a visitor who has not signed in has no tokens.

    ``renewed_at`` is when it got its latest tokens, in Unix seconds.
    """

    seed: str = field(repr=False)
    renewed_at: float
    tokens: TokenPair | None = None

    @classmethod
    def new(cls, now: float, tokens: TokenPair | None = None) -> Session:
        """A session with a seed of its own: signing in and out never carries one over."""
        return cls(secrets.token_urlsafe(16), now, tokens)

    def renewed(self, tokens: TokenPair, now: float) -> Session:
        return replace(self, tokens=tokens, renewed_at=now)


class SessionCookie:
    """Reads and writes the cookie. ``secure`` binds it to TLS and, by its name, to this host alone."""

    def __init__(self, key: bytes, clock: Clock, *, secure: bool) -> None:
        """``key`` has 32 bytes."""
        self._aead = AESGCM(key)
        self._clock = clock
        self._secure = secure
        self.name = "__Host-pace42" if secure else "pace42"

    def read(self, request: web.Request) -> Session | None:
        """The session of a request; None without a cookie, and for one that is not ours, altered or too old."""
        value = request.cookies.get(self.name)
        return None if value is None else self.open(value)

    def write(self, response: web.StreamResponse, session: Session) -> None:
        response.set_cookie(
            self.name,
            self.seal(session),
            max_age=COOKIE_LIFETIME_S,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def seal(self, session: Session) -> str:
        nonce = os.urandom(_NONCE_LENGTH)
        tokens = session.tokens
        held: dict[str, Any] = {"seed": session.seed, "renewed": session.renewed_at}
        if tokens is not None:
            held["tokens"] = [tokens.access_token, tokens.refresh_token, tokens.access_expires_at]
        sealed = self._aead.encrypt(nonce, orjson.dumps(held), _FORMAT)
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, value: str) -> Session | None:
        try:
            if len(value) > _MAX_COOKIE_LENGTH:
                return None
            raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
            held = orjson.loads(self._aead.decrypt(raw[:_NONCE_LENGTH], raw[_NONCE_LENGTH:], _FORMAT))
        except (binascii.Error, ValueError, InvalidTag):
            return None
        session = Session(held["seed"], held["renewed"], TokenPair(*held["tokens"]) if "tokens" in held else None)
        return session if self._clock.now().timestamp() - session.renewed_at < COOKIE_LIFETIME_S else None
