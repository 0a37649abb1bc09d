"""Where secrets are kept: a small port, its settings, and the choice between its two adapters.

A secret is a JSON object at a path such as ``keys/auth/signing``. Signing and master keys are read once at start and
held in memory, so the store may be away for hours without anybody but new connections noticing. The adapters are
HashiCorp Vault (``shared.secrets_vault``) and, for the stack on one machine, encrypted rows in PostgreSQL
(``shared.secrets_local``); one contract suite holds them to the same behaviour.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, Self, TypeVar

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import SecretsUnavailable
from shared.logs import get_logger
from shared.resilience import Breaker

ResultT = TypeVar("ResultT")

# A sealed or hung store must be an answer within 3 s (RELIABILITY 6); the rest is for the way back to the client.
BUDGET_S = 2.0
# As long as a breaker in front of one of our own stores stays open (RELIABILITY 9).
RETRY_AFTER_S = 2.0
# Vault refuses entries above 1 MiB (512 KiB on some back ends); the largest secret here is a set of tokens of 10 KB.
MAX_VALUES_BYTES = 256 * 1024

# Only what needs no escaping in a URL, a file name or a Vault policy; a segment cannot be "." or "..".
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}){0,7}")

_log = get_logger("secrets")


class Secret(Mapping[str, Any]):
    """The values at one path, read like any mapping; printing it shows the names only."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Secret({', '.join(sorted(self._values))})"


class SecretStore(Protocol):
    """Every method raises SecretsUnavailable within 3 s when the store is away, sealed or refuses.

    A write that ends so has happened whole or not at all, and repeating it is safe. A path or values that no store
    could hold are a ValueError. No message, representation or log line carries a value.
    """

    @property
    def breaker(self) -> Breaker | None:
        """What stands before the store, for the process's metrics; None where nothing does."""
        ...

    async def read(self, path: str) -> Mapping[str, Any] | None:
        """The newest values at ``path``, or None where there are none."""
        ...

    async def write(self, path: str, values: Mapping[str, Any]) -> None:
        """Put ``values`` (JSON) in the place of whatever is there."""
        ...

    async def write_if_absent(self, path: str, values: Mapping[str, Any]) -> bool:
        """Put ``values`` only where nothing is; of several racing writers exactly one gets True."""
        ...

    async def delete(self, path: str) -> None:
        """Remove the path with every version it ever had. An absent path is no error."""
        ...

    async def aclose(self) -> None: ...


class SecretsSettings(BaseSettings):
    """Which store a process uses and how it gets in."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    secrets_kind: Literal["local", "vault"] = Field("local", validation_alias="PACE42_SECRETS_KIND")
    secrets_database_url: SecretStr | None = Field(None, validation_alias="PACE42_SECRETS_DATABASE_URL")
    secrets_key_file: Path | None = Field(None, validation_alias="PACE42_SECRETS_KEY_FILE")
    vault_addr: str | None = Field(None, pattern=r"^https?://[^/\s@]+/?$", validation_alias="VAULT_ADDR")
    vault_role_id: SecretStr | None = Field(None, validation_alias="VAULT_ROLE_ID")
    vault_secret_id: SecretStr | None = Field(None, validation_alias="VAULT_SECRET_ID")
    vault_mount: str = Field("secret", pattern=r"^[A-Za-z0-9_-]+$", validation_alias="VAULT_KV_MOUNT")
    vault_namespace: str | None = Field(None, validation_alias="VAULT_NAMESPACE")
    vault_ca_file: Path | None = Field(None, validation_alias="VAULT_CACERT")

    @model_validator(mode="after")
    def _store_is_reachable(self) -> Self:
        needed: dict[str, object] = (
            {"PACE42_SECRETS_DATABASE_URL": self.secrets_database_url, "PACE42_SECRETS_KEY_FILE": self.secrets_key_file}
            if self.secrets_kind == "local"
            else {
                "VAULT_ADDR": self.vault_addr,
                "VAULT_ROLE_ID": self.vault_role_id,
                "VAULT_SECRET_ID": self.vault_secret_id,
            }
        )
        missing = [name for name, value in needed.items() if value is None]
        if missing:
            raise ValueError(f"{', '.join(missing)} must be set when PACE42_SECRETS_KIND is {self.secrets_kind}")
        return self


async def open_secret_store(settings: SecretsSettings) -> SecretStore:
    """The store that the settings name. It connects when it is first used.

    Raises ConfigError where the key file of the local store cannot be trusted.
    """
    if settings.secrets_kind == "vault":
        # Imported here, because each adapter brings a driver that the other one's processes do not need.
        from shared.secrets_vault import VaultSecretStore

        return VaultSecretStore.from_settings(settings)
    from shared.secrets_local import LocalSecretStore

    return await LocalSecretStore.from_settings(settings)


def require_path(path: str) -> str:
    """``path`` itself; ValueError, without repeating it, where it is none."""
    if not _PATH.fullmatch(path):
        raise ValueError("A secret's path is 1 to 8 segments of letters, digits, '_', '.' and '-', joined by '/'.")
    return path


def encode_values(values: Mapping[str, Any]) -> bytes:
    """``values`` as JSON; ValueError, without repeating them, where they are not JSON or too large."""
    try:
        encoded = json.dumps(dict(values), allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        # What does not come back as it went in, such as a number as a name or a tuple, is refused as well.
        refused = len(encoded) > MAX_VALUES_BYTES or json.loads(encoded) != dict(values)
    except (TypeError, ValueError, RecursionError):
        refused = True
    # Raised outside of the handler: the encoder's own error quotes what it could not encode.
    if refused:
        raise ValueError("A secret is a JSON object of at most 256 KiB.")
    return encoded


async def within_budget(store: str, operation: Awaitable[ResultT], failures: tuple[type[Exception], ...]) -> ResultT:
    """The result of ``operation``; SecretsUnavailable when it takes too long or fails in one of the known ways.

    The driver's error ends here, unchained: its text may quote an address, a statement or an answer.
    """
    known: tuple[type[Exception], ...] = (*failures, TimeoutError)
    try:
        async with asyncio.timeout(BUDGET_S):
            return await operation
    except known as error:
        cause = type(error).__name__
    _log.warning("secret store unavailable", store=store, cause=cause)
    raise unavailable()


def unavailable(retry_after_s: float | None = None) -> SecretsUnavailable:
    return SecretsUnavailable(
        "Our safe for keys and passwords cannot be opened right now. Nothing was lost; please try again in a moment.",
        retry_after_s=RETRY_AFTER_S if retry_after_s is None else retry_after_s,
    )
