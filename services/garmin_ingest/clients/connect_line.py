"""Garmin Connect's parts, and how its sign-in is called: in few threads, with a time limit, behind a breaker.

garminconnect is synchronous, and it is a client for one person's script. What of it is used here, and how it is held to
our rules, stands in ``connect_library``; that module is imported by the first call, because it takes 0.3 s.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from services.garmin_ingest.domain.errors import GarminRateLimited, GarminUnavailable
from shared.clock import Clock
from shared.errors import UpstreamUnavailable
from shared.resilience import Breaker, Deadline

# A log-in takes three requests and a pause between the first two, and the profile is still to be asked for.
LOG_IN_TIMEOUT_S = 22.0
REFRESH_TIMEOUT_S = 15.0
# Between the sign-in page and the log-in, as 0.3.20 of the library does by itself: at once looks like a robot.
PAUSE_S = 2.0
_OPEN_S = 60.0
# The thread keeps to the limit by itself; this is for one that does not.
_GRACE_S = 1.0

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class ConnectAddresses:
    """No request of this source goes anywhere else. ``tokens`` is a whole address, the others are beginnings."""

    sso: str = "https://sso.garmin.com"
    api: str = "https://connectapi.garmin.com"
    tokens: str = "https://diauth.garmin.com/di-oauth2-service/oauth/token"

    @classmethod
    def at(cls, host: str) -> ConnectAddresses:
        """All parts at one address, as a simulated Garmin has them."""
        return cls(host, host, f"{host}/di-oauth2-service/oauth/token")


class UnexpectedAnswer(GarminUnavailable):
    """Garmin answers, but not what we know: no reason to stop asking for others."""


class SignInLine:
    """The way to Garmin's sign-in (``sso``) and to its token end-point (``tokens``), each behind its own breaker:
    the protection before the one may turn us away for days while the other answers.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        threads: int = 4,
        log_in_timeout_s: float = LOG_IN_TIMEOUT_S,
        refresh_timeout_s: float = REFRESH_TIMEOUT_S,
        pause_s: float = PAUSE_S,
        window: int = 10,
    ) -> None:
        self.sso = Breaker("garmin sign-in", clock, open_s=_OPEN_S, window=window)
        self.tokens = Breaker("garmin tokens", clock, open_s=_OPEN_S, window=window)
        self.log_in_timeout_s = log_in_timeout_s
        self.refresh_timeout_s = refresh_timeout_s
        self.pause_s = pause_s
        self._clock = clock
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="garmin")
        _silence_library()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def call(self, door: Breaker, work: Callable[[Deadline], ResultT], timeout_s: float) -> ResultT:
        """Run ``work`` in a thread. A caller that goes away frees its place in the queue at once, and a thread that has
        begun ends at its deadline.
        """
        try:
            async with door.guard():
                try:
                    return await self.run(work, timeout_s)
                except (GarminRateLimited, UnexpectedAnswer) as error:
                    refusal = error  # a healthy answer, in the eyes of a breaker
        except UpstreamUnavailable as error:
            raise down(retry_after_s=error.retry_after_s) from None
        raise refusal

    async def run(self, work: Callable[[Deadline], ResultT], timeout_s: float) -> ResultT:
        """The same for what asks nobody."""
        deadline = Deadline.after(timeout_s, self._clock)
        try:
            async with asyncio.timeout(timeout_s + _GRACE_S):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work, deadline)
        except TimeoutError:
            raise down() from None


def down(*, retry_after_s: float | None = None) -> GarminUnavailable:
    return GarminUnavailable(
        "Garmin is not answering right now. Please try again later.",
        details=({"issue": "Garmin is down or too slow"},),
        retry_after_s=retry_after_s,
    )


def blocked() -> GarminUnavailable:
    """A bot check instead of an answer. It is meant for our server's address, and no password is at fault."""
    return GarminUnavailable(
        "Garmin's protection against robots is turning Pace42 away, so nobody can sign in through it right now. "
        "Please try again later, or upload your files meanwhile.",
        details=({"issue": "blocked by Garmin's protection page"},),
    )


def unexpected() -> UnexpectedAnswer:
    return UnexpectedAnswer(
        "Garmin gave an answer that Pace42 does not understand. Please try again later.",
        details=({"issue": "unexpected answer"},),
    )


def rate_limited(retry_after_s: float | None) -> GarminRateLimited:
    return GarminRateLimited("Garmin asks us to wait before we ask it again.", retry_after_s=retry_after_s)


def _silence_library() -> None:
    """The library logs what it was answered, paths with names in them and, at debug level, tokens; urllib3 logs the
    paths too. What there is to know of a failed call is in the error that it raises.
    """
    library = logging.getLogger("garminconnect")
    library.propagate = False
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.WARNING)
