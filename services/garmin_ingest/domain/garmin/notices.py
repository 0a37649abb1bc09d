"""What each kind of notification does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.garmin_ingest.domain.errors import GarminUnavailable
from services.garmin_ingest.domain.garmin.access import Keys
from services.garmin_ingest.domain.garmin.figures import text
from services.garmin_ingest.domain.garmin.models import Connection, Tokens
from services.garmin_ingest.domain.garmin.partner_files import PartnerFiles
from services.garmin_ingest.domain.garmin.partner_ports import SUMMARY_KINDS, PartnerApi
from services.garmin_ingest.domain.garmin.partner_wellness import WELLNESS_KINDS, local_day, wellness_day
from services.garmin_ingest.domain.garmin.permissions import Permissions
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, GarminSource, WellnessStore
from services.garmin_ingest.domain.garmin.reconcile import Reconciliation
from services.garmin_ingest.domain.garmin.webhook_ports import BackfillStore, NoticeMark
from services.garmin_ingest.domain.ports import IncomingFile
from shared.errors import ValidationFailed

_GONE = "not_connected"


class Partner(GarminSource, PartnerApi, Protocol):
    """All that the partner programme offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """``partner`` is None where the operator has no agreement with Garmin (any more)."""

    partner: Partner | None
    keys: Keys
    connections: ConnectionStore
    reconciliation: Reconciliation
    permissions: Permissions
    wellness: WellnessStore
    backfills: BackfillStore
    files: PartnerFiles

    async def apply(self, connection: Connection, mark: NoticeMark, value: Mapping[str, Any]) -> str:
        """Do what an element means, twice the same as once; its outcome in a word.

        Raises ValidationFailed for one that means nothing, and what ``PartnerApi`` and the stores raise.
        """
        if mark.kind in WELLNESS_KINDS:
            return await self._keep_days(connection, mark.kind, value)
        match mark.kind:
            case "activities":
                outcome = await self.files.follow(connection, mark, value)
                await self._mark_arrived(connection, mark.kind, value)
                return outcome
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
        if found:
            await self.wellness.put(connection.user_id, connection.source, connection.account_hash, found)
        for one in summaries:
            await self._mark_arrived(connection, kind, one)
        return "imported" if found else "nothing_new"

    async def _fetch_file(self, connection: Connection, mark: NoticeMark, value: Mapping[str, Any]) -> str:
        callback = value.get("callbackURL")
        if not isinstance(callback, str):
            raise ValidationFailed("This notification names no file.")

        async def download(file: IncomingFile) -> None:
            partner = self._require_partner()
            await partner.fetch_file(await self._tokens(partner, connection), callback, file)

        outcome = await self.files.bring(connection, mark, value, download)
        await self._mark_arrived(connection, "activities", value)
        return outcome

    async def _let_go(self, connection: Connection) -> str:
        """The runner has ended it at Garmin; what came before is theirs and stays."""
        async with self.connections.hold(connection.user_id) as held:
            known = await held.get()
            if known is None or known.connection_id != connection.connection_id:
                return _GONE
            await held.remove(known, with_data=False)
        await self.reconciliation.run(connection.user_id)
        return "removed"

    async def _set_permissions(self, connection: Connection, value: Mapping[str, Any]) -> str:
        granted = value.get("permissions")
        if not isinstance(granted, list):
            raise ValidationFailed("This notification names no permissions.")
        names = sorted({name for one in granted if (name := text(one)) is not None})
        return "updated" if await self.permissions.apply(connection, names) else _GONE

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
