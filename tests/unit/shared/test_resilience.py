from __future__ import annotations

import asyncio

import pytest

from shared.errors import Forbidden, InternalError, NotFound, RateLimited, UpstreamTimeout, UpstreamUnavailable
from shared.resilience import Backoff, Breaker, Deadline
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker("dependency", clock, open_s=2.0)


async def call(breaker: Breaker, error: BaseException | None = None) -> None:
    async with breaker.guard():
        if error is not None:
            raise error


async def fail(breaker: Breaker, error: Exception | None = None, *, times: int = 1) -> None:
    for _ in range(times):
        failure = error or UpstreamUnavailable("away")
        with pytest.raises(type(failure)):
            await call(breaker, failure)


async def is_refused(breaker: Breaker) -> bool:
    tried = False
    try:
        async with breaker.guard():
            tried = True
    except UpstreamUnavailable:
        return not tried
    return False


async def opened(breaker: Breaker) -> None:
    await fail(breaker, times=10)
    assert breaker.state == "open"


async def test_it_opens_at_five_failures_of_the_last_ten(breaker: Breaker):
    for _ in range(5):
        await call(breaker)
    await fail(breaker, times=4)
    assert breaker.state == "closed"
    await fail(breaker)
    assert breaker.state == "open"
    assert await is_refused(breaker)


async def test_old_outcomes_are_forgotten(breaker: Breaker):
    await fail(breaker, times=4)
    for _ in range(10):
        await call(breaker)
    await fail(breaker, times=4)
    assert breaker.state == "closed"


@pytest.mark.parametrize("error", [UpstreamTimeout("slow"), InternalError("bug"), OSError(), ValueError("garbage")])
async def test_what_says_that_the_dependency_is_unwell_counts(breaker: Breaker, error: Exception):
    await fail(breaker, error, times=10)
    assert breaker.state == "open"


@pytest.mark.parametrize("error", [NotFound("no"), Forbidden("no"), RateLimited("no")])
async def test_what_says_that_the_caller_was_wrong_does_not_count(breaker: Breaker, error: Exception):
    await fail(breaker, error, times=30)
    assert breaker.state == "closed"


async def test_it_stays_open_for_its_time_whatever_ends_meanwhile(breaker: Breaker, clock: FakeClock):
    release = asyncio.Event()

    async def slow_failure() -> None:
        async with breaker.guard():
            await release.wait()
            raise UpstreamUnavailable("away")

    slow = [asyncio.create_task(slow_failure()) for _ in range(20)]
    await asyncio.sleep(0)
    await opened(breaker)
    clock.advance(1.9)
    assert await is_refused(breaker)
    release.set()
    await asyncio.gather(*slow, return_exceptions=True)
    clock.advance(0.2)
    assert breaker.state == "half-open"
    await call(breaker)
    assert breaker.state == "closed"


async def test_exactly_one_of_a_hundred_callers_tries(breaker: Breaker, clock: FakeClock):
    await opened(breaker)
    clock.advance(2.1)
    tried, go_on = 0, asyncio.Event()

    async def attempt() -> None:
        nonlocal tried
        async with breaker.guard():
            tried += 1
            await go_on.wait()

    callers = [asyncio.create_task(attempt()) for _ in range(100)]
    await asyncio.sleep(0)
    go_on.set()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert tried == 1
    assert sum(isinstance(outcome, UpstreamUnavailable) for outcome in outcomes) == 99
    assert breaker.state == "closed"


async def test_a_failed_trial_opens_it_again(breaker: Breaker, clock: FakeClock):
    await opened(breaker)
    clock.advance(2.1)
    await fail(breaker)
    assert await is_refused(breaker)
    clock.advance(2.1)
    await call(breaker)
    assert breaker.state == "closed"


async def test_a_cancelled_trial_frees_its_place(breaker: Breaker, clock: FakeClock):
    await opened(breaker)
    clock.advance(2.1)
    with pytest.raises(asyncio.CancelledError):
        await call(breaker, asyncio.CancelledError())
    assert breaker.state == "half-open"
    await call(breaker)
    assert breaker.state == "closed"


async def test_a_hung_trial_loses_its_place_and_its_late_outcome_changes_nothing(breaker: Breaker, clock: FakeClock):
    await opened(breaker)
    clock.advance(2.1)
    hung = breaker.guard()
    await hung.__aenter__()
    assert await is_refused(breaker)
    clock.advance(10.1)
    await call(breaker)
    assert breaker.state == "closed"
    await hung.__aexit__(UpstreamTimeout, UpstreamTimeout("at last"), None)
    assert breaker.state == "closed"


async def test_who_is_refused_learns_when_to_come_back(breaker: Breaker, clock: FakeClock):
    await opened(breaker)
    with pytest.raises(UpstreamUnavailable) as refused:
        await call(breaker)
    assert refused.value.retry_after_s == pytest.approx(2.0)


def test_back_off_is_jittered_doubled_and_capped():
    backoff = Backoff(base_s=1.0, cap_s=30.0)
    for failures, most in [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (100, 30), (100_000, 30)]:
        delays = [backoff.delay_s(failures) for _ in range(300)]
        assert 0 <= min(delays) < 0.2 * most
        assert 0.8 * most < max(delays) <= most


def test_a_deadline_counts_down_and_then_refuses(clock: FakeClock):
    deadline = Deadline.after(1.5, clock)
    assert deadline.require() == pytest.approx(1.5)
    clock.advance(1.4)
    assert deadline.remaining_s() == pytest.approx(0.1)
    clock.advance(0.2)
    assert deadline.remaining_s() == 0
    with pytest.raises(UpstreamTimeout):
        deadline.require()
