"""garmin_ingest as a partner of the simulated Garmin: consent pages, pushes, and a worker."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from yarl import URL

from services.garmin_ingest.app import create_app
from services.garmin_ingest.config import GarminIngestSettings
from shared.caller import Caller
from shared.config import load
from shared.http.context import CLIENT_ADDRESS_HEADER
from shared.secrets import SecretsSettings, open_secret_store
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.garmin.partner_server import CLIENT_ID, CLIENT_SECRET, PartnerServer
from tests.support.garmin.world import GarminWorld, SimulatedAccount
from tests.support.service import Answer, House, eventually, neighbours, serve

SECRET = "a-secret-that-nobody-can-guess-0123456789"
CALLBACK = "/api/v1/garmin/oauth/callback"


@dataclass
class PartnerUnderTest:
    ingest: IngestUnderTest
    server: PartnerServer
    account: SimulatedAccount

    @property
    def world(self) -> GarminWorld:
        return self.server.world

    async def leave(self, caller: Caller | None = None) -> str:
        """The address of Garmin's page for a runner."""
        answer = await self.ingest.call("GET", "/api/v1/garmin/oauth/start", caller=caller)
        assert answer.status == 200, answer.body
        return answer.json["authorizationUrl"]

    async def return_with(self, query: dict[str, str], caller: Caller | None = None) -> Answer:
        """Come back from Garmin's page."""
        return await self.ingest.call("GET", str(URL(CALLBACK).with_query(query)), caller=caller)

    async def connect(self, account: SimulatedAccount | None = None, caller: Caller | None = None) -> Answer:
        code, state = self.server.consent(await self.leave(caller), account or self.account)
        return await self.return_with({"code": code, "state": state}, caller)

    async def as_anybody(self, method: str, path: str, *, address: str = "203.0.113.7", **options) -> Answer:
        """What the gateway forwards for somebody who is not signed in."""
        headers = self.ingest.house.as_user(Caller(), "garmin_ingest") | {CLIENT_ADDRESS_HEADER: address}
        headers |= options.pop("headers", {})
        return await self.ingest.served.call(method, path, headers=headers, **options)

    async def push(self, body: object, *, secret: str = SECRET, **options) -> Answer:
        """A notification of Garmin's."""
        data = io.BytesIO(body if isinstance(body, bytes) else orjson.dumps(body))
        headers = {"Content-Type": "application/json"} | options.pop("headers", {})
        return await self.as_anybody("POST", f"/api/v1/webhooks/garmin/{secret}", data=data, headers=headers, **options)

    @staticmethod
    def as_json(body: object) -> bytes:
        return orjson.dumps(body)

    async def secret(self) -> Mapping[str, Any] | None:
        """What the secret store holds for the runner."""
        store = await open_secret_store(load(SecretsSettings))
        try:
            return await store.read(f"garmin/users/{self.ingest.runner.user_id}")
        finally:
            await store.aclose()

    async def expire_tokens(self) -> None:
        """A day passes for the runner's access token."""
        store = await open_secret_store(load(SecretsSettings))
        try:
            path = f"garmin/users/{self.ingest.runner.user_id}"
            values = dict(await store.read(path) or {})
            await store.write(path, values | {"expiresAt": "2026-01-01T00:00:00+00:00"})
        finally:
            await store.aclose()
        # The last sync was long ago, so that another is not taken for the same.
        await self.ingest.sql("UPDATE job SET created_at = created_at - interval '1 hour'")

    async def deliver(self) -> None:
        """Push all that the simulated Garmin has to tell."""
        while self.server.outbox:
            assert (await self.push(self.server.outbox.pop(0))).status == 200

    async def be_patient(self) -> None:
        """The wait that Garmin asked for passes."""
        await self.ingest.sql("UPDATE garmin_connection SET cooldown_until = NULL")
        await self.ingest.sql("UPDATE pgqueuer SET execute_after = now()")

    async def worked_off(self) -> None:
        """Wait, while a worker works, until nothing of the notifications is left to do now."""

        async def nothing_waits() -> bool:
            rows = await self.ingest.sql(
                "SELECT 1 FROM pgqueuer WHERE entrypoint LIKE '%garmin%' AND status <> 'failed'"
                " AND (execute_after IS NULL OR execute_after < now() + interval '1 second')"
            )
            return not rows

        await eventually(nothing_waits, within_s=20)


@pytest.fixture
async def partner(house: House, migrated: Callable[[str], str], tmp_path: Path) -> AsyncIterator[PartnerUnderTest]:
    server = PartnerServer(GarminWorld())
    async with server.running() as garmin:
        settings = GarminIngestSettings(
            database_url=SecretStr(migrated("garmin_ingest")),
            redis_url=SecretStr("redis://127.0.0.1:9"),
            objects_dir=tmp_path / "objects",
            partner_client_id=CLIENT_ID,
            partner_client_secret=SecretStr(CLIENT_SECRET),
            partner_redirect_url="https://pace42.example/api/v1/garmin/oauth/callback",
            partner_token_url=f"{garmin}/di-oauth2-service/oauth/token",
            partner_api_url=f"{garmin}/wellness-api/rest",
            webhook_secret=SecretStr(SECRET),
            **neighbours(),
        )
        async with serve(create_app, settings) as served:
            ingest = IngestUnderTest(served, house, settings)
            yield PartnerUnderTest(ingest, server, server.world.add_account())
