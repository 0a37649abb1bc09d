"""How long to wait, how often to try again, and when to stop asking: pure rules driven by a clock."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from shared.clock import Clock
from shared.errors import Kind, ServiceError, UpstreamTimeout, UpstreamUnavailable

# What a dependency answers when it is unwell; every other refusal, a rate limit too, is a healthy answer.
_UNWELL = frozenset({Kind.UNAVAILABLE, Kind.TIMEOUT, Kind.INTERNAL})
# A trial that has not ended by then hangs, and another may be made.
_TRIAL_LEASE_S = 10.0
# Doubling more often than this changes nothing and overflows a float in the end.
_MAX_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time after which nobody waits for the answer any more."""

    expires_at_s: float
    clock: Clock = field(repr=False)

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> Deadline:
        return cls(clock.monotonic_s() + seconds, clock)

    def remaining_s(self) -> float:
        return max(0.0, self.expires_at_s - self.clock.monotonic_s())

    def require(self) -> float:
        """The seconds that are left. Raises UpstreamTimeout where there are none, so that no work starts in vain."""
        remaining = self.remaining_s()
        if remaining <= 0:
            raise UpstreamTimeout("This took longer than it may. Please try again.", retry_after_s=1)
        return remaining


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full jitter: base 1 s and cap 30 s, unless a caller has reason otherwise."""

    base_s: float = 1.0
    cap_s: float = 30.0

    def delay_s(self, failures: int) -> float:
        """Seconds to wait after ``failures`` failures (1 or more)."""
        return random.uniform(0.0, min(self.cap_s, self.base_s * 2 ** min(failures - 1, _MAX_DOUBLINGS)))


class Breaker:
    """Stops calling a dependency that fails half of its last calls, and lets one trial through after a pause.

    ``failure_ratio`` over the last ``window`` calls opens it for ``open_s`` seconds: 2 for our own services and stores,
    60 for outside providers. A trial that is cancelled frees its place, and one that hangs loses it after a while, so
    that a breaker cannot stick half-open.
    """

    def __init__(
        self, name: str, clock: Clock, *, open_s: float = 2.0, window: int = 10, failure_ratio: float = 0.5
    ) -> None:
        self.name = name
        self._clock = clock
        self._open_s = open_s
        self._failure_ratio = failure_ratio
        self._outcomes: deque[bool] = deque(maxlen=window)
        self._opened_at_s: float | None = None
        self._trial_began_at_s: float | None = None

    @property
    def state(self) -> str:
        if self._opened_at_s is None:
            return "closed"
        return "half-open" if self._pause_left_s() <= 0 else "open"

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        """Run one call. Raises UpstreamUnavailable without trying while open.

        A ServiceError that says the caller was wrong counts as a healthy answer; any other exception as a failure.
        """
        trial_began_at_s = self._admit()
        healthy: bool | None = None
        try:
            yield
            healthy = True
        except ServiceError as error:
            healthy = error.kind not in _UNWELL
            raise
        except Exception:
            healthy = False
            raise
        finally:
            if trial_began_at_s is None:
                self._settle(healthy=healthy)
            elif trial_began_at_s == self._trial_began_at_s:
                self._settle_trial(healthy=healthy)

    def _admit(self) -> float | None:
        """When the call is a trial, the time it begins."""
        if self._opened_at_s is None:
            return None
        pause_left_s = self._pause_left_s()
        if pause_left_s > 0 or self._trial_is_running():
            raise UpstreamUnavailable(
                "A part of Pace42 is not answering right now. Please try again in a moment.",
                retry_after_s=max(1.0, pause_left_s),
            )
        self._trial_began_at_s = self._clock.monotonic_s()
        return self._trial_began_at_s

    def _settle_trial(self, *, healthy: bool | None) -> None:
        self._trial_began_at_s = None
        if healthy:
            self._opened_at_s = None
            self._outcomes.clear()
        elif healthy is False:
            self._opened_at_s = self._clock.monotonic_s()

    def _settle(self, *, healthy: bool | None) -> None:
        if healthy is None or self._opened_at_s is not None:
            return  # a call from before the breaker opened says nothing that it does not know
        self._outcomes.append(healthy)
        failures = self._outcomes.count(False)
        if len(self._outcomes) == self._outcomes.maxlen and failures >= self._failure_ratio * len(self._outcomes):
            self._opened_at_s = self._clock.monotonic_s()

    def _trial_is_running(self) -> bool:
        began_at_s = self._trial_began_at_s
        return began_at_s is not None and self._clock.monotonic_s() - began_at_s < _TRIAL_LEASE_S

    def _pause_left_s(self) -> float:
        assert self._opened_at_s is not None
        return self._opened_at_s + self._open_s - self._clock.monotonic_s()
