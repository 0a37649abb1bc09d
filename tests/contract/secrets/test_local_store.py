"""What only the local store promises: the key file, and rows that open with it alone and where they were put."""

from __future__ import annotations

import asyncio
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
import structlog

from shared.config import ConfigError
from shared.errors import SecretsUnavailable
from shared.secrets import SecretsSettings, open_secret_store
from shared.secrets_local import LocalSecretStore, read_or_create_key

PLANTED = "planted-5d20aa"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.key"


@pytest.fixture
async def store(database_url: str, key_file: Path) -> LocalSecretStore:
    settings = SecretsSettings(secrets_kind="local", secrets_database_url=database_url, secrets_key_file=key_file)
    store = await open_secret_store(settings)
    assert isinstance(store, LocalSecretStore)
    return store


async def test_the_database_holds_nothing_readable(store: LocalSecretStore, database_url: str):
    await store.write("garmin/users/1", {"token": PLANTED})

    dump = await _fetch(database_url, "SELECT encode(sealed, 'escape') FROM secrets")

    assert len(dump) == 1
    assert "token" not in dump[0]
    assert PLANTED not in dump[0]


async def test_equal_values_are_sealed_differently(store: LocalSecretStore, database_url: str):
    for number in range(50):
        await store.write(f"garmin/users/{number}", {"token": PLANTED})

    sealed = await _fetch(database_url, "SELECT sealed FROM secrets")

    assert len({row[:13] for row in sealed}) == 50, "a nonce was used twice"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE secrets SET path = 'garmin/users/2'",
        "UPDATE secrets SET path = 'garmin/users/2', sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
        "UPDATE secrets SET path = 'garmin/users/2', sealed = set_byte(sealed, 0, 2)",
        "UPDATE secrets SET path = 'garmin/users/2', sealed = substr(sealed, 1, 13)",
        "UPDATE secrets SET path = 'garmin/users/2', sealed = ''",
    ],
    ids=["moved", "changed", "other format", "truncated", "emptied"],
)
async def test_a_row_that_is_not_what_was_written_does_not_open(
    store: LocalSecretStore, database_url: str, change: str
):
    path = "garmin/users/1" if "moved" not in change else "garmin/users/2"
    await store.write(path, {"token": PLANTED})
    await _fetch(database_url, change)

    with structlog.testing.capture_logs() as logs, pytest.raises(SecretsUnavailable):
        await store.read("garmin/users/2")

    assert [entry["cause"] for entry in logs] == ["UnreadableRow"]


async def test_another_key_file_opens_nothing_and_changes_nothing(
    store: LocalSecretStore, database_url: str, key_file: Path
):
    await store.write("garmin/users/1", {"token": PLANTED})
    other = LocalSecretStore(database_url, b"k" * 32)

    with pytest.raises(SecretsUnavailable):
        await other.read("garmin/users/1")

    assert await other.write_if_absent("garmin/users/1", {"token": "other"}) is False
    assert await store.read("garmin/users/1") == {"token": PLANTED}


async def test_processes_that_start_at_once_make_the_table_once(database_url: str):
    stores = [LocalSecretStore(database_url, b"k" * 32) for _ in range(16)]

    assert await asyncio.gather(*(store.read("keys/auth/signing") for store in stores)) == [None] * 16


async def test_a_database_that_is_not_there_is_unavailable(database_url: str):
    store = LocalSecretStore(f"{database_url}_gone", b"k" * 32)

    with pytest.raises(SecretsUnavailable):
        await store.read("keys/auth/signing")


def test_the_key_file_is_made_for_its_owner_alone_whatever_the_umask(key_file: Path):
    before = os.umask(0)
    try:
        key = read_or_create_key(key_file)
    finally:
        os.umask(before)

    assert len(key) == 32
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.read_bytes() == key
    assert [path.name for path in key_file.parent.iterdir()] == ["secrets.key"], "a temporary file was left"


def test_processes_that_start_at_once_get_the_same_key(key_file: Path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: read_or_create_key(key_file), range(64)))

    assert len(keys) == 1


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o601])
def test_a_key_file_open_to_others_is_refused(key_file: Path, mode: int):
    read_or_create_key(key_file)
    key_file.chmod(mode)

    with pytest.raises(ConfigError, match="open to other users"):
        read_or_create_key(key_file)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_file_of_another_size_is_refused_and_kept(key_file: Path, size: int):
    key_file.write_bytes(b"k" * size)
    key_file.chmod(0o600)

    with pytest.raises(ConfigError, match="not a key of 32 bytes"):
        read_or_create_key(key_file)

    assert key_file.read_bytes() == b"k" * size


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_key_file_of_another_user_is_refused(key_file: Path):
    read_or_create_key(key_file)
    os.chown(key_file, 12345, 12345)

    with pytest.raises(ConfigError, match="belongs to another user"):
        read_or_create_key(key_file)


def test_a_link_a_folder_and_a_pipe_are_no_key_files(tmp_path: Path):
    read_or_create_key(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir(mode=0o700)
    os.mkfifo(tmp_path / "pipe", 0o600)

    for name in ("link", "dangling", "folder", "pipe"):
        with pytest.raises(ConfigError, match="PACE42_SECRETS_KEY_FILE"):
            read_or_create_key(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()


async def test_a_key_file_that_cannot_be_made_is_one_clear_problem(database_url: str, tmp_path: Path):
    settings = SecretsSettings(
        secrets_kind="local", secrets_database_url=database_url, secrets_key_file=tmp_path / "missing" / "secrets.key"
    )

    with pytest.raises(ConfigError) as refused:
        await open_secret_store(settings)

    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].startswith("PACE42_SECRETS_KEY_FILE: No such file or directory")


async def _fetch(database_url: str, statement: str) -> list:
    connection = await asyncpg.connect(database_url)
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()
