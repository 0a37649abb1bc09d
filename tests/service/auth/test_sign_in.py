from __future__ import annotations

import base64
import json
import uuid

import asyncpg

from shared.caller import Caller
from tests.service.auth.conftest import PASSWORD, AuthUnderTest


def claims(token: str) -> dict:
    """The claims of a JWT, read without the product's code."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def caller_of(tokens: dict) -> Caller:
    read = claims(tokens["accessToken"])
    return Caller(uuid.UUID(read["sub"]), uuid.UUID(read["sid"]), frozenset(read["roles"]), read["zoneinfo"])


async def test_a_sign_up_logs_in_and_answers_with_the_account(auth: AuthUnderTest):
    answer = await auth.sign_up(displayName="Ada", timezone="Europe/Berlin")
    assert answer.status == 201
    user, tokens = answer.json["user"], answer.json["tokens"]
    assert (user["email"], user["displayName"], user["timezone"]) == ("ada@example.com", "Ada", "Europe/Berlin")
    assert tokens["tokenType"] == "Bearer"
    assert tokens["expiresIn"] == 900
    read = claims(tokens["accessToken"])
    assert read["sub"] == user["id"]
    assert read["exp"] - read["iat"] == 900


async def test_an_email_has_one_account_whatever_its_case(auth: AuthUnderTest):
    await auth.sign_up("ada@example.com")
    second = await auth.sign_up("ADA@Example.com")
    assert (second.status, second.code) == (409, "CONFLICT")


async def test_log_in_answers_alike_for_an_unknown_email_and_a_wrong_password(auth: AuthUnderTest):
    await auth.sign_up()
    right = await auth.anonymous("POST", "/api/v1/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
    assert right.status == 200
    wrong, unknown = [
        await auth.anonymous("POST", "/api/v1/auth/login", json={"email": email, "password": "x" * 20})
        for email in ("ada@example.com", "nobody@example.com")
    ]
    assert (wrong.status, wrong.code) == (unknown.status, unknown.code) == (401, "AUTH_INVALID_CREDENTIALS")
    assert wrong.json["error"]["message"] == unknown.json["error"]["message"]


async def test_poor_passwords_are_refused_with_the_field(auth: AuthUnderTest):
    for password in ("short", "passwordpassword", "123456789012", "x" * 129):
        answer = await auth.anonymous(
            "POST", "/api/v1/auth/signup", json={"email": "ada@example.com", "password": password}
        )
        assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), password
        assert answer.json["error"]["details"][0]["field"] == "password"
        assert password not in answer.body.decode()


async def test_nothing_personal_is_stored_in_clear(auth: AuthUnderTest):
    await auth.sign_up("find-me@example.com", displayName="Find Me")
    rows = await _dump(auth)
    assert b"find-me" not in rows.lower()
    assert b"find me" not in rows.lower()
    assert PASSWORD.encode() not in rows


async def test_without_the_gateways_token_nothing_is_answered(auth: AuthUnderTest):
    answer = await auth.served.call("POST", "/api/v1/auth/signup", json={"email": "a@b.cd", "password": PASSWORD})
    assert (answer.status, answer.code) == (401, "AUTH_INVALID_TOKEN")
    as_service = auth.house.as_service("coach_agent", "auth")
    assert (await auth.served.call("GET", "/internal/revocations", headers=as_service)).status == 401


async def test_the_profile_is_the_callers_and_a_new_zone_reaches_the_feed(auth: AuthUnderTest):
    caller = caller_of((await auth.sign_up()).json["tokens"])
    changed = await auth.user(caller, "PATCH", "/api/v1/me", json={"timezone": "Asia/Tokyo", "displayName": "Ada L."})
    assert changed.status == 200
    profile = (await auth.user(caller, "GET", "/api/v1/me")).json
    assert (profile["timezone"], profile["displayName"]) == ("Asia/Tokyo", "Ada L.")
    last = (await auth.feed())[-1]
    assert (last["kind"], last["zone"]) == ("claims_changed", "Asia/Tokyo")


async def test_an_idempotency_key_replays_a_change_and_refuses_another_body(auth: AuthUnderTest):
    caller = caller_of((await auth.sign_up()).json["tokens"])
    key = {"Idempotency-Key": "change-1"}
    first = await auth.user(caller, "PATCH", "/api/v1/me", json={"displayName": "One"}, headers=key)
    await auth.user(caller, "PATCH", "/api/v1/me", json={"displayName": "Two"})
    again = await auth.user(caller, "PATCH", "/api/v1/me", json={"displayName": "One"}, headers=key)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await auth.user(caller, "GET", "/api/v1/me")).json["displayName"] == "Two"
    other = await auth.user(caller, "PATCH", "/api/v1/me", json={"displayName": "Three"}, headers=key)
    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")


async def _dump(auth: AuthUnderTest) -> bytes:
    """Every row of every table, as PostgreSQL prints it."""
    connection = await asyncpg.connect(auth.database_url)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [await connection.fetch(f'SELECT t::text FROM "{row[0]}" t') for row in names]
    finally:
        await connection.close()
    return "\n".join(row[0] for table in tables for row in table).encode()
