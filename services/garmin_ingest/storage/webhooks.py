"""The table ``webhook_payload``: bodies as they came, compressed and encrypted for nobody in particular, because each
may tell of many runners.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import zstandard

from services.garmin_ingest.domain.garmin.webhook_ports import NewNotice
from services.garmin_ingest.domain.imports import Failure
from shared.ids import uuid7
from shared.jobs import NewJob, enqueue, enqueue_many
from shared.personal import FieldCipher
from shared.postgres import Connection, Database

SPREAD_WEBHOOK = "spread_garmin_webhook"
WORK_OFF_NOTICES = "work_off_garmin_notices"

# Whose key seals what is not one runner's: no user has this id.
_NOBODY = uuid.UUID(int=0)
_PIECE = 1024 * 1024
# One that was worked off is taken again only where it may be for somebody who has connected since.
_KEEP = """
INSERT INTO webhook_payload (payload_id, content_sha256, body_sealed) VALUES ($1, $2, $3)
ON CONFLICT (content_sha256) DO UPDATE SET payload_id = excluded.payload_id, body_sealed = excluded.body_sealed,
    received_at = now(), worked_at = NULL, error_code = NULL
WHERE webhook_payload.worked_at IS NOT NULL AND EXISTS (SELECT FROM garmin_connection
    WHERE source = 'official_partner' AND connected_at > webhook_payload.worked_at)
RETURNING payload_id
"""
# Garmin tries for seven days to deliver one. A body that could not be read may tell of anybody, and is kept only for as
# long as somebody may look into it.
_FORGET = (
    "DELETE FROM webhook_payload WHERE worked_at < now() - interval '30 days'"
    " OR (body_sealed IS NULL AND worked_at < now() - interval '8 days')"
)
_FORGET_ENDED = "DELETE FROM webhook_notice WHERE state <> 'waiting' AND came_at < now() - interval '30 days'"


class PostgresPayloadStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    def create(self) -> PackedPayload:
        return PackedPayload(self._database, self._cipher)

    async def open(self, payload_id: uuid.UUID) -> Iterator[bytes] | None:
        async with self._database.connection() as connection:
            sealed = await connection.fetchval(
                "SELECT body_sealed FROM webhook_payload WHERE payload_id = $1", payload_id
            )
            cipher = await self._cipher.for_user(connection, _NOBODY)
        return None if sealed is None else _unpacked(await asyncio.to_thread(cipher.decrypt_bytes, sealed))

    @asynccontextmanager
    async def spreading(self, payload_id: uuid.UUID) -> AsyncIterator[PostgresSpreading]:
        async with self._database.transaction() as connection:
            yield PostgresSpreading(connection, self._cipher, payload_id)


class PackedPayload:
    """A body on its way in; only what is left of it after packing is held."""

    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher
        self._hash = hashlib.sha256()
        self._packer = zstandard.ZstdCompressor(level=1).compressobj()
        self._packed: list[bytes] = []
        self._waiting = bytearray()

    async def write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            await self._flush()

    async def keep(self) -> None:
        await self._flush()
        packed = await asyncio.to_thread(self._whole)
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, _NOBODY)
            sealed = await asyncio.to_thread(cipher.encrypt_bytes, packed)
            del packed
            payload_id = await connection.fetchval(_KEEP, uuid7(), self._hash.digest(), sealed)
            if payload_id is not None:
                await enqueue(connection, SPREAD_WEBHOOK, {"payloadId": str(payload_id)})

    async def _flush(self) -> None:
        piece, self._waiting = bytes(self._waiting), bytearray()
        await asyncio.to_thread(self._pack, piece)

    def _pack(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._packed.append(self._packer.compress(piece))

    def _whole(self) -> bytes:
        pieces, self._packed = [*self._packed, self._packer.flush()], []
        return b"".join(pieces)


class PostgresSpreading:
    def __init__(self, connection: Connection, cipher: FieldCipher, payload_id: uuid.UUID) -> None:
        self._connection = connection
        self._cipher = cipher
        self._payload_id = payload_id
        self._runners: set[uuid.UUID] = set()

    async def add(self, notices: Sequence[NewNotice]) -> None:
        rows = []
        for one in notices:
            cipher = await self._cipher.for_user(self._connection, one.user_id)
            rows.append(
                (one.user_id, self._payload_id, one.position, one.account_hash, one.kind, one.subject,
                 cipher.encrypt_bytes(one.content))
            )  # fmt: skip
            self._runners.add(one.user_id)
        await self._connection.executemany(
            "INSERT INTO webhook_notice (user_id, payload_id, position, account_hash, kind, subject, content_sealed)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            rows,
        )

    async def done(self, failure: Failure | None) -> None:
        jobs = [NewJob({"userId": str(one), "payloadId": str(self._payload_id)}) for one in sorted(self._runners)]
        await enqueue_many(self._connection, WORK_OFF_NOTICES, jobs)
        await self._connection.execute(
            "UPDATE webhook_payload SET worked_at = now(), error_code = $2,"
            " body_sealed = CASE WHEN $2::text IS NULL THEN NULL ELSE body_sealed END WHERE payload_id = $1",
            self._payload_id, None if failure is None else failure.code,
        )  # fmt: skip
        await self._connection.execute(_FORGET)
        await self._connection.execute(_FORGET_ENDED)


def _unpacked(packed: bytes) -> Iterator[bytes]:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)) as reader:
        while piece := reader.read(_PIECE):
            yield piece
