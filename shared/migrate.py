"""Bringing a service's database to the schema its code needs: alembic, raw SQL, one at a time.

A PostgreSQL advisory lock makes racing migrators wait for each other, so that every replica may call this at its start.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

# Any constant of our own; it only has to be the same in every process.
_LOCK_KEY = 42_195


def upgrade(database_url: str, migrations: Path) -> None:
    """Run every migration in ``migrations`` that the database has not seen. Blocks; call it from a command line."""
    asyncio.run(_upgrade(database_url, migrations))


async def _upgrade(database_url: str, migrations: Path) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(_async_url(database_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, _config(migrations))
            await connection.commit()
    finally:
        await engine.dispose()


def _run(connection: Connection, config: Config) -> None:
    from alembic import command
    from sqlalchemy import text

    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run_script(sql: str) -> None:
    """Run several statements at once, within the migration's transaction; called by a migration.

    The script goes through the driver's own simple protocol, because a prepared statement holds one command only.
    """
    from alembic import op

    op.get_bind().connection.run_async(lambda connection: connection.execute(sql))


def _config(migrations: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("alembic_environment")))
    config.set_main_option("version_locations", str(migrations))
    config.set_main_option("path_separator", "newline")
    return config


def _async_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError("a database URL must begin with postgresql://")
    return f"postgresql+asyncpg://{rest}"
