"""PostgreSQL as the storage layer sees it: a pool, transactions, and driver errors that stop here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
import orjson

from shared.config import ServiceSettings
from shared.errors import UpstreamTimeout, UpstreamUnavailable

# What storage functions take: a connection of the pool, inside a transaction or not.
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"

# A healthy statement takes milliseconds; ten seconds is a lock or a dying disk, and the caller is better told.
_STATEMENT_TIMEOUT_S = 10
_CONNECT_TIMEOUT_S = 2
_ACQUIRE_TIMEOUT_S = 2

AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that dies in the middle of something may look like this
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    ConnectionError,
    OSError,
)
"""What the driver raises when the server cannot be reached, is going down, coming up or full."""


class Database:
    """The connections of one process to its own database.

    Errors that say the database is away become UpstreamUnavailable, a statement that took too long UpstreamTimeout; all
    others are bugs or constraints and reach the storage function that caused them.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.pool = pool

    @classmethod
    async def open(cls, url: str, *, max_size: int = 8) -> Database:
        """Connect; one attempt, so that a start fails with its reason instead of hanging."""
        with _translated():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=max_size,
                timeout=_CONNECT_TIMEOUT_S,
                command_timeout=_STATEMENT_TIMEOUT_S,
                max_inactive_connection_lifetime=300,
                server_settings={"application_name": "pace42", "TimeZone": "UTC"},
                reset=_nothing_to_reset,
            )
        return cls(pool)

    async def close(self) -> None:
        try:
            async with asyncio.timeout(5):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction: each statement stands for itself, and leaves nothing to the next user."""
        with _translated():
            connection = await self.pool.acquire(timeout=_ACQUIRE_TIMEOUT_S)
            try:
                yield connection
            finally:
                await self.pool.release(connection)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Connection]:
        """A connection for locks and settings that outlive a transaction; none of them outlives the block."""
        async with self.connection() as connection:
            try:
                yield connection
            finally:
                if not connection.is_closed():
                    await _cleared(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """All or nothing, read committed."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def ping(self) -> None:
        async with self.connection() as connection:
            await connection.execute("SELECT 1")


async def open_database(settings: ServiceSettings, stack: AsyncExitStack) -> Database:
    """The database of a service, open until ``stack`` closes. Raises UpstreamUnavailable."""
    database = await Database.open(settings.database_url.get_secret_value(), max_size=settings.database_pool_max)
    stack.push_async_callback(database.close)
    return database


async def _nothing_to_reset(_: Connection) -> None:
    """What is done with a connection that is given back: no round trip, for only a session leaves anything on one.

    A transaction that was left open is undone by the driver.
    """


async def _cleared(connection: Connection) -> None:
    try:
        await connection.reset()
    except BaseException:
        connection.terminate()
        raise


class _translated:  # noqa: N801 - reads as a phrase where it is used
    """Turns the driver's words into ours at the border; a class, because a generator would hide the traceback."""

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, TimeoutError | asyncpg.QueryCanceledError):
            raise UpstreamTimeout("Our database took too long. Please try again.", retry_after_s=1) from error
        if isinstance(error, AWAY):
            raise UpstreamUnavailable("Our database is not answering. Please try again.", retry_after_s=2) from error


def to_jsonb(value: Any) -> str:
    """A value as a jsonb parameter; no codec is set on connections, because the job queue shares them and sets none."""
    return orjson.dumps(value).decode()


def from_jsonb(text: str) -> Any:
    return orjson.loads(text)
