"""Access tokens: signed JWTs (RFC 9068 in spirit) that the gateway verifies with our public key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from services.auth.domain.models import Account, Session
from shared.caller import SigningKey
from shared.clock import Clock

TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type (RFC 9068), not a secret
AUDIENCE = "pace42"


class AccessTokenSigner:
    def __init__(self, jwk: Mapping[str, Any], *, lifetime_s: int, clock: Clock) -> None:
        self._key = SigningKey.from_jwk("auth", jwk)
        self._lifetime_s = lifetime_s
        self._clock = clock

    def issue(self, account: Account, session: Session) -> str:
        now = int(self._clock.now().timestamp())
        claims = {
            "aud": AUDIENCE,
            "sub": str(account.user_id),
            "sid": str(session.session_id),
            "roles": sorted(account.roles),
            "zoneinfo": account.zone,
            "iat": now,
            "exp": now + self._lifetime_s,
            "jti": secrets.token_urlsafe(12),
        }
        return self._key.sign(TOKEN_TYPE, claims)

    def public_keys(self) -> dict[str, Any]:
        """The JWK set (RFC 7517) with which anybody may verify."""
        jwk = self._key.key.as_dict(private=False)
        return {"keys": [{**jwk, "use": "sig", "alg": "Ed25519"}]}
