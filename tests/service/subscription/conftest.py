from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from pydantic import SecretStr

from services.subscription.app import create_app
from services.subscription.config import SubscriptionSettings
from services.subscription.domain.plans import PlanCatalog
from services.subscription.domain.questions import Questions
from services.subscription.storage.questions import PostgresQuestionStore
from shared.caller import Caller
from shared.ids import uuid7
from shared.postgres import Database
from shared.zones import load_zones
from tests.support.service import Answer, House, Served, neighbours, serve
from tests.support.service import a_runner as a_runner_in

FREE_QUESTIONS = 3


def a_runner(*, roles: frozenset[str] = frozenset()) -> Caller:
    """Somebody in a zone where it is about noon, so that no midnight falls into a test."""
    hours_ahead = 12 - datetime.now(UTC).hour
    return a_runner_in(zone=f"Etc/GMT{-hours_ahead:+d}", roles=roles)


class SubscriptionUnderTest:
    """subscription with the hands of the gateway and of coach_agent, which both speak as a runner."""

    def __init__(self, served: Served, house: House, database_url: str) -> None:
        self.served = served
        self.house = house
        self.database_url = database_url

    async def user(self, caller: Caller, method: str, path: str, **options) -> Answer:
        headers = self.house.as_user(caller, "subscription") | options.pop("headers", {})
        return await self.served.call(method, path, headers=headers, **options)

    async def ask(self, caller: Caller, question_id: uuid.UUID | None = None) -> Answer:
        body = {"questionId": str(question_id or uuid7())}
        return await self.user(caller, "POST", "/api/v1/subscription/questions", json=body)

    async def settle(self, caller: Caller, question_id: uuid.UUID, outcome: str) -> Answer:
        path = f"/api/v1/subscription/questions/{question_id}/settle"
        return await self.user(caller, "POST", path, json={"outcome": outcome})

    async def usage(self, caller: Caller) -> dict:
        return (await self.user(caller, "GET", "/api/v1/subscription")).json["usage"]

    async def give(self, caller: Caller, plan: str, *, by: Caller | None = None) -> Answer:
        admin = by or a_runner(roles=frozenset({"admin"}))
        return await self.user(admin, "PUT", f"/api/v1/admin/users/{caller.user_id}/plan", json={"plan": plan})

    async def rows(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()


@pytest.fixture
async def subscription(house: House, migrated: Callable[[str], str]) -> AsyncIterator[SubscriptionUnderTest]:
    database_url = migrated("subscription")
    settings = SubscriptionSettings(
        database_url=SecretStr(database_url),
        redis_url=SecretStr("redis://127.0.0.1:9"),
        free_questions_per_day=FREE_QUESTIONS,
        **neighbours(),
    )
    async with serve(create_app, settings) as served:
        yield SubscriptionUnderTest(served, house, database_url)


class SetClock:
    """Stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()

    def pass_by(self, **units: float) -> None:
        self.time += timedelta(**units)


@pytest.fixture
def clock() -> SetClock:
    """At noon UTC of a Friday in November."""
    return SetClock(datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.fixture
async def questions(migrated: Callable[[str], str], clock: SetClock) -> AsyncIterator[Questions]:
    """The count on a real database, by a clock that the test drives."""
    await load_zones()
    database = await Database.open(migrated("subscription"))
    yield Questions(PostgresQuestionStore(database), PlanCatalog.with_free_questions(FREE_QUESTIONS), clock)
    await database.close()
