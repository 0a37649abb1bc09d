"""The sealed cookie: what it hides, and everything it refuses."""

from __future__ import annotations

import base64

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.web.session import COOKIE_LIFETIME_S, Session, SessionCookie, TokenPair
from tests.support.clock import FakeClock

KEY = bytes(range(32))
PAIR = TokenPair("access-token-text", "refresh-token-text", 1_800_000_000.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cookie(clock: FakeClock) -> SessionCookie:
    return SessionCookie(KEY, clock, secure=False)


def signed_in(clock: FakeClock) -> Session:
    return Session.new(clock.now().timestamp(), PAIR)


def test_a_session_comes_back_as_it_was_sealed(cookie, clock):
    session = signed_in(clock)
    assert cookie.open(cookie.seal(session)) == session
    visitor = Session.new(clock.now().timestamp())
    assert cookie.open(cookie.seal(visitor)) == visitor


def test_nothing_of_the_tokens_can_be_read(cookie, clock):
    sealed = cookie.seal(signed_in(clock))
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert b"access" not in raw
    assert b"refresh" not in raw


def test_the_same_session_is_sealed_differently_each_time(cookie, clock):
    session = signed_in(clock)
    assert len({cookie.seal(session) for _ in range(20)}) == 20


def test_any_altered_byte_makes_it_worthless(cookie, clock):
    sealed = cookie.seal(signed_in(clock))
    raw = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    for position in range(0, len(raw), 7):
        altered = bytearray(raw)
        altered[position] ^= 1
        assert cookie.open(base64.urlsafe_b64encode(bytes(altered)).decode().rstrip("=")) is None


@pytest.mark.parametrize("value", ["", "x", "=", "not base64 !", "A" * 16, "A" * 5000, "ä", "\x00", "....", "A" * 17])
def test_what_was_not_made_here_is_no_session(cookie, value):
    assert cookie.open(value) is None


def test_another_key_opens_nothing(cookie, clock):
    assert SessionCookie(bytes(32), clock, secure=False).open(cookie.seal(signed_in(clock))) is None


def test_it_ends_with_the_life_of_a_refresh_token_and_starts_anew_with_new_tokens(cookie, clock):
    session = signed_in(clock)
    sealed = cookie.seal(session)
    clock.advance(COOKIE_LIFETIME_S - 1)
    assert cookie.open(sealed) is not None
    renewed = cookie.seal(session.renewed(PAIR, clock.now().timestamp()))
    clock.advance(2)
    assert cookie.open(sealed) is None
    assert cookie.open(renewed) is not None


def test_signing_in_never_carries_a_seed_over(clock):
    before, after = Session.new(0.0), Session.new(0.0, PAIR)
    assert before.seed != after.seed


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-pace42"), (False, "pace42")])
def test_scripts_and_other_sites_do_not_get_it(clock, secure, name):
    cookie = SessionCookie(KEY, clock, secure=secure)
    response = web.Response()
    cookie.write(response, signed_in(clock))
    header = response.cookies[name].OutputString()
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header
    assert ("Secure" in header) is secure
    assert "Domain" not in header


def test_a_request_without_the_cookie_has_no_session(cookie, clock):
    assert cookie.read(make_mocked_request("GET", "/")) is None
    sealed = cookie.seal(signed_in(clock))
    assert cookie.read(make_mocked_request("GET", "/", headers={"Cookie": f"pace42={sealed}"})) is not None
    assert cookie.read(make_mocked_request("GET", "/", headers={"Cookie": f"__Host-pace42={sealed}"})) is None


def test_the_longest_pair_auth_gives_fits_into_a_cookie(cookie, clock):
    pair = TokenPair("a" * 1500, "r" * 256, 1_800_000_000.0)
    assert len(cookie.seal(Session.new(clock.now().timestamp(), pair))) < 4096 - 200
