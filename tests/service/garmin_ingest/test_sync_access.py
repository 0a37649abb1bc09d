"""Tokens while the secret store is away, and while several processes want fresh ones."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.access import Access
from services.garmin_ingest.parts import Parts, open_parts
from tests.service.garmin_ingest.linking import local_safe
from tests.service.garmin_ingest.syncing import Syncing, syncing_with
from tests.support.service import House, eventually

TOKEN = "/di-oauth2-service/"


async def _access(parts: Parts, syncing: Syncing) -> Access:
    connection = await parts.garmin.connections.get(syncing.runner.user_id)
    assert connection is not None
    return await parts.sync.sync.keys.open(connection, parts.garmin.sources.require("connect_credentials"))


async def test_of_two_processes_that_renew_at_once_one_asks_garmin_and_both_have_the_new_tokens(
    house: House, ingest_settings: GarminIngestSettings
):
    async with syncing_with(house, ingest_settings) as syncing, AsyncExitStack() as stack:
        account = syncing.account()
        await syncing.link(account)
        processes = [await open_parts(ingest_settings, stack, sources=syncing.sources) for _ in range(2)]
        first, second = [await _access(parts, syncing) for parts in processes]
        old = await first.tokens()
        asked = syncing.world.asked(TOKEN)
        await asyncio.gather(first.renew(), second.renew())
        assert syncing.world.asked(TOKEN) == asked + 1
        assert (await first.tokens()).values == (await second.tokens()).values != old.values
        stored = await syncing.secrets.read(f"garmin/users/{syncing.runner.user_id}")
        assert stored is not None
        assert stored["tokens"] == dict((await first.tokens()).values)


async def test_a_sync_waits_for_the_secret_store_and_goes_on_when_it_is_back(
    house: House, ingest_settings: GarminIngestSettings, monkeypatch: pytest.MonkeyPatch
):
    async with local_safe(house, monkeypatch) as safe, syncing_with(house, ingest_settings) as syncing:
        syncing.run(syncing.account(), ago=1)
        await syncing.link(next(iter(syncing.world.accounts.values())))

        async def was_tried() -> bool:
            return bool(await syncing.sql("SELECT FROM pgqueuer WHERE entrypoint = 'sync_garmin' AND attempts > 0"))

        async with syncing.worker():
            await safe.relay.die()
            await eventually(was_tried, within_s=20)
        assert (await syncing.health())["error"]["code"] == "SECRETS_UNAVAILABLE"
        await safe.relay.recover()
        await syncing.hurry()
        async with syncing.worker():
            assert (await syncing.over())["state"] == "succeeded"
        assert len(await syncing.activities()) == 1
