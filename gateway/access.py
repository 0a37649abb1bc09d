"""From a bearer token to a caller: verified here, with auth's public keys, against what has been revoked since."""

from __future__ import annotations

import hashlib
import uuid
from collections import OrderedDict
from typing import Any

import aiohttp
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.errors import MissingToken
from gateway.revocations import Revocations
from shared.caller import Caller, decode_token
from shared.clock import Clock
from shared.errors import ExpiredToken, InvalidToken, UpstreamUnavailable
from shared.logs import get_logger

_log = get_logger("access")
_TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type (RFC 9068), not a secret
_AUDIENCE = "pace42"
_ISSUER = "auth"
# Ours have about 500; what is longer was not made by us.
_MAX_TOKEN_LENGTH = 4096
_CACHE_SIZE = 16_384
# Keys change rarely; a token with an unknown key id asks for them again, at most this often.
_KEYS_LIFETIME_S = 300.0
_KEYS_RETRY_S = 2.0


class PublicKeys:
    """auth's JWK set, cached; kept in use while auth is away."""

    def __init__(self, session: aiohttp.ClientSession, auth_url: str, clock: Clock) -> None:
        self._session = session
        self._url = f"{auth_url.rstrip('/')}/.well-known/jwks.json"
        self._clock = clock
        self._keys: KeySet | None = None
        self._asked_at_s = float("-inf")
        self.generation = 0

    async def get(self, *, unknown_key: bool = False) -> KeySet:
        """The keys; asked for again when they are old, or once more when a token names one that is not among them."""
        age_s = self._clock.monotonic_s() - self._asked_at_s
        if self._keys is None or age_s > _KEYS_LIFETIME_S or (unknown_key and age_s > _KEYS_RETRY_S):
            await self._refresh()
        if self._keys is None:
            raise UpstreamUnavailable("Signing in is not possible right now. Please try again.", retry_after_s=2)
        return self._keys

    async def _refresh(self) -> None:
        self._asked_at_s = self._clock.monotonic_s()
        try:
            async with self._session.get(self._url, timeout=aiohttp.ClientTimeout(total=2)) as response:
                response.raise_for_status()
                keys = KeySet.import_key_set(orjson.loads(await response.read()))
        except (aiohttp.ClientError, TimeoutError, ValueError, JoseError) as error:
            _log.warning("public keys not read", cause=type(error).__name__)
            if self._keys is None:
                self._asked_at_s = float("-inf")
            return
        self._keys = keys
        self.generation += 1


class AccessTokens:
    """Verifies access tokens. A token is verified once and remembered by its digest until it expires."""

    def __init__(self, keys: PublicKeys, revocations: Revocations, clock: Clock) -> None:
        self._keys = keys
        self._revocations = revocations
        self._clock = clock
        self._verified: OrderedDict[bytes, tuple[Caller, int]] = OrderedDict()

    async def verify(self, token: str) -> Caller:
        """Who the token speaks for, as things stand now.

        Raises InvalidToken, ExpiredToken, or UpstreamUnavailable while it cannot be known what has been revoked.
        """
        if len(token) > _MAX_TOKEN_LENGTH:
            raise _invalid()
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        caller, expires = self._verified.get(digest) or await self._remember(digest, token)
        if expires <= self._clock.now().timestamp():
            self._verified.pop(digest, None)
            raise ExpiredToken("This access token has expired. Refresh it or log in again.")
        self._revocations.require_fresh()
        if self._revocations.is_revoked(caller):
            raise InvalidToken("This session has ended. Log in again.")
        return self._revocations.current_claims(caller)

    async def _remember(self, digest: bytes, token: str) -> tuple[Caller, int]:
        claims = await self._claims(token)
        verified = (_caller(claims), int(claims["exp"]))
        self._verified[digest] = verified
        if len(self._verified) > _CACHE_SIZE:
            self._verified.popitem(last=False)
        return verified

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            return decode_token(token, await self._keys.get(), _TOKEN_TYPE)
        except InvalidToken:
            # The key may be new. Asking again is bounded in time, so that garbage cannot make us ask without end.
            generation = self._keys.generation
            keys = await self._keys.get(unknown_key=True)
            if self._keys.generation == generation:
                raise
            return decode_token(token, keys, _TOKEN_TYPE)


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header; None without one. Raises InvalidToken for another scheme."""
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("Send the access token as Authorization: Bearer.")
    return token.strip()


def require(caller: Caller | None) -> Caller:
    """Raises MissingToken where there was no token."""
    if caller is None or caller.user_id is None:
        raise MissingToken
    return caller


def _caller(claims: dict[str, Any]) -> Caller:
    if claims.get("iss") != _ISSUER or claims.get("aud") != _AUDIENCE:
        raise _invalid()
    try:
        return Caller(
            user_id=uuid.UUID(claims["sub"]),
            session_id=uuid.UUID(claims["sid"]),
            roles=frozenset(map(str, claims["roles"])),
            zone=str(claims["zoneinfo"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise _invalid() from None


def _invalid() -> InvalidToken:
    return InvalidToken("This access token is not one of ours. Log in again.")
