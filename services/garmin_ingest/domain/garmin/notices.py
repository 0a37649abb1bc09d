"""What each kind of notification does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminUnavailable
from services.garmin_ingest.domain.garmin.access import Keys
from services.garmin_ingest.domain.garmin.figures import text
from services.garmin_ingest.domain.garmin.models import Connection, Tokens, WellnessDay
from services.garmin_ingest.domain.garmin.partner_ports import (
    ACTIVITIES_PERMISSION,
    SUMMARY_KINDS,
    PartnerApi,
)
from services.garmin_ingest.domain.garmin.partner_wellness import WELLNESS_KINDS, local_day, wellness_day
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, GarminSource, WellnessStore
from services.garmin_ingest.domain.garmin.reconcile import Reconciliation
from services.garmin_ingest.domain.garmin.webhook_ports import BackfillStore, NoticeMark
from services.garmin_ingest.domain.import_file import ImportFile
from services.garmin_ingest.domain.imports import Arrival, Failure
from services.garmin_ingest.domain.ports import IncomingStore
from shared.errors import ValidationFailed

_NOT_GRANTED = Failure(
    GarminConnectFailed.code,
    "Garmin no longer sends us your activities, because you have switched that off there. Connect again to change it.",
)
_FILE_TYPES = frozenset({"FIT", "TCX", "GPX"})


class Partner(GarminSource, PartnerApi, Protocol):
    """All that the partner programme offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """``partner`` is None where the operator has no agreement with Garmin (any more)."""

    partner: Partner | None
    keys: Keys
    connections: ConnectionStore
    reconciliation: Reconciliation
    wellness: WellnessStore
    backfills: BackfillStore
    incoming: IncomingStore
    import_file: ImportFile

    async def apply(self, connection: Connection, mark: NoticeMark, value: Mapping[str, Any]) -> str:
        """Do what an element means, twice the same as once; its outcome in a word.

        Raises ValidationFailed for one that means nothing, and what ``PartnerApi`` and the stores raise.
        """
        if mark.kind in WELLNESS_KINDS:
            return await self._keep_days(connection, mark.kind, value)
        match mark.kind:
            case "activities":
                # The file brings all of it; what is said here is remembered in the ledger.
                await self._mark_arrived(connection, mark.kind, value)
                return "noted"
            case "activityFiles":
                return await self._fetch_file(connection, mark, value)
            case "deregistrations":
                return await self._let_go(connection)
            case "userPermissionsChange":
                return await self._set_permissions(connection, value)
        raise ValidationFailed("This is nothing that Garmin was asked to send.")

    async def _keep_days(self, connection: Connection, kind: str, value: Mapping[str, Any]) -> str:
        callback = value.get("callbackURL")
        summaries: Sequence[Mapping[str, Any]] = [value]
        if isinstance(callback, str):
            partner = self._require_partner()
            summaries = await partner.fetch_summaries(await self._tokens(partner, connection), callback)
        found = [day for one in summaries if (day := wellness_day(kind, one)) is not None]
        await self._put(connection, found)
        for one in summaries:
            await self._mark_arrived(connection, kind, one)
        return "imported" if found else "nothing_new"

    async def _put(self, connection: Connection, days: Sequence[WellnessDay]) -> None:
        if days:
            await self.wellness.put(connection.user_id, connection.source, connection.account_hash, days)

    async def _fetch_file(self, connection: Connection, mark: NoticeMark, value: Mapping[str, Any]) -> str:
        callback, source_id = value.get("callbackURL"), value.get("activityId") or value.get("summaryId")
        if not isinstance(callback, str) or not isinstance(source_id, int | str):
            raise ValidationFailed("This notification names no file.")
        arrival = Arrival(
            source="official_partner", source_id=str(source_id), account_hash=connection.account_hash,
            name=text(value.get("activityName")), attempt=f"{mark.payload_id}:{mark.position}",
            connection_id=connection.connection_id,
        )  # fmt: skip
        file = await self.incoming.create(connection.user_id, f"{source_id}.{_file_type(value)}")
        try:
            partner = self._require_partner()
            await partner.fetch_file(await self._tokens(partner, connection), callback, file)
            upload = await file.close()
        except BaseException:
            await file.discard()
            raise
        try:
            result = await self.import_file.run(connection.user_id, upload, connection.zone, arrival)
        finally:
            await self.incoming.remove(upload)
        if result.failure is not None:
            raise ValidationFailed(result.failure.message)
        await self._mark_arrived(connection, "activities", value)
        return result.status

    async def _let_go(self, connection: Connection) -> str:
        """The runner has ended it at Garmin; what came before is theirs and stays."""
        async with self.connections.hold(connection.user_id) as held:
            known = await held.get()
            if known is None or known.connection_id != connection.connection_id:
                return "not_connected"
            await held.remove(known, with_data=False)
        await self.reconciliation.run(connection.user_id)
        return "removed"

    async def _set_permissions(self, connection: Connection, value: Mapping[str, Any]) -> str:
        granted = value.get("permissions")
        if not isinstance(granted, list):
            raise ValidationFailed("This notification names no permissions.")
        names = tuple(sorted({name for one in granted if (name := text(one)) is not None}))
        async with self.connections.hold(connection.user_id) as held:
            known = await held.get()
            if known is None or known.connection_id != connection.connection_id:
                return "not_connected"
            await held.permit(names)
            if ACTIVITIES_PERMISSION not in names:
                await held.break_(_NOT_GRANTED)
            elif known.failure == _NOT_GRANTED:
                await held.mend()
        return "updated"

    async def _mark_arrived(self, connection: Connection, kind: str, value: Mapping[str, Any]) -> None:
        day = local_day(value)
        if day is not None and kind in SUMMARY_KINDS:
            await self.backfills.arrived(connection.user_id, connection.connection_id, kind, day)

    async def _tokens(self, partner: Partner, connection: Connection) -> Tokens:
        return await (await self.keys.open(connection, partner)).tokens()

    def _require_partner(self) -> Partner:
        if self.partner is None:
            raise GarminUnavailable("This way to Garmin is switched off at the moment.")
        return self.partner


def _file_type(value: Mapping[str, Any]) -> str:
    named = str(value.get("fileType")).upper()
    return named.lower() if named in _FILE_TYPES else "fit"
