"""The secret store of a stack on one machine: AES-256-GCM rows in PostgreSQL, the key in a file outside of it.

A copy of the database alone opens nothing. Each value is bound to its path as associated data, so that a row cannot
be moved to another path.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.config import ConfigError
from shared.secrets import Secret, SecretsSettings, encode_values, require_path, within_budget

_KEY_BYTES = 32
_NONCE_BYTES = 12
# The first byte of every row, so that another cipher can come later without guessing.
_FORMAT = b"\x01"
# Any constant will do; it is only shared by processes that make this table.
_TABLE_LOCK = 0x50616365_0042

_TABLE = """
CREATE TABLE IF NOT EXISTS secrets (
    path text PRIMARY KEY,
    sealed bytea NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
)
"""
_WRITE = """
INSERT INTO secrets (path, sealed) VALUES ($1, $2)
ON CONFLICT (path) DO UPDATE SET sealed = excluded.sealed, written_at = now()
"""
_WRITE_IF_ABSENT = "INSERT INTO secrets (path, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING path"
_READ = "SELECT sealed FROM secrets WHERE path = $1"
_DELETE = "DELETE FROM secrets WHERE path = $1"


class UnreadableRow(Exception):
    """A row that this key does not open: another key file wrote it, or it was changed or moved."""


_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, UnreadableRow)


class LocalSecretStore:
    """Opens a connection per operation: secrets are read at start and then rarely, and a pool would only sit there."""

    def __init__(self, database_url: str, key: bytes) -> None:
        self._database_url = database_url
        self._cipher = AESGCM(key)
        self._has_table = False

    @property
    def breaker(self) -> None:
        """None: a database on the same machine that is away refuses at once."""

    @classmethod
    async def from_settings(cls, settings: SecretsSettings) -> LocalSecretStore:
        """Raises ConfigError where the key file cannot be trusted."""
        assert settings.secrets_database_url is not None
        assert settings.secrets_key_file is not None
        key = await asyncio.to_thread(read_or_create_key, settings.secrets_key_file)
        return cls(settings.secrets_database_url.get_secret_value(), key)

    async def read(self, path: str) -> Mapping[str, Any] | None:
        return await within_budget("local", self._read(require_path(path)), _FAILURES)

    async def write(self, path: str, values: Mapping[str, Any]) -> None:
        sealed = self._seal(require_path(path), encode_values(values))
        await within_budget("local", self._fetch(_WRITE, path, sealed), _FAILURES)

    async def write_if_absent(self, path: str, values: Mapping[str, Any]) -> bool:
        sealed = self._seal(require_path(path), encode_values(values))
        return await within_budget("local", self._fetch(_WRITE_IF_ABSENT, path, sealed), _FAILURES) is not None

    async def delete(self, path: str) -> None:
        await within_budget("local", self._fetch(_DELETE, require_path(path)), _FAILURES)

    async def aclose(self) -> None:
        """Nothing stays open between operations."""

    async def _read(self, path: str) -> Secret | None:
        sealed = await self._fetch(_READ, path)
        return None if sealed is None else Secret(json.loads(self._open(path, sealed)))

    async def _fetch(self, statement: str, *arguments: object) -> Any:
        async with self._connection() as connection:
            if not self._has_table:
                await _ensure_table(connection)
                self._has_table = True
            return await connection.fetchval(statement, *arguments)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        connection = await asyncpg.connect(self._database_url, server_settings={"application_name": "pace42-secrets"})
        try:
            yield connection
            await connection.close()
        finally:
            # After a failure or a time-out nobody waits for the server's goodbye; after close() this does nothing.
            connection.terminate()

    def _seal(self, path: str, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, _FORMAT + path.encode())

    def _open(self, path: str, sealed: bytes) -> bytes:
        nonce = sealed[1 : 1 + _NONCE_BYTES]
        try:
            return self._cipher.decrypt(nonce, sealed[1 + _NONCE_BYTES :], sealed[:1] + path.encode())
        except (InvalidTag, ValueError):
            raise UnreadableRow from None


async def _ensure_table(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    # CREATE TABLE IF NOT EXISTS is not safe against itself: two at once can still collide in the catalogue.
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _TABLE_LOCK)
        await connection.execute(_TABLE)


def read_or_create_key(path: Path) -> bytes:
    """The bytes of the key file, made first if there is none. Blocks; raises ConfigError where it cannot be trusted."""
    try:
        with contextlib.suppress(FileExistsError):
            _create_key(path)
        return _read_key(path)
    except OSError as error:
        raise ConfigError([f"PACE42_SECRETS_KEY_FILE: {error.strerror}: {path}"]) from None


def _create_key(path: Path) -> None:
    """Put a new key at ``path``, whole or not at all. Raises FileExistsError where another process was first."""
    if path.is_symlink() or path.exists():
        raise FileExistsError
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never takes the place of the key that another process made meanwhile.
        os.link(unfinished, path)
    finally:
        unfinished.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut: rows sealed with a lost key are lost too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_key(path: Path) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        key = file.read(_KEY_BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    problem = None
    if status.st_uid not in {os.geteuid(), 0}:
        problem = "belongs to another user"
    elif stat.S_IMODE(status.st_mode) & 0o077:
        problem = "is open to other users: chmod 600 it, and think who may have read it"
    elif len(key) != _KEY_BYTES:
        problem = f"is not a key of {_KEY_BYTES} bytes: restore the right file"
    if problem:
        raise ConfigError([f"PACE42_SECRETS_KEY_FILE: {path} {problem}"])
    return key
