"""Letting a session in: its access token is verified, and traded for a new one when its time is over."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import web

from gateway.web.ports import Backend, Identity
from gateway.web.session import Session, TokenPair
from shared.caller import Caller
from shared.clock import Clock
from shared.errors import InvalidToken, Kind, ServiceError

# A page makes several calls; a token with less than this left might expire between them.
_RENEW_BEFORE_S = 30.0
# A browser that went away before it got its new pair asks again with the old one. auth forgives that for 10 s, which
# a phone between two cells can miss; in this time we still know the answer.
_REMEMBERED_S = 60.0
_REMEMBERED_COUNT = 10_000


class SignInNeeded(InvalidToken):
    """Nobody is signed in, or not any more."""

    def __init__(self) -> None:
        super().__init__("Your session has ended. Sign in again to go on.")


@dataclass(frozen=True, slots=True)
class _Renewal:
    pair: asyncio.Task[TokenPair]
    forget_at_s: float


class Entrance:
    """Knows who a session belongs to. One renewal at a time per session; requests that meet share it."""

    def __init__(self, identity: Identity, backend: Backend, clock: Clock) -> None:
        self._identity = identity
        self._backend = backend
        self._clock = clock
        self._renewals: OrderedDict[bytes, _Renewal] = OrderedDict()

    async def admit(self, request: web.Request, session: Session) -> tuple[Session, Caller]:
        """The session, with new tokens where they were due, and its caller.

        Raises SignInNeeded, and other ServiceErrors while it cannot be told who this is.
        """
        tokens = session.tokens
        if tokens is None:
            raise SignInNeeded
        try:
            if tokens.access_expires_at - self._now() > _RENEW_BEFORE_S:
                try:
                    return session, await self._identity.verify(tokens.access_token)
                except ServiceError as error:
                    if error.kind is not Kind.UNAUTHENTICATED:
                        raise
            renewed = session.renewed(await self._renewed(request, tokens.refresh_token), self._now())
            assert renewed.tokens is not None
            return renewed, await self._identity.verify(renewed.tokens.access_token)
        except ServiceError as error:
            if error.kind is Kind.UNAUTHENTICATED:
                raise SignInNeeded from error
            raise

    async def _renewed(self, request: web.Request, refresh_token: str) -> TokenPair:
        self._forget()
        key = hashlib.sha256(refresh_token.encode()).digest()
        renewal = self._renewals.get(key)
        if renewal is None:
            task = asyncio.ensure_future(self._renew(request, refresh_token))
            renewal = self._renewals[key] = _Renewal(task, self._clock.monotonic_s() + _REMEMBERED_S)
            task.add_done_callback(lambda done: self._forget_failure(key, done))
        # Shielded: the visitor who asked first may go away while others wait for the same pair.
        return await asyncio.shield(renewal.pair)

    async def _renew(self, request: web.Request, refresh_token: str) -> TokenPair:
        reply = await self._backend.call(
            request, "auth", "POST", "/api/v1/auth/refresh", caller=Caller(), body={"refreshToken": refresh_token}
        )
        return TokenPair.from_answer(reply.json["tokens"], self._now())

    def _forget_failure(self, key: bytes, done: asyncio.Task[TokenPair]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._renewals.pop(key, None)

    def _forget(self) -> None:
        now_s = self._clock.monotonic_s()
        while self._renewals:
            key, oldest = next(iter(self._renewals.items()))
            if oldest.forget_at_s > now_s and len(self._renewals) < _REMEMBERED_COUNT:
                return
            del self._renewals[key]

    def _now(self) -> float:
        return self._clock.now().timestamp()
