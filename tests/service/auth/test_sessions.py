from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass

import asyncpg
import pytest

from services.auth.clients.argon2 import Argon2Hasher
from shared.caller import Caller
from shared.errors import ServiceOverloaded
from tests.service.auth.conftest import PASSWORD, AuthUnderTest
from tests.service.auth.test_sign_in import caller_of, claims
from tests.support.postgres import PROJECT, _nowhere
from tests.support.service import Answer


@dataclass
class SignedIn:
    caller: Caller
    refresh_token: str


async def signed_in(auth: AuthUnderTest, email: str = "ada@example.com", *, again: bool = False) -> SignedIn:
    body = {"email": email, "password": PASSWORD}
    path = "/api/v1/auth/login" if again else "/api/v1/auth/signup"
    tokens = (await auth.anonymous("POST", path, json=body)).json["tokens"]
    return SignedIn(caller_of(tokens), tokens["refreshToken"])


async def refresh(auth: AuthUnderTest, token: str) -> Answer:
    return await auth.anonymous("POST", "/api/v1/auth/refresh", json={"refreshToken": token})


async def revoked(auth: AuthUnderTest) -> list[str]:
    return [entry["sessionId"] for entry in await auth.feed() if entry["kind"] == "session_revoked"]


async def make_older(auth: AuthUnderTest, session_id: uuid.UUID | None, by: str) -> None:
    connection = await asyncpg.connect(auth.database_url)
    await connection.execute(
        f"UPDATE session SET rotated_at = rotated_at - interval '{by}' WHERE session_id = $1", session_id
    )
    await connection.close()


async def test_a_reused_token_ends_its_session_and_only_that(auth: AuthUnderTest):
    first = await signed_in(auth)
    other_device, other_user = await signed_in(auth, again=True), await signed_in(auth, "bob@example.com")
    second = (await refresh(auth, first.refresh_token)).json["tokens"]["refreshToken"]
    assert (await refresh(auth, first.refresh_token)).json["tokens"]["refreshToken"] == second
    assert await revoked(auth) == []
    await make_older(auth, first.caller.session_id, "11 seconds")
    reused = await refresh(auth, first.refresh_token)
    assert (reused.status, reused.code) == (401, "AUTH_TOKEN_REUSED")
    after = await refresh(auth, second)
    assert (after.status, after.code) == (401, "AUTH_EXPIRED_TOKEN")
    assert await revoked(auth) == [str(first.caller.session_id)]
    for untouched in (other_device, other_user):
        assert (await refresh(auth, untouched.refresh_token)).status == 200


async def test_fifty_refreshes_at_once_give_one_successor_and_log_nobody_out(auth: AuthUnderTest):
    runner = await signed_in(auth)
    answers = await asyncio.gather(*(refresh(auth, runner.refresh_token) for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
    successors = {answer.json["tokens"]["refreshToken"] for answer in answers}
    assert len(successors) == 1
    (successor,) = successors
    assert successor != runner.refresh_token
    assert await revoked(auth) == []
    assert (await refresh(auth, successor)).status == 200


async def test_a_refreshed_access_token_names_the_same_session(auth: AuthUnderTest):
    runner = await signed_in(auth)
    tokens = (await refresh(auth, runner.refresh_token)).json["tokens"]
    assert uuid.UUID(claims(tokens["accessToken"])["sid"]) == runner.caller.session_id
    assert tokens["expiresIn"] == 900


async def test_forged_refresh_tokens_are_refused_without_harm(auth: AuthUnderTest):
    runner = await signed_in(auth)
    for forged in ("", "x", "A" * 70, runner.refresh_token[:-2] + "AA", "\ud7ff" * 70, "x" * 257):
        answer = await refresh(auth, forged)
        assert answer.status in {401, 422}
        assert answer.code in {"AUTH_INVALID_TOKEN", "VALIDATION_ERROR"}
    assert await revoked(auth) == []
    assert (await refresh(auth, runner.refresh_token)).status == 200


async def test_logging_out_ends_the_session_once_however_often_it_is_asked(auth: AuthUnderTest):
    runner = await signed_in(auth)
    answers = [await auth.user(runner.caller, "POST", "/api/v1/auth/logout") for _ in range(3)]
    assert [(answer.status, answer.body) for answer in answers] == [(204, b"")] * 3
    assert await revoked(auth) == [str(runner.caller.session_id)]
    assert (await refresh(auth, runner.refresh_token)).code == "AUTH_EXPIRED_TOKEN"


async def test_sessions_are_listed_and_ended_by_their_owner_only(auth: AuthUnderTest):
    phone = await signed_in(auth)
    laptop, bob = await signed_in(auth, again=True), await signed_in(auth, "bob@example.com")
    listed = (await auth.user(phone.caller, "GET", "/api/v1/auth/sessions")).json["items"]
    assert {item["id"]: item["current"] for item in listed} == {
        str(phone.caller.session_id): True,
        str(laptop.caller.session_id): False,
    }
    for wrong in (bob.caller.session_id, uuid.uuid4(), "nonsense", "%00"):
        answer = await auth.user(phone.caller, "DELETE", f"/api/v1/auth/sessions/{wrong}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert (await refresh(auth, bob.refresh_token)).status == 200
    ended = await auth.user(phone.caller, "DELETE", f"/api/v1/auth/sessions/{laptop.caller.session_id}")
    assert ended.status == 204
    assert await revoked(auth) == [str(laptop.caller.session_id)]
    assert (await refresh(auth, laptop.refresh_token)).code == "AUTH_EXPIRED_TOKEN"


async def test_a_list_of_sessions_comes_in_pages_that_miss_none_though_one_is_used_meanwhile(auth: AuthUnderTest):
    devices = [await signed_in(auth)] + [await signed_in(auth, again=True) for _ in range(4)]
    seen, cursor = [], ""
    while cursor is not None:
        path = f"/api/v1/auth/sessions?limit=2{cursor and f'&cursor={cursor}'}"
        page = (await auth.user(devices[0].caller, "GET", path)).json
        assert 1 <= len(page["items"]) <= 2
        seen, cursor = seen + [item["id"] for item in page["items"]], page["nextCursor"]
        await refresh(auth, devices[0].refresh_token)
    assert seen == [str(device.caller.session_id) for device in reversed(devices)]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=x", "page=2"])
async def test_a_page_of_sessions_that_cannot_be_is_refused(auth: AuthUnderTest, query: str):
    runner = await signed_in(auth)
    answer = await auth.user(runner.caller, "GET", f"/api/v1/auth/sessions?{query}")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == query.partition("=")[0]


async def test_an_account_that_is_gone_leaves_no_trace_of_being_asked_for(auth: AuthUnderTest):
    nobody = Caller(uuid.uuid4(), uuid.uuid4())
    assert (await auth.user(nobody, "GET", "/api/v1/me")).status == 404
    assert (await auth.user(nobody, "PATCH", "/api/v1/me", json={"displayName": "A"})).status == 404
    assert (await auth.user(nobody, "GET", "/api/v1/auth/sessions")).json["items"] == []
    connection = await asyncpg.connect(auth.database_url)
    assert await connection.fetchval("SELECT count(*) FROM user_key") == 0
    await connection.close()


async def test_a_device_that_names_itself_in_raw_bytes_may_sign_up(auth: AuthUnderTest):
    headers = auth.house.as_user(Caller(), "auth") | {"User-Agent": "b\udcff\udcfe"}
    answer = await auth.served.call(
        "POST", "/api/v1/auth/signup", headers=headers, json={"email": "ada@example.com", "password": PASSWORD}
    )
    assert answer.status == 201


async def test_create_admin_grants_the_role_and_the_feed_says_so(auth: AuthUnderTest):
    runner = await signed_in(auth)

    def create_admin(email: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | _nowhere() | dict(auth.house.environment) | {"AUTH_DATABASE_URL": auth.database_url}
        return subprocess.run(
            [sys.executable, "-m", "services.auth", "create-admin", email],
            cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip

    unknown = await asyncio.to_thread(create_admin, "nobody@example.com")
    assert unknown.returncode == 1
    assert "Sign up first" in unknown.stderr
    assert "Traceback" not in unknown.stderr
    known = await asyncio.to_thread(create_admin, "ADA@example.com")
    assert (known.returncode, known.stderr) == (0, "")
    last = (await auth.feed())[-1]
    assert (last["kind"], last["userId"], last["roles"]) == ("claims_changed", str(runner.caller.user_id), ["admin"])
    tokens = (await refresh(auth, runner.refresh_token)).json["tokens"]
    assert claims(tokens["accessToken"])["roles"] == ["admin"]


async def test_log_in_answers_alike_for_an_unknown_email_and_a_wrong_password_in_every_header(auth: AuthUnderTest):
    await signed_in(auth)
    answers = []
    for email in ("ada@example.com", "nobody@example.com"):
        body = {"email": email, "password": "not the right password"}
        answers.append(await auth.anonymous("POST", "/api/v1/auth/login", json=body))
    wrong, unknown = answers
    own = {"x-request-id", "date"}
    headers = [{n.lower(): v for n, v in answer.headers.items() if n.lower() not in own} for answer in (wrong, unknown)]
    assert headers[0] == headers[1]
    bodies = [answer.json["error"] | {"requestId": ""} for answer in answers]
    assert bodies[0] == bodies[1]


async def test_twelve_log_ins_leave_the_loop_free(auth: AuthUnderTest):
    await signed_in(auth)
    longest_s, log_ins = 0.0, asyncio.gather(*(signed_in(auth, again=True) for _ in range(12)))
    while not log_ins.done():
        before = time.monotonic()
        await asyncio.sleep(0.005)
        longest_s = max(longest_s, time.monotonic() - before)
    assert len({each.caller.session_id for each in await log_ins}) == 12
    assert longest_s < 1.0  # inline, twelve hashes stop the loop for about two seconds


async def test_more_hashing_than_fits_is_refused_at_once():
    hasher = Argon2Hasher(threads=1, queue=2)
    try:
        outcomes = await asyncio.gather(*(hasher.hash("a password") for _ in range(6)), return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, ServiceOverloaded)]
        assert len(refused) == 3
        assert all(error.retry_after_s for error in refused)
        assert await hasher.verify(next(o for o in outcomes if isinstance(o, str)), "a password")
        assert not await hasher.verify(None, "no account has this password")
    finally:
        hasher.close()


@pytest.mark.parametrize("stored", ["", "nonsense", "$argon2id$v=19$m=65536,t=3,p=4$broken"])
async def test_a_damaged_hash_is_no_password(stored: str):
    hasher = Argon2Hasher(threads=1, queue=2)
    assert not await hasher.verify(stored, "a password")
    hasher.close()
