"""auth's numbered feed of what changes tokens already given out, read every two seconds.

A gateway that has not read it for 30 s no longer knows who was locked out, and closes every route that needs a sign-in.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from typing import Any

from shared.caller import Caller
from shared.clock import Clock
from shared.errors import ServiceError, UpstreamUnavailable
from shared.http.client import ServiceClient
from shared.logs import get_logger

_log = get_logger("revocations")
_INTERVAL_S = 2.0
# While nothing is known yet, or not any more, everybody waits for this.
_IMPATIENT_S = 0.2
_BLIND_AFTER_S = 30.0
_READ_TIMEOUT_S = 5.0
# Longer than any access token may live (AUTH_ACCESS_TOKEN_LIFETIME_S is at most an hour).
_REMEMBERED_S = 3700.0


class Revocations:
    def __init__(self, auth: ServiceClient, clock: Clock) -> None:
        self._auth = auth
        self._clock = clock
        self._sequence = 0
        self._read_at_s = float("-inf")
        self._revoked: dict[uuid.UUID, float] = {}
        self._claims: dict[uuid.UUID, tuple[frozenset[str], str, float]] = {}
        self._wake = asyncio.Event()

    def require_fresh(self) -> None:
        """Raises UpstreamUnavailable while the feed is older than 30 s."""
        if not self._is_fresh():
            raise UpstreamUnavailable("Sign-ins cannot be checked right now. Please try again.", retry_after_s=2)

    def _is_fresh(self) -> bool:
        return self._clock.monotonic_s() - self._read_at_s <= _BLIND_AFTER_S

    def is_revoked(self, caller: Caller) -> bool:
        return caller.session_id in self._revoked

    def current_claims(self, caller: Caller) -> Caller:
        """The caller with the roles and zone that count now."""
        changed = self._claims.get(caller.user_id) if caller.user_id is not None else None
        return caller if changed is None else replace(caller, roles=changed[0], zone=changed[1])

    def poke(self) -> None:
        """Read at once: something has just passed through that may have ended a session."""
        self._wake.set()

    async def follow(self) -> None:
        """Read for as long as the process lives."""
        while True:
            self._wake.clear()
            try:
                async with asyncio.timeout(_READ_TIMEOUT_S):
                    await self.catch_up()
            except (ServiceError, TimeoutError) as error:
                _log.warning("revocation feed not read", cause=type(error).__name__)
            except Exception:  # noqa: BLE001 - one odd entry must not end the only task that knows who is locked out
                _log.exception("revocation feed not understood")
            try:
                async with asyncio.timeout(_INTERVAL_S if self._is_fresh() else _IMPATIENT_S):
                    await self._wake.wait()
            except TimeoutError:
                self._forget_old()

    async def catch_up(self) -> None:
        """Read everything after the last entry seen."""
        while True:
            query = {"after": str(self._sequence)}
            items = (await self._auth.send("GET", "/internal/revocations", query=query, on_behalf=False))["items"]
            for item in items:
                self._take(item)
            if not items:
                self._read_at_s = self._clock.monotonic_s()
                return

    def _take(self, item: dict[str, Any]) -> None:
        now_s = self._clock.monotonic_s()
        self._sequence = item["sequence"]
        if item["kind"] == "session_revoked":
            self._revoked[uuid.UUID(item["sessionId"])] = now_s
        else:
            self._claims[uuid.UUID(item["userId"])] = (frozenset(item["roles"]), item["zone"] or "UTC", now_s)

    def _forget_old(self) -> None:
        limit_s = self._clock.monotonic_s() - _REMEMBERED_S
        self._revoked = {key: at_s for key, at_s in self._revoked.items() if at_s > limit_s}
        self._claims = {key: value for key, value in self._claims.items() if value[2] > limit_s}
