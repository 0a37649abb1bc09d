"""Sessions are kept alive without the runner noticing, and end where auth says so."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.web.entrance import Entrance, SignInNeeded
from gateway.web.ports import Reply
from gateway.web.session import Session, TokenPair
from shared.caller import Caller
from shared.errors import ExpiredToken, Kind, RelayedError, UpstreamUnavailable
from shared.ids import uuid7
from tests.support.clock import FakeClock

RUNNER = Caller(user_id=uuid7())
REQUEST = make_mocked_request("GET", "/runs")


class Auth:
    """Identity and auth in one: counts what it is asked, and can be told to refuse."""

    def __init__(self) -> None:
        self.renewals: list[str] = []
        self.refusal: Exception | None = None
        self.accepted = {"access-0", "access-1", "access-2"}
        self.down: Exception | None = None
        self.slow = asyncio.Event()
        self.slow.set()

    async def verify(self, access_token: str) -> Caller:
        if self.down is not None:
            raise self.down
        if access_token not in self.accepted:
            raise ExpiredToken("This access token has expired.")
        return RUNNER

    async def call(self, request, service, method, path, *, caller, query=None, body=None, headers=None) -> Reply:
        assert (service, method, path, caller) == ("auth", "POST", "/api/v1/auth/refresh", Caller())
        self.renewals.append(body["refreshToken"])
        number = len(self.renewals)
        await self.slow.wait()
        if self.refusal is not None:
            raise self.refusal
        tokens = b'{"tokens": {"accessToken": "access-%d", "refreshToken": "refresh-%d", "expiresIn": 900}}' % (
            number,
            number,
        )
        return Reply(200, {}, tokens)

    async def stream(self, request, service, path, *, caller) -> Reply:
        raise NotImplementedError


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
def entrance(auth: Auth, clock: FakeClock) -> Entrance:
    return Entrance(auth, auth, clock)


def session(clock: FakeClock, *, lives_s: float = 900.0) -> Session:
    now = clock.now().timestamp()
    return Session("seed", now, TokenPair("access-0", "refresh-0", now + lives_s))


async def test_a_fresh_session_is_let_in_as_it_is(entrance, auth, clock):
    before = session(clock)
    assert await entrance.admit(REQUEST, before) == (before, RUNNER)
    assert auth.renewals == []


async def test_an_old_access_token_is_traded_before_it_fails(entrance, auth, clock):
    after, caller = await entrance.admit(REQUEST, session(clock, lives_s=20))
    assert caller == RUNNER
    assert after.tokens == TokenPair("access-1", "refresh-1", clock.now().timestamp() + 900)
    assert after.seed == "seed"


async def test_a_token_that_is_refused_before_its_time_is_traded_too(entrance, auth, clock):
    auth.accepted.discard("access-0")
    after, _ = await entrance.admit(REQUEST, session(clock))
    assert after.tokens.access_token == "access-1"


async def test_requests_that_meet_share_one_renewal(entrance, auth, clock):
    auth.slow.clear()
    old = session(clock, lives_s=0)
    waiting = [asyncio.ensure_future(entrance.admit(REQUEST, old)) for _ in range(20)]
    await asyncio.sleep(0)
    auth.slow.set()
    admitted = await asyncio.gather(*waiting)
    assert auth.renewals == ["refresh-0"]
    assert {after.tokens for after, _ in admitted} == {admitted[0][0].tokens}


async def test_whoever_asked_first_may_leave_without_spoiling_it_for_the_others(entrance, auth, clock):
    auth.slow.clear()
    old = session(clock, lives_s=0)
    first, second = (asyncio.ensure_future(entrance.admit(REQUEST, old)) for _ in range(2))
    while not auth.renewals:
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    auth.slow.set()
    assert (await second)[0].tokens.access_token == "access-1"
    assert first.cancelled()


async def test_a_browser_that_missed_its_new_pair_gets_it_again(entrance, auth, clock):
    old = session(clock, lives_s=0)
    first, _ = await entrance.admit(REQUEST, old)
    clock.advance(55)
    again, _ = await entrance.admit(REQUEST, old)
    assert again.tokens == first.tokens
    clock.advance(10)
    await entrance.admit(REQUEST, old)
    assert auth.renewals == ["refresh-0", "refresh-0"]


async def test_an_ended_session_has_to_sign_in(entrance, auth, clock):
    auth.refusal = RelayedError("AUTH_TOKEN_REUSED", Kind.UNAUTHENTICATED, "Ended.")
    with pytest.raises(SignInNeeded):
        await entrance.admit(REQUEST, session(clock, lives_s=0))
    auth.refusal = None
    assert (await entrance.admit(REQUEST, session(clock, lives_s=0)))[1] == RUNNER


async def test_a_revoked_session_has_to_sign_in_even_with_a_new_pair(entrance, auth, clock):
    auth.accepted.clear()
    with pytest.raises(SignInNeeded):
        await entrance.admit(REQUEST, session(clock))


async def test_a_visitor_has_to_sign_in(entrance, clock):
    with pytest.raises(SignInNeeded):
        await entrance.admit(REQUEST, Session.new(clock.now().timestamp()))


@pytest.mark.parametrize("lives_s", [0.0, 900.0])
async def test_a_service_that_is_away_ends_no_session(entrance, auth, clock, lives_s):
    auth.down = auth.refusal = UpstreamUnavailable("Away.")
    with pytest.raises(UpstreamUnavailable):
        await entrance.admit(REQUEST, session(clock, lives_s=lives_s))
