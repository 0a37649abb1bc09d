"""What every test may ask for: a real PostgreSQL, a real Redis, and a loop that refuses to be blocked.

A database test takes ``migrated`` and calls it with the name of its service::

    async def test_sign_up_is_stored(migrated):
        database = await Database.open(migrated("auth"))

and a test of something shared takes ``database_url``, an empty database. Both are gone after the test. Servers are
started by the first test that needs them and serve the whole session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from tests.support.postgres import PostgresForTests
from tests.support.redis import RedisForTests
from tests.support.service import House


# Before xdist reads the marks.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two processes share the files of ``make test``; end-to-end tests stay together, because they share a stack."""
    end_to_end = Path(__file__).parent / "e2e"
    for item in items:
        group = "e2e" if end_to_end in item.path.parents else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresForTests]:
    """The session's server; most tests want ``migrated`` or ``database_url`` instead."""
    server = PostgresForTests(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database_url(postgres_server: PostgresForTests) -> Iterator[str]:
    """The URL of an empty database, owned by the role in it."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def migrated(postgres_server: PostgresForTests) -> Iterator[Callable[[str], str]]:
    """Call it with a service's name for the URL of a fresh database with that service's schema.

    Several calls give several databases, also of one service. The role in the URL is the service's own.
    """
    urls: list[str] = []

    def create(service: str) -> str:
        urls.append(postgres_server.create_migrated(service))
        return urls[-1]

    yield create
    for url in urls:
        postgres_server.drop(url)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisForTests]:
    """The session's server, for a test that stops it; most tests want ``redis_url``."""
    server = RedisForTests(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisForTests) -> str:
    """The URL of an empty Redis, brought back if a test before has stopped it."""
    redis_server.start()
    redis_server.empty()
    return redis_server.url


@pytest.fixture(scope="session", autouse=True)
def _no_blocking_on_the_loop() -> Iterator[None]:
    """A file read, a sleep or a blocking socket called from our code inside a running loop raises BlockingError."""
    with blockbuster_ctx(scanned_modules=["shared", "services", "gateway"]) as buster:
        # asyncpg looks for a certificate in the home folder whenever it connects: its own choice, some microseconds.
        for name in ("os.path.abspath", "os.stat", "os.readlink", "os.path.islink"):
            buster.functions[name].can_block_in("asyncpg/connect_utils.py", "_parse_connect_dsn_and_args")
        yield


@pytest.fixture(scope="session")
def built_house(postgres_server: PostgresForTests, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The keys of a stack in a real local secret store, made once: no test changes them."""
    return asyncio.run(House.build(postgres_server.create(), tmp_path_factory.mktemp("house")))


@pytest.fixture
def house(built_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The keys of a stack, and the environment that leads to them."""
    for name, value in built_house.environment.items():
        monkeypatch.setenv(name, value)
    return built_house
