"""garmin_ingest with a scripted Garmin and a secret store that can hang, die and refuse."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.provision import key_paths
from services.garmin_ingest.app import create_app
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.worker import create_worker
from shared.caller import Caller
from shared.config import load
from shared.secrets import SecretsSettings, SecretStore, open_secret_store
from tests.support.fake_vault import ROLE_ID, SECRET_ID, Entry, FakeVault
from tests.support.garmin.scripted_source import ScriptedSource
from tests.support.relay import Relay
from tests.support.service import Answer, House, Served, eventually, serve, working

CONNECTION = "/api/v1/garmin/connection"


@dataclass
class Garmin:
    """The scripted roads; ``sources()`` is what the service is started with."""

    web: ScriptedSource
    keys: ScriptedSource

    @classmethod
    def new(cls) -> Garmin:
        return cls(ScriptedSource("connect_credentials"), ScriptedSource("personal_api_key"))

    def sources(self) -> Sources:
        return Sources(
            {"connect_credentials": self.web, "personal_api_key": self.keys},
            {"official_partner": "The operator has no agreement with Garmin."},
        )


@dataclass
class Linked:
    """One or more replicas of the service over one database, and what a test looks at behind them."""

    replicas: list[Served]
    house: House
    settings: GarminIngestSettings
    garmin: Garmin
    safe: Safe
    runner: Caller

    async def call(
        self, method: str, path: str, *, caller: Caller | None = None, replica: int = 0, **options
    ) -> Answer:
        headers = self.house.as_user(caller or self.runner, "garmin_ingest") | options.pop("headers", {})
        return await self.replicas[replica].call(method, path, headers=headers, **options)

    async def connect(self, name: str, *, secret: str | None = None, replica: int = 0, caller=None, **more) -> Answer:
        password = self.garmin.web.accounts[name].secret if secret is None else secret
        body = {"kind": "credentials", "username": name, "password": password} | more
        return await self.call("POST", CONNECTION, json=body, caller=caller, replica=replica)

    async def code(self, challenge_id: str, code: str, *, replica: int = 0, caller: Caller | None = None) -> Answer:
        body = {"challengeId": challenge_id, "code": code}
        return await self.call("POST", f"{CONNECTION}/mfa", json=body, replica=replica, caller=caller)

    async def disconnect(self, query: str = "", *, caller: Caller | None = None) -> Answer:
        return await self.call("DELETE", CONNECTION + query, caller=caller)

    async def health(self, *, caller: Caller | None = None) -> dict[str, Any]:
        answer = await self.call("GET", CONNECTION, caller=caller)
        assert answer.status == 200, answer.body
        return answer.json

    async def secret(self, caller: Caller | None = None) -> Mapping[str, Any] | None:
        return await self.safe.store.read(f"garmin/users/{(caller or self.runner).user_id}")

    async def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.settings.database_url.get_secret_value())
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    async def connection_id(self, caller: Caller | None = None) -> uuid.UUID | None:
        user_id = (caller or self.runner).user_id
        rows = await self.sql("SELECT connection_id FROM garmin_connection WHERE user_id = $1", user_id)
        return rows[0]["connection_id"] if rows else None

    async def queued(self, entrypoint: str) -> int:
        rows = await self.sql("SELECT id FROM pgqueuer WHERE entrypoint = $1", entrypoint)
        return len(rows)

    async def reconcile_now(self) -> None:
        """Let the worker do the reconciliations that were queued for later, and nothing else."""
        await self.sql(
            "UPDATE pgqueuer SET execute_after = now()"
            " + CASE WHEN entrypoint = 'reconcile_garmin' THEN interval '0' ELSE interval '1 hour' END"
        )
        async with self.worker():
            await eventually(self._nothing_to_reconcile, within_s=20)

    async def _nothing_to_reconcile(self) -> bool:
        return await self.queued("reconcile_garmin") == 0

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            worker, _ = await create_worker(self.settings, stack, sources=self.garmin.sources())
            async with working(worker):
                yield


@dataclass
class Safe:
    """A secret store behind a relay, as the service reaches it; ``store`` is the test's own way in."""

    relay: Relay
    store: SecretStore
    vault: FakeVault | None = None


@asynccontextmanager
async def local_safe(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Safe]:
    """Encrypted rows in PostgreSQL; only the way to them can fail."""
    url = urlsplit(house.environment["PACE42_SECRETS_DATABASE_URL"])
    store = await open_secret_store(load(SecretsSettings))
    async with Relay(url.port or 0) as relay:
        there = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{relay.port}").geturl()
        monkeypatch.setenv("PACE42_SECRETS_DATABASE_URL", there)
        yield Safe(relay, store)
    await store.aclose()


@asynccontextmanager
async def vault_safe(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Safe]:
    """Vault's documented answers over the real driver, with the keys of the house in it."""
    local = await open_secret_store(load(SecretsSettings))
    with FakeVault() as vault:
        for path in key_paths():
            vault.entries[path] = Entry([dict(await local.read(path) or {})])
        async with Relay(vault.port) as relay:
            environment = {
                "PACE42_SECRETS_KIND": "vault",
                "VAULT_ADDR": f"http://127.0.0.1:{relay.port}",
                "VAULT_ROLE_ID": ROLE_ID,
                "VAULT_SECRET_ID": SECRET_ID,
            }
            for name, value in environment.items():
                monkeypatch.setenv(name, value)
            settings = load(SecretsSettings)
            store = await open_secret_store(
                settings.model_copy(update={"vault_addr": f"http://127.0.0.1:{vault.port}"})
            )
            yield Safe(relay, store, vault)
            await store.aclose()


@asynccontextmanager
async def replicas(settings: GarminIngestSettings, garmin: Garmin, number: int = 1) -> AsyncIterator[list[Served]]:
    async with AsyncExitStack() as stack:
        create = partial(create_app, sources=garmin.sources())
        yield [await stack.enter_async_context(serve(create, settings)) for _ in range(number)]
