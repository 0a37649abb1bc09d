"""Both adapters of the SecretStore port in front of a backend that can hang and die.

``local`` runs on the real PostgreSQL of the tests, ``vault`` through the real hvac against a server that is a fake.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from shared.secrets import SecretsSettings, SecretStore, open_secret_store
from tests.support.fake_vault import ROLE_ID, SECRET_ID, FakeVault
from tests.support.relay import Relay


@dataclass
class Backend:
    """``store`` is one process's way in; ``another()`` is another process's."""

    settings: SecretsSettings
    relay: Relay
    store: SecretStore
    opened: list[SecretStore] = field(default_factory=list)

    async def another(self) -> SecretStore:
        self.opened.append(await open_secret_store(self.settings))
        return self.opened[-1]


@pytest.fixture
def fake_vault() -> Iterator[FakeVault]:
    with FakeVault() as vault:
        yield vault


@pytest.fixture(params=["local", "vault"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    if request.param == "local":
        url = urlsplit(request.getfixturevalue("database_url"))
        target = url.port
    else:
        target = request.getfixturevalue("fake_vault").port
    async with Relay(target) as relay:
        if request.param == "local":
            there = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{relay.port}").geturl()
            settings = SecretsSettings(
                secrets_kind="local", secrets_database_url=there, secrets_key_file=tmp_path / "secrets.key"
            )
        else:
            settings = vault_settings(relay.port)
        backend = Backend(settings, relay, await open_secret_store(settings))
        yield backend
        for store in (backend.store, *backend.opened):
            await store.aclose()


def vault_settings(port: int, *, secret_id: str = SECRET_ID, mount: str = "secret") -> SecretsSettings:
    return SecretsSettings(
        secrets_kind="vault",
        vault_addr=f"http://127.0.0.1:{port}",
        vault_role_id=ROLE_ID,
        vault_secret_id=secret_id,
        vault_mount=mount,
    )


class Stopwatch:
    """Seconds spent inside the ``with``."""

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.elapsed_s = time.monotonic() - self._started
