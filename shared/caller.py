"""Who is calling: tokens that say it, and the only two things one may do with them, sign and verify.

A **caller token** is signed by the gateway for one receiving service (``aud``) and says which user, session and roles a
request comes from. A **service token** is signed by a service with its own key for work that no request caused; it is
accepted on ``/internal`` routes only. Both live 60 s. No service ever sees a user's own token, and because each token
names its audience, none can be replayed elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.clock import Clock
from shared.errors import InvalidToken

ALGORITHM = "Ed25519"
# Long enough for any request to reach its service, short enough that a leaked token is worthless.
TOKEN_LIFETIME_S = 60
# A cached token is reused while at least this much of its life is left for the receiver.
_REUSE_MARGIN_S = 30
# Hosts of one stack share a clock; a few seconds cover a virtual machine that was paused.
_CLOCK_SKEW_S = 5
_CACHE_SIZE = 4096
# Ours have some hundred bytes; nobody gets a megabyte hashed and parsed by sending it.
_MAX_TOKEN_LENGTH = 4096

CALLER_TYPE = "caller+jwt"
SERVICE_TYPE = "service+jwt"


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request; ``user_id`` is None for a request without a sign-in.

    ``zone`` is the user's IANA time zone, so that no service has to ask for it.
    """

    user_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    roles: frozenset[str] = frozenset()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key of one process; ``issuer`` is the name of the process."""

    issuer: str
    key: OKPKey = field(repr=False)

    @classmethod
    def from_jwk(cls, issuer: str, jwk: Mapping[str, Any]) -> SigningKey:
        return cls(issuer, OKPKey.import_key(dict(jwk)))

    def sign(self, token_type: str, claims: Mapping[str, Any]) -> str:
        header = {"alg": ALGORITHM, "kid": self.key.kid, "typ": token_type}
        return jwt.encode(header, {"iss": self.issuer, **claims}, self.key, algorithms=[ALGORITHM])


class TokenSigner:
    """Signs and caches the tokens of one process; a token is made once per content and audience, not per request."""

    def __init__(self, key: SigningKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._cache: OrderedDict[tuple[str, Caller | None], tuple[str, float]] = OrderedDict()

    def caller_token(self, caller: Caller, audience: str) -> str:
        return self._cached(audience, caller)

    def service_token(self, audience: str) -> str:
        return self._cached(audience, None)

    def _cached(self, audience: str, caller: Caller | None) -> str:
        now = self._clock.now().timestamp()
        cached = self._cache.get((audience, caller))
        if cached is not None and cached[1] - now >= _REUSE_MARGIN_S:
            return cached[0]
        expires = now + TOKEN_LIFETIME_S
        claims: dict[str, Any] = {"aud": audience, "iat": int(now), "exp": int(expires)}
        if caller is not None:
            claims |= _claims_of(caller)
        token = self._key.sign(SERVICE_TYPE if caller is None else CALLER_TYPE, claims)
        self._cache[audience, caller] = (token, expires)
        if len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return token


class TokenVerifier:
    """Verifies tokens meant for ``audience`` against the public keys of the processes it knows, by issuer."""

    def __init__(self, audience: str, public_keys: Mapping[str, Mapping[str, Any]], clock: Clock) -> None:
        self._audience = audience
        self._keys = {issuer: KeySet([OKPKey.import_key(dict(jwk))]) for issuer, jwk in public_keys.items()}
        self._clock = clock
        self._verified: OrderedDict[bytes, Mapping[str, Any]] = OrderedDict()

    def caller(self, token: str, *, issuer: str = "gateway") -> Caller:
        """The caller that ``issuer`` vouches for. Raises InvalidToken."""
        return _caller_of(self._claims(token, CALLER_TYPE, issuer))

    def service(self, token: str, *, issuers: frozenset[str]) -> str:
        """The name of the calling service, one of ``issuers``. Raises InvalidToken."""
        for issuer in issuers & self._keys.keys():
            try:
                self._claims(token, SERVICE_TYPE, issuer)
            except InvalidToken:
                continue
            return issuer
        raise _refused()

    def _claims(self, token: str, token_type: str, issuer: str) -> Mapping[str, Any]:
        if len(token) > _MAX_TOKEN_LENGTH or not token.isascii():
            raise _refused()
        digest = hashlib.sha256(f"{token_type} {issuer} {token}".encode()).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._verify(token, token_type, issuer)
            self._verified[digest] = claims
            if len(self._verified) > _CACHE_SIZE:
                self._verified.popitem(last=False)
        now = self._clock.now().timestamp()
        if not now - _CLOCK_SKEW_S <= claims["exp"] <= now + TOKEN_LIFETIME_S + _CLOCK_SKEW_S:
            self._verified.pop(digest, None)
            raise _refused()
        return claims

    def _verify(self, token: str, token_type: str, issuer: str) -> Mapping[str, Any]:
        keys = self._keys.get(issuer)
        if keys is None:
            raise _refused()
        claims = decode_token(token, keys, token_type)
        if claims.get("iss") != issuer or claims.get("aud") != self._audience:
            raise _refused()
        return claims


def decode_token(token: str, keys: KeySet, token_type: str) -> dict[str, Any]:
    """The claims of a token whose signature, algorithm and type are right; time is the caller's to check.

    Raises InvalidToken for everything else, whatever the parser made of it.
    """
    if len(token) > _MAX_TOKEN_LENGTH or not all(_is_canonical(part) for part in token.split(".")):
        raise _refused()
    try:
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
    except Exception as error:  # whatever a stranger's text does to the parser, it is not a token
        raise _refused() from error
    claims, header = decoded.claims, decoded.header
    header_is_ours = header.keys() <= {"alg", "kid", "typ"} and header.get("typ") == token_type
    if not header_is_ours or not isinstance(claims, dict) or type(claims.get("exp")) is not int:
        raise _refused()
    return claims


def _is_canonical(part: str) -> bool:
    """Whether ``part`` is the one base64url text of its bytes, so that no altered token means the same."""
    try:
        raw = base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == part


def _claims_of(caller: Caller) -> dict[str, Any]:
    return {
        "sub": "" if caller.user_id is None else str(caller.user_id),
        "sid": "" if caller.session_id is None else str(caller.session_id),
        "roles": sorted(caller.roles),
        "zoneinfo": caller.zone,
    }


def _caller_of(claims: Mapping[str, Any]) -> Caller:
    """Raises InvalidToken for claims that do not have the form ``_claims_of`` gives them."""
    subject, session, roles, zone = (claims.get(name) for name in ("sub", "sid", "roles", "zoneinfo"))
    if not (
        isinstance(subject, str) and isinstance(session, str) and isinstance(zone, str) and isinstance(roles, list)
    ):
        raise _refused()
    if not all(isinstance(role, str) for role in roles):
        raise _refused()
    try:
        return Caller(
            user_id=uuid.UUID(subject) if subject else None,
            session_id=uuid.UUID(session) if session else None,
            roles=frozenset(roles),
            zone=zone,
        )
    except ValueError as error:
        raise _refused() from error


def _refused() -> InvalidToken:
    return InvalidToken("This request does not come from a caller we know. Sign in again.")
