"""The servers that the other tests stand on are real, and each test gets them fresh and with production's rights."""

from __future__ import annotations

import time

import asyncpg
import pytest
import redis.asyncio
from blockbuster import BlockingError

from tests.support.postgres import PostgresForTests


async def _tables(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [row["tablename"] for row in rows]
    finally:
        await connection.close()


@pytest.mark.parametrize("run", [1, 2])
async def test_each_test_gets_an_empty_database(database_url, run):
    assert await _tables(database_url) == []
    connection = await asyncpg.connect(database_url)
    await connection.execute("CREATE TABLE leftover (id int)")
    await connection.close()


async def test_a_role_may_not_enter_the_database_of_another(postgres_server: PostgresForTests, database_url):
    other = f"{database_url.rpartition('/')[0]}/postgres"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(other)


@pytest.mark.parametrize("run", [1, 2])
async def test_each_test_gets_an_empty_redis(redis_url, run):
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("leftover", "1", ex=60)


async def test_a_full_redis_refuses_instead_of_forgetting(redis_url):
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"


async def test_our_code_cannot_block_the_loop(monkeypatch):
    import shared.ids as scanned

    source = compile("def doze():\n    import time\n    time.sleep(0)\n", scanned.__file__, "exec")
    namespace: dict[str, object] = {}
    exec(source, namespace)
    with pytest.raises(BlockingError):
        namespace["doze"]()
    time.sleep(0)


async def test_a_test_may_stop_redis_and_bring_it_back(redis_server, redis_url):
    redis_server.stop()
    async with redis.asyncio.Redis.from_url(redis_url, retry=None) as client:
        with pytest.raises(redis.exceptions.ConnectionError):
            await client.ping()
        redis_server.start()
        assert await client.ping()
