"""Promise 12: a reused token kills its family; the immediate predecessor has ten seconds to get the same successor."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from services.auth.domain.errors import SessionEnded
from services.auth.domain.models import Session
from services.auth.domain.refresh_token import RefreshTokens
from shared.errors import InvalidToken
from shared.ids import uuid7

KEY = b"k" * 32
START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
LIFETIME = timedelta(days=30)
TOKENS = RefreshTokens(KEY)


def a_session(**changes: object) -> Session:
    fields = {
        "session_id": uuid7(), "user_id": uuid7(), "salt": b"s" * 16, "generation": 0, "created_at": START,
        "rotated_at": START, "expires_at": START + LIFETIME, "revoked_at": None, "device": "a phone",
    }  # fmt: skip
    return Session(**(fields | changes))


def use(session: Session, token: str, at_s: float) -> Session:
    now = START + timedelta(seconds=at_s)
    return TOKENS.rotate(session, TOKENS.parse(token), now=now, lifetime=LIFETIME)


def test_a_token_is_what_its_description_says():
    session = a_session(generation=7)
    raw = base64.urlsafe_b64decode(TOKENS.issue(session) + "==")
    prefix = session.session_id.bytes + (7).to_bytes(4)
    assert raw == prefix + hmac.digest(KEY, b"refresh" + session.salt + prefix, hashlib.sha256)
    assert len(TOKENS.issue(session)) == 70


def test_each_use_gives_a_successor_and_a_longer_life():
    first = a_session()
    second = use(first, TOKENS.issue(first), at_s=60)
    assert (second.generation, second.rotated_at) == (1, START + timedelta(seconds=60))
    assert second.expires_at == START + timedelta(seconds=60) + LIFETIME
    third = use(second, TOKENS.issue(second), at_s=61)
    assert len({TOKENS.issue(each) for each in (first, second, third)}) == 3


@pytest.mark.parametrize("after_s", [0, 0.001, 9.999, 10])
def test_within_ten_seconds_the_predecessor_gets_the_same_successor(after_s: float):
    first = a_session()
    second = use(first, TOKENS.issue(first), at_s=100)
    again = use(second, TOKENS.issue(first), at_s=100 + after_s)
    assert again == second
    assert TOKENS.issue(again) == TOKENS.issue(second)


@pytest.mark.parametrize("after_s", [10.001, 60, 86_400])
def test_later_it_is_a_reuse_that_ends_the_session(after_s: float):
    first = a_session()
    second = use(first, TOKENS.issue(first), at_s=100)
    ended = use(second, TOKENS.issue(first), at_s=100 + after_s)
    assert ended.revoked_at == START + timedelta(seconds=100 + after_s)
    for token in (TOKENS.issue(first), TOKENS.issue(second)):
        with pytest.raises(SessionEnded):
            use(ended, token, at_s=100 + after_s)


def test_what_is_older_than_the_predecessor_is_a_reuse_at_any_time():
    first = a_session()
    second = use(first, TOKENS.issue(first), at_s=1)
    third = use(second, TOKENS.issue(second), at_s=1)
    assert use(third, TOKENS.issue(first), at_s=1).revoked_at is not None


def test_the_grace_is_not_renewed_by_being_used():
    first = a_session()
    second = use(first, TOKENS.issue(first), at_s=0)
    for at_s in (3, 6, 9):
        assert use(second, TOKENS.issue(first), at_s=at_s) == second
    assert use(second, TOKENS.issue(first), at_s=12).revoked_at is not None


def test_an_ended_or_expired_session_is_not_continued():
    for session in (a_session(revoked_at=START), a_session(expires_at=START)):
        with pytest.raises(SessionEnded):
            use(session, TOKENS.issue(session), at_s=0)


def test_no_forged_token_is_taken():
    session = a_session(generation=3)
    raw = base64.urlsafe_b64decode(TOKENS.issue(session) + "==")
    token = TOKENS.issue(session)
    others = [a_session(session_id=session.session_id, salt=b"t" * 16), a_session(salt=b"u" * 16)]
    forged = [
        *(base64.urlsafe_b64encode(bytes([*raw[:at], raw[at] ^ bit, *raw[at + 1 :]])).decode().rstrip("=")
          for at in range(len(raw)) for bit in (1, 128)),
        *(token[:length] for length in range(0, 70, 7)),
        *(token[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_" if last != token[-1]),
        *(TOKENS.issue(other) for other in others), RefreshTokens(b"x" * 32).issue(session),
        TOKENS.issue(a_session(session_id=session.session_id, generation=4)), token + "A", token + "=", token + "\n",
        f" {token}", "", "ü" * 70, "\udcff" * 70, "\x00" * 70, "A" * 70, "A" * 256,
    ]  # fmt: skip
    assert len(forged) > 150
    for each in forged:
        with pytest.raises(InvalidToken):
            use(session, each, at_s=0)
    assert use(session, token, at_s=0).generation == 4


def test_nothing_printed_shows_a_token():
    session = a_session(salt=b"planted-planted!")
    assert "planted" not in repr(session)
    assert "mac" not in repr(TOKENS.parse(TOKENS.issue(session)))
    assert str(uuid.UUID(bytes=session.session_id.bytes)) in repr(session)
