"""A log-in that waits for a code: held by the process that began it, answered through whichever the runner meets.

The process that holds a log-in asks the database for codes, only while it holds any; the one that is given a code
leaves it there and waits for the outcome. Both may be the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.garmin_ingest.domain.errors import (
    GarminConnectFailed,
    GarminMfaRequired,
    GarminRateLimited,
    GarminUnavailable,
)
from services.garmin_ingest.domain.garmin.link import Link, Wish
from services.garmin_ingest.domain.garmin.log_in_ports import AnsweredChallenge, ChallengeStore
from services.garmin_ingest.domain.garmin.log_ins import LogIns
from services.garmin_ingest.domain.garmin.mfa_outcome import CONNECTED, from_outcome, to_outcome
from services.garmin_ingest.domain.garmin.models import LoggedIn
from services.garmin_ingest.domain.garmin.ports import CredentialStore, PendingLogIn
from shared.clock import Clock
from shared.errors import Conflict, InternalError, ServiceError, ServiceOverloaded
from shared.ids import uuid7
from shared.logs import get_logger

_LIFETIME = dt.timedelta(minutes=10)
_CODES = 3
# Each holds a session with Garmin in memory.
_MOST_PENDING = 64
_LOOK_FOR_CODES_S = 0.3
_LOOK_FOR_OUTCOME_S = 0.1
# A living owner takes a code at its next look; Garmin then has this long, within the 40 s of the request.
_TAKEN_WITHIN_S = 5.0
_FINISHED_WITHIN_S = 28.0

_log = get_logger("garmin log-in")


@dataclass(slots=True)
class _Open:
    pending: PendingLogIn
    wish: Wish
    expires_at: dt.datetime
    wrong_codes: int = 0
    logged_in: LoggedIn | None = None


class Challenges:
    def __init__(
        self, store: ChallengeStore, *, link: Link, credentials: CredentialStore, log_ins: LogIns, clock: Clock
    ) -> None:
        self._store = store
        self._link = link
        self._credentials = credentials
        self._log_ins = log_ins
        self._clock = clock
        self._owner_id = uuid7()
        self._open: dict[uuid.UUID, _Open] = {}
        self._busy: set[uuid.UUID] = set()
        self._look = asyncio.Event()

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        """Hold log-ins while the block runs; what still waits at its end is abandoned."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            for challenge_id in tuple(self._open):
                await self._close(challenge_id)

    def require_room(self) -> None:
        """Raises ServiceOverloaded where no more log-ins can wait for their codes."""
        if len(self._open) >= _MOST_PENDING:
            raise ServiceOverloaded("Too many people are logging in at Garmin right now.", retry_after_s=60)

    async def begin(self, pending: PendingLogIn, wish: Wish) -> GarminMfaRequired:
        """Hold a log-in, in the place of an earlier one of the same runner; what to tell them."""
        earlier = [one for one, held in self._open.items() if held.wish.user_id == wish.user_id]
        for challenge_id in set(earlier) - self._busy:
            await self._close(challenge_id)
        now = self._clock.now()
        challenge_id, expires_at = uuid7(), now + _LIFETIME
        self._open[challenge_id] = _Open(pending, wish, expires_at)
        try:
            await self._store.sweep(now - _LIFETIME)
            await self._store.open(challenge_id, wish.user_id, owner_id=self._owner_id, expires_at=expires_at)
        except ServiceError:
            await self._close(challenge_id)
            raise
        self._look.set()
        return GarminMfaRequired(
            "Garmin has sent you a code. Enter it here within ten minutes.", challenge_id=challenge_id
        )

    async def answer(self, user_id: uuid.UUID, challenge_id: uuid.UUID, code: str) -> None:
        """Give the code; returns once the account is connected. Raises what ``Connect.run`` raises."""
        attempt = await self._store.answer(challenge_id, user_id, code, now=self._clock.now())
        if attempt is None:
            return await self._explain(user_id, challenge_id)
        self._look.set()
        began_at_s = self._clock.monotonic_s()
        while True:
            challenge = await self._store.look(challenge_id, user_id)
            if challenge is None:
                raise _over()
            if challenge.outcome is not None and challenge.outcome["attempt"] == attempt:
                return from_outcome(challenge.outcome)
            if challenge.attempt != attempt:
                # Another code was given meanwhile, and the outcome of this one is gone.
                raise GarminConnectFailed("Garmin did not accept the code.")
            waited_s = self._clock.monotonic_s() - began_at_s
            if challenge.state == "answered" and waited_s > _TAKEN_WITHIN_S:
                await self._store.drop(challenge_id)
                raise _over()
            if waited_s > _FINISHED_WITHIN_S + _TAKEN_WITHIN_S:
                raise GarminUnavailable("Garmin took too long to answer. Look again in a minute.", retry_after_s=60)
            await asyncio.sleep(_LOOK_FOR_OUTCOME_S)

    async def _explain(self, user_id: uuid.UUID, challenge_id: uuid.UUID) -> None:
        """Why a challenge takes no code. Returns where it has led to a connection: the first answer was lost."""
        challenge = await self._store.look(challenge_id, user_id)
        if challenge is not None and challenge.state == "done" and challenge.outcome is not None:
            return from_outcome(challenge.outcome)
        if challenge is not None and challenge.state in {"answered", "taken"}:
            raise Conflict("Garmin is still looking at the code before this one.", retry_after_s=2)
        raise _over()

    async def _watch(self) -> None:
        """Look for codes while any log-in waits, and let go of those whose time is over."""
        async with asyncio.TaskGroup() as finishing:
            while True:
                if not self._open:
                    self._look.clear()
                    await self._look.wait()
                try:
                    for answered in await self._store.take_answered(self._owner_id):
                        finishing.create_task(self._finish(answered))
                    await self._expire()
                except Exception as error:  # noqa: BLE001 - whatever is wrong with one look, the next is made
                    _log.warning("codes were not looked for", exc_info=error)
                self._look.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._look.wait(), _LOOK_FOR_CODES_S)

    async def _finish(self, answered: AnsweredChallenge) -> None:
        """Try a code and leave its outcome. Raises nothing: one log-in must not end the watch over the others."""
        held = self._open.get(answered.challenge_id)
        if held is None:
            return
        self._busy.add(answered.challenge_id)
        error: ServiceError | None = None
        try:
            await self._connect(held, answered.code)
        except ServiceError as failure:
            held.wrong_codes += isinstance(failure, GarminConnectFailed)
            error = failure
        except Exception as failure:  # noqa: BLE001 - a bug in an adapter is the answer to this runner alone
            _log.error("a log-in with a code failed", exc_info=failure)
            error = InternalError("Something went wrong on our side.")
        finally:
            self._busy.discard(answered.challenge_id)
        again = error is not None and self._may_go_on(held, error)
        outcome = CONNECTED if error is None else to_outcome(error, again=again)
        with contextlib.suppress(ServiceError):
            await self._store.settle(answered.challenge_id, {**outcome, "attempt": answered.attempt}, again=again)
        if not again:
            await self._let_go(answered.challenge_id, held)

    async def _connect(self, held: _Open, code: str) -> None:
        # As when connecting: a code that Garmin has accepted is used up.
        await self._credentials.read(held.wish.user_id)
        if held.logged_in is None:
            async with self._log_ins.heeding(held.wish.login_hash, zone=held.wish.zone):
                try:
                    async with asyncio.timeout(_FINISHED_WITHIN_S - _TAKEN_WITHIN_S):
                        held.logged_in = await held.pending.finish(code)
                except TimeoutError:
                    raise GarminUnavailable("Garmin took too long to answer. Start again.") from None
        await self._link.run(held.wish, held.logged_in)

    def _may_go_on(self, held: _Open, error: ServiceError) -> bool:
        """After a wrong code while any is left, and while only our own parts are away."""
        if self._clock.now() >= held.expires_at:
            return False
        if held.logged_in is not None:
            return error.retryable
        return held.wrong_codes < _CODES and not isinstance(error, Conflict | GarminRateLimited | InternalError)

    async def _expire(self) -> None:
        now = self._clock.now()
        for challenge_id, held in tuple(self._open.items()):
            if held.expires_at <= now and challenge_id not in self._busy:
                await self._close(challenge_id)

    async def _close(self, challenge_id: uuid.UUID) -> None:
        held = self._open.get(challenge_id)
        if held is not None:
            await self._let_go(challenge_id, held)
        with contextlib.suppress(ServiceError):
            await self._store.drop(challenge_id)

    async def _let_go(self, challenge_id: uuid.UUID, held: _Open) -> None:
        self._open.pop(challenge_id, None)
        if held.logged_in is None:
            with contextlib.suppress(ServiceError):
                await held.pending.abandon()


def _over() -> GarminConnectFailed:
    return GarminConnectFailed("This log-in is over or was not yours. Start again with your user name and password.")
