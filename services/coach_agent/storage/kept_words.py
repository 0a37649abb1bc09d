"""Texts of language models in Redis for a day, each sealed with the key of the runner it speaks to."""

from __future__ import annotations

import uuid

import orjson
import redis.asyncio

from services.coach_agent.domain.wording.ports import KeptWords
from shared.errors import ServiceError
from shared.logs import get_logger
from shared.personal import FieldCipher, UnreadableFieldError, UserCipher
from shared.postgres import Database
from shared.redis import UNAVAILABLE

_log = get_logger("words")


class RedisWordsCache:
    def __init__(self, cache: redis.asyncio.Redis, database: Database, cipher: FieldCipher, *, keep_s: int) -> None:
        self._cache = cache
        self._database = database
        self._cipher = cipher
        self._keep_s = keep_s

    async def get(self, user_id: uuid.UUID, key: str) -> KeptWords | None:
        try:
            sealed = await self._cache.get(_name(user_id, key))
            if not isinstance(sealed, bytes):
                return None
            kept = orjson.loads((await self._cipher_of(user_id)).decrypt_bytes(sealed))
        except (*UNAVAILABLE, ServiceError, UnreadableFieldError) as error:
            _log.warning("kept words not read", cause=type(error).__name__)
            return None
        return KeptWords(kept["model"], kept["text"], tuple((name, which) for name, which in kept["calls"]))

    async def put(self, user_id: uuid.UUID, key: str, words: KeptWords) -> None:
        content = orjson.dumps({"model": words.model, "text": words.text, "calls": words.calls})
        try:
            sealed = (await self._cipher_of(user_id)).encrypt_bytes(content)
            await self._cache.set(_name(user_id, key), sealed, ex=self._keep_s)
        except (*UNAVAILABLE, ServiceError) as error:
            _log.warning("words not kept", cause=type(error).__name__)

    async def _cipher_of(self, user_id: uuid.UUID) -> UserCipher:
        async with self._database.connection() as connection:
            return await self._cipher.for_user(connection, user_id)


def _name(user_id: uuid.UUID, key: str) -> str:
    return f"coach_agent:words:{user_id}:{key}"
