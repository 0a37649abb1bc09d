"""Activities as Garmin's notifications bring them: a file to fetch, or what one that is here is called now."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.errors import GarminNotConnected
from services.garmin_ingest.domain.garmin.figures import text
from services.garmin_ingest.domain.garmin.models import Connection
from services.garmin_ingest.domain.garmin.webhook_ports import NoticeMark
from services.garmin_ingest.domain.import_file import ImportFile
from services.garmin_ingest.domain.imports import Arrival
from services.garmin_ingest.domain.ports import IncomingFile, IncomingStore, OriginalStore
from shared.errors import ValidationFailed

_FILE_TYPES = frozenset({"FIT", "TCX", "GPX"})

Download = Callable[[IncomingFile], Awaitable[None]]


class KnownFiles(Protocol):
    async def content(self, user_id: uuid.UUID, account_hash: bytes, source_id: str) -> bytes | None:
        """The hash of the file that this account gave for an activity; None where it gave none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFiles:
    known: KnownFiles
    originals: OriginalStore
    incoming: IncomingStore
    import_file: ImportFile

    async def bring(
        self, connection: Connection, mark: NoticeMark, value: Mapping[str, Any], download: Download
    ) -> str:
        """Import what ``download`` writes, under the name that Garmin has for it today; the outcome in a word.

        Raises ValidationFailed for a file that cannot be read, and what ``download`` raises.
        """
        arrival = _arrival(connection, mark, value)
        file = await self.incoming.create(connection.user_id, f"{arrival.source_id}.{_file_type(value)}")
        try:
            await download(file)
            upload = await file.close()
        except BaseException:
            await file.discard()
            raise
        try:
            result = await self.import_file.run(connection.user_id, upload, connection.zone, arrival)
        finally:
            await self.incoming.remove(upload)
        if result.failure is not None:
            if result.failure.code == GarminNotConnected.code:
                return "not_connected"
            raise ValidationFailed(result.failure.message)
        return result.status

    async def follow(self, connection: Connection, mark: NoticeMark, value: Mapping[str, Any]) -> str:
        """Call an activity that is here as Garmin calls it now; one that is not yet here comes with its file."""
        source_id = _source_id(value)
        sha256 = await self.known.content(connection.user_id, connection.account_hash, source_id)
        if sha256 is None:
            return "noted"

        async def again(file: IncomingFile) -> None:
            async for piece in self.originals.read(connection.user_id, sha256):
                await file.write(piece)

        return await self.bring(connection, mark, value, again)


def _arrival(connection: Connection, mark: NoticeMark, value: Mapping[str, Any]) -> Arrival:
    word = text(value.get("activityType"))
    sport, sub_sport = (None, None) if word is None else sports.from_word(word)
    return Arrival(
        source="official_partner",
        source_id=_source_id(value),
        account_hash=connection.account_hash,
        name=text(value.get("activityName")),
        attempt=f"{mark.payload_id}:{mark.position}",
        sport=sport,
        sub_sport=sub_sport,
        connection_id=connection.connection_id,
    )


def _source_id(value: Mapping[str, Any]) -> str:
    """Raises ValidationFailed for an element that names no activity."""
    found = value.get("activityId") or value.get("summaryId")
    if not isinstance(found, int | str):
        raise ValidationFailed("This notification names no activity.")
    return str(found)[:100]


def _file_type(value: Mapping[str, Any]) -> str:
    named = str(value.get("fileType")).upper()
    return named.lower() if named in _FILE_TYPES else "fit"
