from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from services.auth.app import create_app
from services.auth.config import AuthSettings
from shared.caller import Caller
from tests.support.service import Answer, House, Served, neighbours, serve

PASSWORD = "four plain unrelated nouns"


class AuthUnderTest:
    """auth with the gateway's hands: signs people up and speaks as them."""

    def __init__(self, served: Served, house: House, database_url: str) -> None:
        self.served = served
        self.house = house
        self.database_url = database_url

    async def anonymous(self, method: str, path: str, **options) -> Answer:
        return await self.served.call(method, path, headers=self.house.as_user(Caller(), "auth"), **options)

    async def user(self, caller: Caller, method: str, path: str, **options) -> Answer:
        headers = self.house.as_user(caller, "auth") | options.pop("headers", {})
        return await self.served.call(method, path, headers=headers, **options)

    async def sign_up(self, email: str = "ada@example.com", **fields) -> Answer:
        return await self.anonymous(
            "POST", "/api/v1/auth/signup", json={"email": email, "password": PASSWORD, **fields}
        )

    async def feed(self, after: int = 0) -> list[dict]:
        headers = self.house.as_service("gateway", "auth")
        answer = await self.served.call("GET", f"/internal/revocations?after={after}", headers=headers)
        return answer.json["items"]


@pytest.fixture
async def auth(house: House, migrated: Callable[[str], str]) -> AsyncIterator[AuthUnderTest]:
    database_url = migrated("auth")
    settings = AuthSettings(
        database_url=SecretStr(database_url), redis_url=SecretStr("redis://127.0.0.1:9"), **neighbours()
    )
    async with serve(create_app, settings) as served:
        yield AuthUnderTest(served, house, database_url)
