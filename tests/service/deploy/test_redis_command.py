"""The command that Compose starts Redis with, run by a real shell with a real server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import redis.asyncio
import yaml

from deploy.local.redis import find_redis
from tests.service.deploy.waiting import until

PROJECT = Path(__file__).parents[3]
PASSWORD = "planted-a1b2c3"


@pytest.fixture
async def server(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> AsyncIterator[tuple[subprocess.Popen, redis.asyncio.Redis]]:
    port = unused_tcp_port_factory()
    shell, option, script = _command()
    (tmp_path / "redis-server").symlink_to(find_redis())
    process = subprocess.Popen(
        [shell, option, script.replace("\nrequirepass", f"\nport {port}\nbind 127.0.0.1\nrequirepass")],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PACE42_REDIS_PASSWORD": PASSWORD},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    client = redis.asyncio.Redis(port=port, password=PASSWORD)
    yield process, client
    await client.aclose()
    process.terminate()
    process.wait(timeout=10)


async def test_it_asks_for_the_password_and_shows_it_to_nobody(
    server: tuple[subprocess.Popen, redis.asyncio.Redis],
):
    process, client = server
    await until(client.ping, redis.asyncio.ConnectionError)

    stranger = redis.asyncio.Redis(port=client.connection_pool.connection_kwargs["port"])
    with pytest.raises(redis.asyncio.AuthenticationError):
        await stranger.ping()
    await stranger.aclose()
    command_line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert b"redis-server" in command_line, "the shell is still in between, and would take the signals"
    assert PASSWORD.encode() not in command_line


async def test_it_evicts_nothing_and_writes_nothing_to_disk(
    server: tuple[subprocess.Popen, redis.asyncio.Redis],
):
    _, client = server
    await until(client.ping, redis.asyncio.ConnectionError)

    # One by one: Redis 6 knows no other way to ask.
    settings = {}
    for name in ("maxmemory*", "save", "appendonly"):
        settings |= await client.config_get(name)

    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["maxmemory"] == str(256 * 1024 * 1024)
    assert (settings["save"], settings["appendonly"]) == ("", "no")


def _command() -> list[str]:
    document = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    return [word.replace("$$", "$") for word in document["services"]["redis"]["command"]]
