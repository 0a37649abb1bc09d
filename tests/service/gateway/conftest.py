from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from pydantic import SecretStr

from gateway.app import create_app
from gateway.config import GatewaySettings
from services.auth.app import create_app as create_auth
from services.auth.config import AuthSettings
from tests.support.service import Answer, House, Served, neighbours, serve
from tests.support.upstream import EchoService

PASSWORD = "four plain unrelated nouns"


class GatewayUnderTest:
    """The real gateway in front of the real auth and of services that tell what reached them."""

    def __init__(self, served: Served, auth: Served, echo: EchoService) -> None:
        self.served = served
        self.auth = auth
        self.echo = echo

    async def call(self, method: str, path: str, *, token: str | None = None, **options) -> Answer:
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return await self.served.call(method, path, headers=headers, **options)

    async def sign_up(self, email: str = "ada@example.com", **fields) -> dict:
        """The answer's body: user and tokens."""
        body = {"email": email, "password": PASSWORD, **fields}
        return (await self.call("POST", "/api/v1/auth/signup", json=body)).json

    async def access_token(self, email: str = "ada@example.com") -> str:
        return (await self.sign_up(email))["tokens"]["accessToken"]


@pytest.fixture
async def open_gateway(house: House, migrated: Callable[[str], str], redis_url: str):
    """Call it with settings of the gateway for a running one."""
    async with AsyncExitStack() as stack:
        auth_settings = AuthSettings(
            database_url=SecretStr(migrated("auth")), redis_url=SecretStr(redis_url), **neighbours()
        )
        auth = await stack.enter_async_context(serve(create_auth, auth_settings))
        echo = EchoService()
        others = await stack.enter_async_context(serve(echo.create_app, None))
        urls = dict.fromkeys(("garmin_ingest", "coach_agent", "subscription"), others.base_url)

        async def start(**settings) -> GatewayUnderTest:
            chosen = {"redis_url": SecretStr(redis_url), **neighbours(auth=auth.base_url, **urls), **settings}
            served = await stack.enter_async_context(serve(create_app, GatewaySettings(**chosen)))
            return GatewayUnderTest(served, auth, echo)

        yield start


@pytest.fixture
async def gateway(open_gateway) -> GatewayUnderTest:
    return await open_gateway()
