"""HashiCorp Vault as the secret store: KV version 2, entered by AppRole.

hvac is synchronous, and a Vault whose audit device is blocked does not fail, it hangs. So every exchange runs in one of
a few threads; when the time is up the caller is told so, and the thread's connection is cut.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import hvac
import hvac.exceptions
import requests
import urllib3.exceptions

from shared.clock import Clock, SystemClock
from shared.errors import UpstreamUnavailable
from shared.resilience import Breaker
from shared.secrets import Secret, SecretsSettings, encode_values, require_path, unavailable, within_budget
from shared.secrets_vault_line import Line, Operation, VaultAccess

ResultT = TypeVar("ResultT")

# Reads happen at start and around log-ins at Garmin; four at once are plenty, and a hung Vault holds no more threads.
_THREADS = 4
# A token is renewed in the last third of its life.
_RENEW_AFTER = 2 / 3
# A token refused so soon after log-in was not forgotten by Vault: the policy forbids the path.
_RELOGIN_PAUSE_S = 2.0


class UnexpectedAnswer(Exception):
    """Not what Vault's API documents: a proxy's page, a redirect, another product."""


_FAILURES = (
    hvac.exceptions.VaultError,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    UnexpectedAnswer,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    value: str = field(repr=False)
    obtained_at_s: float
    lease_s: float

    @property
    def renew_at_s(self) -> float:
        return self.obtained_at_s + self.lease_s * _RENEW_AFTER

    @property
    def expires_at_s(self) -> float:
        return self.obtained_at_s + self.lease_s


class VaultSecretStore:
    def __init__(self, access: VaultAccess, clock: Clock | None = None) -> None:
        self._access = access
        self._clock = clock or SystemClock()
        self._breaker = Breaker("vault", self._clock)
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="vault")
        self._login_lock = asyncio.Lock()
        self._current: _Token | None = None

    @classmethod
    def from_settings(cls, settings: SecretsSettings) -> VaultSecretStore:
        assert settings.vault_addr is not None
        assert settings.vault_role_id is not None
        assert settings.vault_secret_id is not None
        return cls(
            VaultAccess(
                address=settings.vault_addr,
                role_id=settings.vault_role_id.get_secret_value(),
                secret_id=settings.vault_secret_id.get_secret_value(),
                mount=settings.vault_mount,
                namespace=settings.vault_namespace,
                ca_file=str(settings.vault_ca_file) if settings.vault_ca_file else None,
            )
        )

    @property
    def breaker(self) -> Breaker:
        return self._breaker

    async def read(self, path: str) -> Mapping[str, Any] | None:
        require_path(path)
        values = await self._call(lambda client: _read(client, self._access.mount, path).values)
        return None if values is None else Secret(values)

    async def write(self, path: str, values: Mapping[str, Any]) -> None:
        require_path(path)
        encode_values(values)
        await self._call(lambda client: _write(client, self._access.mount, path, values))

    async def write_if_absent(self, path: str, values: Mapping[str, Any]) -> bool:
        require_path(path)
        encode_values(values)
        return await self._call(lambda client: _write_if_absent(client, self._access.mount, path, values))

    async def delete(self, path: str) -> None:
        require_path(path)
        await self._call(lambda client: _delete(client, self._access.mount, path))

    async def aclose(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _call(self, operation: Operation[ResultT]) -> ResultT:
        try:
            # The breaker is outside, so that an exchange cut for its time counts as the failure that it is.
            async with self._breaker.guard():
                return await within_budget("vault", self._authorised(operation), _FAILURES)
        except UpstreamUnavailable as error:
            raise unavailable(error.retry_after_s) from None

    async def _authorised(self, operation: Operation[ResultT]) -> ResultT:
        token = await self._token()
        try:
            return await self._exchange(operation, token)
        except hvac.exceptions.Forbidden:
            if self._clock.monotonic_s() - token.obtained_at_s < _RELOGIN_PAUSE_S:
                raise
        # Vault answers a token that it no longer knows, after a restart or a revocation, like one without permission.
        return await self._exchange(operation, await self._token(refused=token))

    async def _token(self, *, refused: _Token | None = None) -> _Token:
        async with self._login_lock:
            current, now = self._current, self._clock.monotonic_s()
            if current is None or current is refused or now >= current.expires_at_s:
                self._current = await self._log_in()
            elif now >= current.renew_at_s:
                self._current = await self._renew(current) or await self._log_in()
            assert self._current is not None
            return self._current

    async def _log_in(self) -> _Token:
        access = self._access
        answer = await self._exchange(
            lambda client: client.auth.approle.login(access.role_id, access.secret_id, use_token=False)
        )
        return self._issued(answer)

    async def _renew(self, token: _Token) -> _Token | None:
        """The same token with a new lease; None where Vault gives less than it did, which means its end is near."""
        try:
            renewed = self._issued(await self._exchange(lambda client: client.auth.token.renew_self(), token))
        except (hvac.exceptions.Forbidden, hvac.exceptions.InvalidRequest):
            return None
        return renewed if renewed.lease_s >= token.lease_s else None

    def _issued(self, answer: object) -> _Token:
        value = _at(answer, "auth", "client_token")
        lease_s = _at(answer, "auth", "lease_duration")
        if not isinstance(value, str) or not isinstance(lease_s, int):
            raise UnexpectedAnswer
        # A lease of 0 means that the token never expires.
        return _Token(value=value, obtained_at_s=self._clock.monotonic_s(), lease_s=lease_s or math.inf)

    async def _exchange(self, operation: Operation[ResultT], token: _Token | None = None) -> ResultT:
        line = Line(self._access, token.value if token else "")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, line.run, operation)
        except asyncio.CancelledError:
            line.cut()
            raise


@dataclass(frozen=True, slots=True)
class _Entry:
    """``version`` is 0 where there never was anything; ``values`` is None where there is nothing now."""

    version: int
    values: Mapping[str, Any] | None = field(repr=False)


def _read(client: hvac.Client, mount: str, path: str) -> _Entry:
    try:
        answer = client.secrets.kv.v2.read_secret_version(path, mount_point=mount, raise_on_deleted_version=False)
    except hvac.exceptions.InvalidPath as error:
        # An absent path comes without a reason; a missing mount has one, and must not look like an absent secret.
        if error.errors:
            raise
        return _Entry(0, None)
    values, version = _at(answer, "data", "data"), _at(answer, "data", "metadata", "version")
    if not isinstance(version, int) or not isinstance(values, dict | None):
        raise UnexpectedAnswer
    return _Entry(version, values)


def _write(
    client: hvac.Client, mount: str, path: str, values: Mapping[str, Any], *, only_after_version: int | None = None
) -> None:
    answer = client.secrets.kv.v2.create_or_update_secret(path, dict(values), cas=only_after_version, mount_point=mount)
    _at(answer, "data", "version")


def _write_if_absent(client: hvac.Client, mount: str, path: str, values: Mapping[str, Any]) -> bool:
    entry = _Entry(0, None)
    # Twice: a version deleted by hand in Vault still counts for check-and-set, though nothing can be read there.
    for _ in range(2):
        try:
            _write(client, mount, path, values, only_after_version=entry.version)
        except hvac.exceptions.InvalidRequest as error:
            if "check-and-set" not in str(error.errors):
                raise
        else:
            return True
        entry = _read(client, mount, path)
        if entry.values is not None:
            return False
    return False


def _delete(client: hvac.Client, mount: str, path: str) -> None:
    answer = client.secrets.kv.v2.delete_metadata_and_all_versions(path, mount_point=mount)
    if getattr(answer, "status_code", None) != requests.codes.no_content:
        raise UnexpectedAnswer


def _at(answer: object, *names: str) -> object:
    """The member of a JSON answer; hvac hands over the bare response where the answer is not one."""
    for name in names:
        if not isinstance(answer, dict) or name not in answer:
            raise UnexpectedAnswer
        answer = answer[name]
    return answer
