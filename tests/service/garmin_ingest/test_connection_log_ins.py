"""How often anybody may log in at Garmin: Garmin locks accounts and blocks servers that try too often."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.garmin_ingest.domain.errors import GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.garmin.log_in_ports import Admission
from services.garmin_ingest.domain.garmin.log_ins import LogIns
from services.garmin_ingest.storage.log_ins import PostgresLogInStore
from shared.errors import RateLimited
from shared.postgres import Database
from shared.zones import load_zones
from tests.service.garmin_ingest.linking import Linked
from tests.support.clock import FakeClock
from tests.support.service import a_runner

ANNA = "anna@example.com"
ONE, OTHER = b"1" * 32, b"2" * 32

only_local = pytest.mark.parametrize("safe", ["local"], indirect=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def log_ins(migrated: Callable[[str], str], clock: FakeClock) -> AsyncIterator[LogIns]:
    await load_zones()
    database = await Database.open(migrated("garmin_ingest"), max_size=20)
    yield LogIns(PostgresLogInStore(database), clock)
    await database.close()


@pytest.mark.parametrize(("kind", "allowed"), [("typed", 5), ("automatic", 1)])
async def test_of_twenty_log_ins_at_once_as_many_are_let_through_as_one_after_the_other(log_ins, kind, allowed):
    outcomes = await asyncio.gather(*(log_ins.admit(ONE, kind) for _ in range(20)), return_exceptions=True)

    assert outcomes.count(None) == allowed
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(refusal, RateLimited) for refusal in refused)
    await log_ins.admit(OTHER, kind)


@pytest.mark.parametrize(("kind", "most", "within_s"), [("typed", 5, 3600), ("automatic", 1, 900)])
async def test_room_comes_back_exactly_when_the_refusal_said(log_ins: LogIns, clock: FakeClock, kind, most, within_s):
    for _ in range(most):
        await log_ins.admit(ONE, kind)
        clock.advance(60)

    with pytest.raises(RateLimited) as refused:
        await log_ins.admit(ONE, kind)

    assert refused.value.retry_after_s == within_s - 60 * most
    clock.advance(refused.value.retry_after_s - 1)
    with pytest.raises(RateLimited):
        await log_ins.admit(ONE, kind)
    clock.advance(1)
    await log_ins.admit(ONE, kind)


@settings(max_examples=25, deadline=None)
@given(pauses_s=st.lists(st.integers(0, 1500), min_size=1, max_size=40))
def test_whatever_the_pauses_no_hour_sees_more_than_five_typed_log_ins(pauses_s):
    clock = FakeClock()
    log_ins, admitted, refused = LogIns(_InMemory(), clock), [], []

    async def try_all() -> None:
        await load_zones()
        for pause_s in pauses_s:
            clock.advance(pause_s)
            try:
                await log_ins.admit(ONE, "typed")
                admitted.append(clock.now())
            except RateLimited as refusal:
                refused.append(refusal.retry_after_s)

    asyncio.run(try_all())
    assert all(0 < retry_after_s <= 3600 for retry_after_s in refused)
    for first, sixth in zip(admitted, admitted[5:], strict=False):
        assert sixth - first >= dt.timedelta(hours=1)


class _InMemory:
    """The contract of LogInStore in a list, to look at the rules of the domain alone."""

    def __init__(self) -> None:
        self.attempts: list[dt.datetime] = []

    async def admit(self, _, __, *, at, most, within):
        recent = [attempt for attempt in self.attempts if attempt > at - within]
        if len(recent) >= most:
            return Admission(free_at=recent[-most] + within)
        self.attempts.append(at)
        return Admission()


async def test_while_an_account_cools_down_no_log_in_is_let_through_or_counted(log_ins: LogIns, clock: FakeClock):
    await log_ins.cool_down(ONE, clock.now() + dt.timedelta(hours=2))
    await log_ins.cool_down(ONE, clock.now() + dt.timedelta(minutes=1))

    for kind in ("typed", "automatic"):
        with pytest.raises(GarminRateLimited) as asked:
            await log_ins.admit(ONE, kind, zone="Europe/Berlin")
        # The clock stands at 06:00 UTC, which is 07:00 in Berlin.
        assert "Garmin asks us to wait until 09:00" in asked.value.message
        assert asked.value.retry_after_s == 7200
    assert await log_ins.cooldown_until(ONE) == clock.now() + dt.timedelta(hours=2)
    clock.advance(7200)
    assert await log_ins.cooldown_until(ONE) is None
    for _ in range(5):
        await log_ins.admit(ONE, "typed")


@only_local
async def test_the_sixth_typed_log_in_of_an_account_is_refused_whoever_types_it_however_it_is_written(linked: Linked):
    linked.garmin.web.add(ANNA)
    spellings = [ANNA, ANNA.upper(), f" {ANNA} ", "Anna@Example.com", "anna@exa\u00admple.com\u200b"]
    wrong = [
        await linked.call(
            "POST",
            "/api/v1/garmin/connection",
            json={"kind": "credentials", "username": spelling, "password": "wrong"},
            caller=a_runner(),
        )
        for spelling in spellings
    ]
    assert {(answer.status, answer.code) for answer in wrong} == {(422, "GARMIN_CONNECT_FAILED")}

    answer = await linked.connect(ANNA)

    assert (answer.status, answer.code) == (429, "RATE_LIMITED")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert linked.garmin.web.log_ins == 5


@only_local
async def test_twenty_connections_at_once_try_garmin_five_times(linked: Linked):
    linked.garmin.web.add(ANNA)

    answers = await asyncio.gather(*(linked.connect(ANNA, secret="wrong", caller=a_runner()) for _ in range(20)))

    codes = [answer.code for answer in answers]
    assert codes.count("RATE_LIMITED") == 15
    assert linked.garmin.web.log_ins == 5


@only_local
async def test_a_runner_cannot_try_the_accounts_of_others_one_after_the_other(linked: Linked):
    answers = [
        await linked.call(
            "POST",
            "/api/v1/garmin/connection",
            json={"kind": "credentials", "username": f"{number}@example.com", "password": "123456"},
        )
        for number in range(21)
    ]

    assert [answer.code for answer in answers] == ["GARMIN_CONNECT_FAILED"] * 20 + ["RATE_LIMITED"]


@only_local
@pytest.mark.parametrize(("asked_s", "minutes"), [(600, 10), (None, 30), (10**9, 24 * 60)])
async def test_a_429_of_garmin_cools_the_account_down_and_the_runner_reads_until_when(linked: Linked, asked_s, minutes):
    linked.garmin.web.add(ANNA)
    linked.garmin.web.failure = GarminRateLimited("Slow down.", retry_after_s=asked_s)

    first = await linked.connect(ANNA)
    linked.garmin.web.failure = None
    second = await linked.connect(ANNA, caller=a_runner())

    for answer in (first, second):
        assert (answer.status, answer.code) == (503, "GARMIN_RATE_LIMITED")
        assert "Garmin asks us to wait until " in answer.json["error"]["message"]
        assert 60 * minutes - 10 <= int(answer.headers["Retry-After"]) <= 60 * minutes
    assert linked.garmin.web.log_ins == 1, "while it cools down nobody tries"


@only_local
async def test_a_connection_whose_account_cools_down_says_so(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    linked.garmin.web.failure = GarminRateLimited("Slow down.", retry_after_s=600)
    await linked.connect(ANNA)

    health = await linked.health()

    assert health["status"] == "cooling_down"
    until = dt.datetime.fromisoformat(health["cooldownUntil"])
    assert dt.timedelta(minutes=9) < until - dt.datetime.now(dt.UTC) <= dt.timedelta(minutes=10)


@only_local
async def test_garmin_being_down_is_neither_a_wrong_password_nor_a_cool_down(linked: Linked):
    linked.garmin.web.add(ANNA)
    linked.garmin.web.failure = GarminUnavailable("Garmin is not answering.")

    answer = await linked.connect(ANNA)

    assert (answer.status, answer.code) == (503, "GARMIN_UNAVAILABLE")
    linked.garmin.web.failure = None
    assert (await linked.connect(ANNA)).status == 201
