"""Password hashing by argon2id, off the event loop and bounded: a hash takes about 100 ms of a core and 64 MiB."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import ServiceOverloaded

_ResultT = TypeVar("_ResultT")


class Argon2Hasher:
    """Hashes in ``threads`` threads; beyond ``queue`` waiting, it says that it is overloaded instead of piling up."""

    def __init__(self, *, threads: int, queue: int) -> None:
        self._argon2 = PasswordHasher(type=Type.ID)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._limit = threads + queue
        self._pending = 0
        self._decoy = _decoy()

    async def hash(self, password: str) -> str:
        return await self._run(self._argon2.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        matches = await self._run(self._verify, password_hash or self._decoy, password)
        return matches and password_hash is not None

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., _ResultT], *arguments: str) -> _ResultT:
        if self._pending >= self._limit:
            raise ServiceOverloaded("Many people are signing in right now. Please try again.", retry_after_s=5)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
        finally:
            self._pending -= 1


@functools.cache
def _decoy() -> str:
    """What a log-in with an unknown e-mail is compared with, so that it takes as long as one with a wrong password."""
    return PasswordHasher(type=Type.ID).hash("no account has this password")
