"""The same request again gets the same answer again, and its effect happens once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiohttp import web

from shared.caller import Caller
from shared.errors import NotFound, RateLimited, UpstreamUnavailable
from shared.http.context import DEADLINE_HEADER
from shared.http.parsing import ApiModel
from shared.http.rendering import json_response, no_content
from shared.http.routing import Access, Route
from shared.idempotency import IdempotencyStore, KeptAnswer, Slot
from shared.personal import PostgresFieldCipher
from shared.postgres import Database
from tests.service.shared.house import headers_for, serve_routes
from tests.support.service import Answer, Served, a_runner, eventually


def kept_answers(database: Database) -> IdempotencyStore:
    return IdempotencyStore(database, PostgresFieldCipher(master_key=b"m" * 32, hash_key=b"h" * 32))


class Order(ApiModel):
    item: str


class Shop:
    """Counts its effects and fails with the given errors first."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.served: Served

    async def order(self, _: web.Request, body: Order) -> web.Response:
        self.entered.set()
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.orders.append(body.item)
        headers = {"Location": f"/orders/{len(self.orders)}"}
        answer = json_response({"number": len(self.orders)}, status=201)
        answer.headers.update(headers)
        return answer

    async def cancel(self, _: web.Request) -> web.Response:
        self.orders.clear()
        return no_content()

    async def send(
        self, caller: Caller, item: str = "shoes", *, key: str = "key-1", method: str = "POST", path: str = "/orders",
        **headers: str,
    ) -> Answer:  # fmt: skip
        options = {"json": {"item": item}} if method == "POST" else {}
        sent = headers_for(caller, "shop") | {"Idempotency-Key": key} | headers
        return await self.served.call(method, path, headers=sent, **options)


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[Shop]:
    shop = Shop()
    routes = [
        Route(method="POST", path="/orders", handler=shop.order, access=Access.USER, body=Order, status=201),
        Route(method="POST", path="/gifts", handler=shop.order, access=Access.USER, body=Order, status=201),
        Route(method="DELETE", path="/orders", handler=shop.cancel, access=Access.USER, status=204),
    ]
    async with serve_routes("shop", routes, answers=kept_answers(database)) as shop.served:
        yield shop


async def test_the_same_key_and_body_get_the_same_answer_and_one_effect(shop: Shop):
    caller = a_runner()
    first, again = await shop.send(caller), await shop.send(caller)
    assert (first.status, first.json) == (again.status, again.json) == (201, {"number": 1})
    assert again.headers["Location"] == "/orders/1"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert shop.orders == ["shoes"]


async def test_another_body_under_the_same_key_is_refused(shop: Shop):
    caller = a_runner()
    await shop.send(caller)
    answer = await shop.send(caller, "hat")
    assert (answer.status, answer.code) == (409, "IDEMPOTENCY_CONFLICT")
    assert shop.orders == ["shoes"]


async def test_another_user_key_or_route_is_another_request(shop: Shop):
    caller = a_runner()
    await shop.send(caller)
    await shop.send(a_runner())
    await shop.send(caller, key="key-2")
    await shop.send(caller, path="/gifts")
    assert len(shop.orders) == 4


async def test_an_answer_without_a_body_is_replayed(shop: Shop):
    caller = a_runner()
    await shop.send(caller)
    first = await shop.send(caller, method="DELETE", key="gone")
    await shop.send(caller, key="key-3")
    again = await shop.send(caller, method="DELETE", key="gone")
    assert (first.status, again.status, again.body) == (204, 204, b"")
    assert len(shop.orders) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ü"])
async def test_a_key_that_is_none_is_refused(shop: Shop, key: str):
    answer = await shop.send(a_runner(), key=key)
    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert shop.orders == []


async def test_fifty_at_once_have_one_effect_and_one_answer(shop: Shop):
    caller = a_runner()
    shop.gate.clear()
    sending = [asyncio.create_task(shop.send(caller)) for _ in range(50)]
    await shop.entered.wait()
    early = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    shop.gate.set()
    answers = await asyncio.gather(*sending)
    assert early
    assert shop.orders == ["shoes"]
    for answer in answers:
        if answer.status == 409:
            assert answer.code == "CONFLICT"
            assert int(answer.headers["Retry-After"]) >= 1
        else:
            assert (answer.status, answer.json) == (201, {"number": 1})
    assert (await shop.send(caller)).json == {"number": 1}


@pytest.mark.parametrize("error", [UpstreamUnavailable("away"), RuntimeError("bug"), RateLimited("slow down")])
async def test_after_a_failure_the_key_is_free_for_a_real_second_try(shop: Shop, error: Exception):
    caller = a_runner()
    shop.failures = [error]
    assert (await shop.send(caller)).status in {429, 500, 503}
    second = await shop.send(caller)
    assert (second.status, second.json) == (201, {"number": 1})
    assert "Idempotency-Replayed" not in second.headers


async def test_a_refusal_that_will_not_change_is_kept(shop: Shop):
    caller = a_runner()
    shop.failures = [NotFound("There is no such item.")]
    first, again = await shop.send(caller), await shop.send(caller)
    assert (first.status, again.status, first.body) == (404, 404, again.body)
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_a_request_that_ran_out_of_time_frees_its_key(shop: Shop):
    caller = a_runner()
    shop.gate.clear()
    late = await shop.send(caller, **{DEADLINE_HEADER: "100"})
    assert (late.status, late.code) == (504, "UPSTREAM_TIMEOUT")
    shop.gate.set()
    assert (await shop.send(caller)).json == {"number": 1}


@pytest.mark.parametrize("failures", [[], [UpstreamUnavailable("away")]])
async def test_a_client_that_goes_away_and_comes_again_has_one_effect(shop: Shop, failures: list[Exception]):
    caller = a_runner()
    shop.gate.clear()
    shop.failures = failures
    request = asyncio.create_task(shop.send(caller))
    await shop.entered.wait()
    request.cancel()
    with suppress(asyncio.CancelledError):
        await request
    shop.gate.set()

    async def answered() -> bool:
        return (await shop.send(caller)).json == {"number": 1}

    await eventually(answered)
    assert shop.orders == ["shoes"]


async def test_an_answer_is_kept_although_its_client_went_away_right_after_the_effect(
    shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
):
    caller = a_runner()
    keeping, go_on = asyncio.Event(), asyncio.Event()
    keep = IdempotencyStore.keep

    async def keep_later(store: IdempotencyStore, slot: Slot, answer: KeptAnswer) -> None:
        keeping.set()
        await go_on.wait()
        await keep(store, slot, answer)

    monkeypatch.setattr(IdempotencyStore, "keep", keep_later)
    request = asyncio.create_task(shop.send(caller))
    await keeping.wait()
    request.cancel()
    with suppress(asyncio.CancelledError):
        await request
    assert (await shop.send(caller)).status == 409
    go_on.set()

    async def kept() -> bool:
        return (await shop.send(caller)).headers.get("Idempotency-Replayed") == "true"

    await eventually(kept)
    assert shop.orders == ["shoes"]
    assert await _kept(database) == 1


async def test_an_answer_is_kept_for_a_day(shop: Shop, database: Database):
    caller = a_runner()
    await shop.send(caller)
    await _age(database, "23 hours 59 minutes")
    assert (await shop.send(caller)).headers["Idempotency-Replayed"] == "true"
    await _age(database, "2 minutes")
    assert (await shop.send(caller)).json == {"number": 2}


async def test_a_claim_of_a_process_that_died_lapses(shop: Shop, database: Database):
    caller = a_runner()
    store = kept_answers(database)
    assert caller.user_id is not None
    await store.claim(store.slot(caller.user_id, "POST /orders", "key-1"), b"whatever")
    assert (await shop.send(caller)).status == 409
    await _age(database, "11 seconds")
    assert (await shop.send(caller)).status == 201


async def test_a_claim_is_renewed_while_its_holder_works(
    shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.idempotency._RENEWED_EVERY_S", 0.05)
    caller = a_runner()
    shop.gate.clear()
    first = asyncio.create_task(shop.send(caller))
    await shop.entered.wait()
    await _age(database, "11 seconds")
    async with asyncio.timeout(5):
        while await _is_old(database):
            await asyncio.sleep(0.01)
    assert (await shop.send(caller)).status == 409
    shop.gate.set()
    assert (await first).status == 201


async def test_what_is_past_its_day_is_swept_when_others_use_their_keys(shop: Shop, database: Database):
    await shop.send(a_runner())
    await _age(database, "25 hours")
    await shop.send(a_runner())
    assert await _kept(database) == 1


async def test_neither_the_answer_nor_the_body_is_stored_in_clear(shop: Shop, database: Database):
    caller = a_runner()
    answer = await shop.send(caller)
    async with database.connection() as connection:
        body, fingerprint = await connection.fetchrow("SELECT body, fingerprint FROM idempotency_key")
    assert answer.body not in body
    assert fingerprint != hashlib.sha256(b"""{"item": "shoes"}""").digest()
    assert (await shop.send(caller)).body == answer.body


async def _age(database: Database, by: str) -> None:
    async with database.connection() as connection:
        await connection.execute(f"UPDATE idempotency_key SET created_at = created_at - interval '{by}'")


async def _is_old(database: Database) -> bool:
    async with database.connection() as connection:
        return bool(
            await connection.fetchval("SELECT bool_or(created_at < now() - interval '9 s') FROM idempotency_key")
        )


async def _kept(database: Database) -> int:
    async with database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM idempotency_key"))
