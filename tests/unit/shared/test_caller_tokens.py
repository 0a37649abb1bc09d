"""Promise 14: of more than 200 forged tokens none is accepted, and each refusal is a clean InvalidToken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from shared.caller import TOKEN_LIFETIME_S, Caller, SigningKey, TokenSigner, TokenVerifier
from shared.errors import InvalidToken
from tests.support.clock import FakeClock

CALLER = Caller(uuid.uuid4(), uuid.uuid4(), frozenset({"admin"}), "Europe/Berlin")
AUDIENCE = "coach_agent"


class Keys:
    """The gateway's and auth's keys, and signing by hand that knows none of the product's code."""

    def __init__(self) -> None:
        self.private = {name: Ed25519PrivateKey.generate() for name in ("gateway", "auth", "stranger")}
        self.jwks = {name: self._jwk(name) for name in self.private}
        self.public = {name: {k: v for k, v in self.jwks[name].items() if k != "d"} for name in ("gateway", "auth")}

    def signer(self, name: str, clock: FakeClock) -> TokenSigner:
        return TokenSigner(SigningKey.from_jwk(name, self.jwks[name]), clock)

    def sign(self, header: Any, claims: Any, *, by: str = "gateway") -> str:
        text = f"{b64(header)}.{b64(claims)}"
        return f"{text}.{raw64(self.private[by].sign(text.encode()))}"

    def _jwk(self, name: str) -> dict[str, str]:
        key = self.private[name]
        x, d = raw64(key.public_key().public_bytes_raw()), raw64(key.private_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "x": x, "d": d, "kid": f"{name}-1"}


def raw64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64(value: Any) -> str:
    return raw64(value if isinstance(value, bytes) else json.dumps(value).encode())


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def verifier(keys: Keys, clock: FakeClock) -> TokenVerifier:
    return TokenVerifier(AUDIENCE, keys.public, clock)


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "Ed25519", "kid": "gateway-1", "typ": "caller+jwt"} | changes


def claims(clock: FakeClock, **changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    good = {
        "iss": "gateway", "aud": AUDIENCE, "iat": now, "exp": now + 60, "sub": str(CALLER.user_id),
        "sid": str(CALLER.session_id), "roles": ["admin"], "zoneinfo": "Europe/Berlin",
    }  # fmt: skip
    return {name: value for name, value in (good | changes).items() if value is not MISSING}


MISSING = object()
ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], {}, ["x"], {"x": 1}, "\x00", "ü" * 300, 2**70, float("nan")]


def forged(keys: Keys, clock: FakeClock) -> Iterator[tuple[str, str]]:
    yield from _wrong_headers(keys, clock)
    yield from _wrong_claims(keys, clock)
    yield from _wrong_texts(keys, clock)


def _wrong_headers(keys: Keys, clock: FakeClock) -> Iterator[tuple[str, str]]:
    good = claims(clock)
    for algorithm in ("none", "None", "NONE", "HS256", "HS512", "EdDSA", "ES256", "RS256", "Ed448", "ed25519", *ODD):
        yield f"alg {algorithm!r}", keys.sign(header(alg=algorithm), good)
    yield "no alg", keys.sign({"kid": "gateway-1", "typ": "caller+jwt"}, good)
    public = base64.urlsafe_b64decode(keys.public["gateway"]["x"] + "=")
    for secret in (public, keys.public["gateway"]["x"].encode(), json.dumps(keys.public["gateway"]).encode(), b""):
        for algorithm in ("HS256", "Ed25519"):
            text = f"{b64(header(alg=algorithm))}.{b64(good)}"
            yield f"HMAC as {algorithm}", f"{text}.{raw64(hmac.digest(secret, text.encode(), hashlib.sha256))}"
    for name in ("crit", "jku", "jwk", "x5u", "x5c", "x5t", "b64", "zip", "cty", "enc", "p2c", "nonce"):
        for value in (["exp"], "https://example.com/keys", keys.public["auth"], False):
            yield f"{name} {value!r}", keys.sign(header(**{name: value}), good)
    for kid in ("auth-1", "stranger-1", "../gateway-1", "gateway-1' OR 1=1", "/dev/null", *ODD):
        if kid is not None:
            yield f"kid {kid!r}", keys.sign(header(kid=kid), good)
    for kind in ("JWT", "service+jwt", "at+jwt", "CALLER+JWT", "application/caller+jwt", *ODD):
        yield f"typ {kind!r}", keys.sign(header(typ=kind), good)
    for value in ([], "alg", 1, None, b"", b"{", b"\xff", b"[" * 5000):
        yield f"header {value!r:.20}", keys.sign(value, good)


def _wrong_claims(keys: Keys, clock: FakeClock) -> Iterator[tuple[str, str]]:
    now = int(clock.now().timestamp())
    for name in ("iss", "aud"):
        for value in ("auth", "garmin_ingest", "COACH_AGENT", [AUDIENCE], ["gateway"], *ODD, MISSING):
            yield f"{name} {value!r}", keys.sign(header(), claims(clock, **{name: value}))
    for expires in (now - 6, 0, -1, str(now + 60), now + 30.0, now + 3600, 2**63, 10**400, True, None, [], {}, MISSING):
        yield f"exp {expires!r:.20}", keys.sign(header(), claims(clock, exp=expires))
    bad_id = ["x", "../..", "00000000-0000-0000-0000-00000000000g", 7, 0, None, True, [], {}, ["x"], 1.5, MISSING]
    for name in ("sub", "sid"):
        for value in bad_id:
            yield f"{name} {value!r}", keys.sign(header(), claims(clock, **{name: value}))
    for roles in ("admin", None, 1, True, {"admin": 1}, [1], [None], [["admin"]], [{"a": 1}], MISSING):
        yield f"roles {roles!r}", keys.sign(header(), claims(clock, roles=roles))
    for zone in (None, 1, [], {}, True, MISSING):
        yield f"zoneinfo {zone!r}", keys.sign(header(), claims(clock, zoneinfo=zone))
    for value in ([], "claims", 1, None, b"", b"{", b"\xff", b"[" * 5000, b'{"exp":' + b"9" * 5000 + b"}"):
        yield f"claims {value!r:.20}", keys.sign(header(), value)
    yield "another key", keys.sign(header(), claims(clock), by="stranger")
    yield "auth's key", keys.sign(header(), claims(clock), by="auth")
    yield "auth's key and kid", keys.sign(header(kid="auth-1"), claims(clock), by="auth")
    yield "auth as itself", keys.sign(header(kid="auth-1"), claims(clock, iss="auth"), by="auth")
    yield "a service token", keys.sign(header(typ="service+jwt"), {"iss": "gateway", "aud": AUDIENCE, "exp": now + 60})


def _wrong_texts(keys: Keys, clock: FakeClock) -> Iterator[tuple[str, str]]:
    token = keys.sign(header(), claims(clock))
    first, second, signature = token.split(".")
    other = keys.sign(header(), claims(clock, roles=[])).split(".")
    for length in range(0, len(token), max(1, len(token) // 40)):
        yield f"cut to {length}", token[:length]
    for last in "ABCDEFGH":
        if last != token[-1]:
            yield f"last character {last}", token[:-1] + last
    for text in (
        f"{first}.{other[1]}.{signature}", f"{first}.{second}.", f"{first}.{second}", f"{first}..{signature}",
        f".{second}.{signature}", "..", ".", "", " ", "\x00", f"{token}.", f".{token}", f"{token}.{signature}",
        f"{token}=", f"{token} ", f" {token}", f"{token}\n", f"{first}=.{second}.{signature}", token.upper(),
        token.replace(".", ".\n"), f"Bearer {token}", token + "A", "\udcff\udcfe", "ü.ü.ü", "💥" * 50, token + "ü",
        "e30.e30.e30", "a" * 100_000, f"{first}.{'A' * 100_000}.{signature}", token * 50, "." * 10_000,
        json.dumps({"payload": second, "protected": first, "signature": signature}),
        f"{first}.{second}.{raw64(bytes(63))}", f"{first}.{second}.{raw64(bytes(64))}",
        f"{first}.{second}.{raw64(bytes(65))}",
    ):  # fmt: skip
        yield f"text {text[:20]!r}", text


def is_refused(use: Callable[[], object]) -> bool:
    try:
        use()
    except InvalidToken:
        return True
    return False


def test_no_forged_caller_token_is_accepted(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    tried = 0
    for name, token in forged(keys, clock):
        assert is_refused(lambda: verifier.caller(token)), name  # noqa: B023 - called at once
        tried += 1
    assert tried >= 200


def test_no_forged_token_is_accepted_as_a_service(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    for name, token in forged(keys, clock):
        if name == "a service token":
            continue
        assert is_refused(lambda: verifier.service(token, issuers=frozenset({"auth"}))), name  # noqa: B023 - called at once


def test_a_good_token_says_what_was_signed(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    token = keys.signer("gateway", clock).caller_token(CALLER, AUDIENCE)
    assert verifier.caller(token) == CALLER
    assert verifier.caller(keys.sign(header(), claims(clock))) == CALLER
    anonymous = keys.signer("gateway", clock).caller_token(Caller(), AUDIENCE)
    assert verifier.caller(anonymous) == Caller()


def test_a_verified_token_ends_with_its_time_though_it_is_cached(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    token = keys.signer("gateway", clock).caller_token(CALLER, AUDIENCE)
    clock.advance(TOKEN_LIFETIME_S + 4)
    assert verifier.caller(token) == CALLER
    clock.advance(2)
    with pytest.raises(InvalidToken):
        verifier.caller(token)


def test_a_signer_never_gives_a_token_with_less_than_half_its_life(
    keys: Keys, clock: FakeClock, verifier: TokenVerifier
):
    signer = keys.signer("gateway", clock)
    first = signer.caller_token(CALLER, AUDIENCE)
    clock.advance(30)
    assert signer.caller_token(CALLER, AUDIENCE) == first
    clock.advance(1)
    second = signer.caller_token(CALLER, AUDIENCE)
    assert second != first
    clock.advance(35)
    assert verifier.caller(second) == CALLER


def test_each_audience_and_caller_has_a_token_of_its_own(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    signer = keys.signer("gateway", clock)
    demoted = Caller(CALLER.user_id, CALLER.session_id, frozenset(), CALLER.zone)
    tokens = {
        signer.caller_token(CALLER, AUDIENCE),
        signer.caller_token(CALLER, "auth"),
        signer.caller_token(demoted, AUDIENCE),
        signer.service_token(AUDIENCE),
    }
    assert len(tokens) == 4
    assert verifier.caller(signer.caller_token(demoted, AUDIENCE)).roles == frozenset()


def test_a_service_token_names_its_issuer_and_is_no_callers(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    token = keys.signer("auth", clock).service_token(AUDIENCE)
    assert verifier.service(token, issuers=frozenset({"gateway", "auth"})) == "auth"
    for wrong in (frozenset({"gateway"}), frozenset[str](), frozenset({"unknown"})):
        with pytest.raises(InvalidToken):
            verifier.service(token, issuers=wrong)
    for issuer in ("auth", "gateway", "unknown"):
        with pytest.raises(InvalidToken):
            verifier.caller(token, issuer=issuer)


def test_a_callers_token_is_no_services(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    token = keys.signer("gateway", clock).caller_token(CALLER, AUDIENCE)
    assert verifier.caller(token) == CALLER
    with pytest.raises(InvalidToken):
        verifier.service(token, issuers=frozenset({"gateway"}))


def test_nothing_printed_shows_a_key_or_a_token(keys: Keys, clock: FakeClock, verifier: TokenVerifier):
    signer = keys.signer("gateway", clock)
    token = signer.caller_token(CALLER, AUDIENCE)
    verifier.caller(token)
    key = SigningKey("gateway", OKPKey.import_key(keys.jwks["gateway"]))
    printed = f"{signer!r} {verifier!r} {key!r} {CALLER!r}"
    assert token not in printed
    assert keys.jwks["gateway"]["d"] not in printed
