"""Tickets and tokens of the simulated Garmin Connect: JWT-shaped, and each refresh token good for one use."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from tests.support.garmin.world import SimulatedAccount


@dataclass
class ConnectTokens:
    """``access_s`` is how long the next access tokens live."""

    access_s: int = 3600
    _tickets: dict[str, SimulatedAccount] = field(default_factory=dict)
    _access: dict[str, tuple[SimulatedAccount, float]] = field(default_factory=dict)
    _refresh: dict[str, SimulatedAccount] = field(default_factory=dict)

    def ticket(self, account: SimulatedAccount) -> str:
        ticket = f"ST-{secrets.token_hex(12)}-sso"
        self._tickets[ticket] = account
        return ticket

    def redeem(self, ticket: str, client_id: str) -> dict[str, Any] | None:
        """The answer of the token end-point; None for a ticket that it does not know or has seen."""
        account = self._tickets.pop(ticket, None)
        return self.issue(account, client_id) if account else None

    def refresh(self, token: str, client_id: str) -> dict[str, Any] | None:
        """The same for a refresh token, which is void afterwards."""
        account = self._refresh.pop(token, None)
        return self.issue(account, client_id) if account else None

    def issue(self, account: SimulatedAccount, client_id: str) -> dict[str, Any]:
        expires_at_s = time.time() + self.access_s
        claims = {"client_id": client_id, "exp": int(expires_at_s), "jti": secrets.token_hex(8)}
        access = ".".join((_part({"alg": "RS256", "typ": "JWT"}), _part(claims), secrets.token_urlsafe(32)))
        refresh = secrets.token_urlsafe(32)
        self._access[access] = (account, expires_at_s)
        self._refresh[refresh] = account
        return {
            "scope": "CONNECT_READ CONNECT_WRITE",
            "jti": claims["jti"],
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": self.access_s,
            "refresh_token_expires_in": 2_591_999,
        }

    def owner(self, access: str) -> SimulatedAccount | None:
        account, expires_at_s = self._access.get(access, (None, 0.0))
        return account if time.time() < expires_at_s else None

    def void_access(self, account: SimulatedAccount) -> None:
        """As if the access tokens had expired; refresh tokens stay good."""
        self._access = {token: held for token, held in self._access.items() if held[0] is not account}

    def void(self, account: SimulatedAccount) -> None:
        """What a change of the password does."""
        self.void_access(account)
        self._refresh = {token: held for token, held in self._refresh.items() if held is not account}


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
