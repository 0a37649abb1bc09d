"""What goes in and out over HTTP about the link to a Garmin account."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, RootModel, SecretStr, StringConstraints

from services.garmin_ingest.domain.garmin.check import Verdict
from services.garmin_ingest.domain.garmin.days import EARLIEST
from services.garmin_ingest.domain.garmin.models import Credentials, Days, PasswordCredentials, PersonalKey, SourceKind
from services.garmin_ingest.domain.garmin.sources import Offer
from services.garmin_ingest.domain.garmin.status import SourceHealth, masked
from services.garmin_ingest.handlers.import_bodies import ErrorAnswer
from shared.http.parsing import ApiModel

# What each road is called outside.
Kind = Literal["credentials", "personalApiKey", "officialPartner"]
OUTSIDE: Final[dict[SourceKind, Kind]] = {
    "connect_credentials": "credentials",
    "personal_api_key": "personalApiKey",
    "official_partner": "officialPartner",
}


class ConnectWithPassword(ApiModel):
    """``importFrom`` is the first local day to bring in; two years back without it."""

    kind: Literal["credentials"]
    username: Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=r"\S")] = Field(repr=False)
    password: SecretStr = Field(min_length=1, max_length=256)
    import_from: dt.date | None = Field(None, ge=EARLIEST)

    def credentials(self) -> Credentials:
        return PasswordCredentials(self.username.strip(), self.password.get_secret_value())


class ConnectWithKey(ApiModel):
    """``key`` is one of Garmin's Personal API, which the runner has made."""

    kind: Literal["personalApiKey"]
    key: SecretStr = Field(min_length=1, max_length=4096)
    import_from: dt.date | None = Field(None, ge=EARLIEST)

    def credentials(self) -> Credentials:
        return PersonalKey(self.key.get_secret_value().strip())


class ConnectBody(RootModel[Annotated[ConnectWithPassword | ConnectWithKey, Field(discriminator="kind")]]):
    """One of the two ways to connect that take a body; Garmin's own page is the third."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class CodeBody(ApiModel):
    challenge_id: uuid.UUID
    code: Annotated[str, StringConstraints(min_length=1, max_length=32, strip_whitespace=True)] = Field(repr=False)


class DisconnectQuery(ApiModel):
    """``data=delete`` also removes what came over this account and no other way."""

    data: Literal["keep", "delete"] = "keep"


class DaysAnswer(ApiModel):
    """Local days, both included."""

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")

    @classmethod
    def of(cls, days: Days) -> DaysAnswer:
        return cls(first=days.first, last=days.last)


class RoadAnswer(ApiModel):
    kind: Kind
    available: bool
    note: str | None

    @classmethod
    def of(cls, offer: Offer) -> RoadAnswer:
        return cls(kind=OUTSIDE[offer.kind], available=offer.available, note=offer.note)


class ConnectionAnswer(ApiModel):
    """The link to a Garmin account and how well it works; all but ``status`` and ``sources`` is null or empty while
    there is none. ``lastSyncAt`` is the last success; ``freshness`` is fresh for 24 h from it.
    """

    status: Literal["not_connected", "connected", "syncing", "cooling_down", "broken"]
    source: Kind | None = None
    account_name: str | None = None
    connected_at: dt.datetime | None = None
    last_sync_at: dt.datetime | None = None
    last_attempt_at: dt.datetime | None = None
    next_sync_at: dt.datetime | None = None
    cooldown_until: dt.datetime | None = None
    newest_activity_at: dt.datetime | None = None
    freshness: Literal["fresh", "stale", "broken"] | None = None
    credential_health: Literal["valid", "expiring", "expired", "refused"] | None = None
    token_expires_at: dt.datetime | None = None
    key_expires_at: dt.datetime | None = None
    import_from: dt.date | None = None
    gaps: list[DaysAnswer] = Field(default_factory=list)
    error: ErrorAnswer | None = None
    sync_job_id: uuid.UUID | None = None
    sources: list[RoadAnswer]

    @classmethod
    def of(cls, health: SourceHealth) -> ConnectionAnswer:
        sources = [RoadAnswer.of(offer) for offer in health.offers]
        connection = health.connection
        if connection is None:
            return cls(status=health.status, sources=sources)
        return cls(
            status=health.status,
            source=OUTSIDE[connection.source],
            account_name=masked(connection.account_name),
            connected_at=connection.connected_at,
            last_sync_at=connection.last_success_at,
            last_attempt_at=connection.last_attempt_at,
            next_sync_at=health.next_sync_at,
            cooldown_until=health.cooldown_until,
            newest_activity_at=health.newest_activity_at,
            freshness=health.freshness,
            credential_health=health.credential_health,
            token_expires_at=connection.token_expires_at,
            key_expires_at=connection.key_expires_at,
            import_from=connection.import_from,
            gaps=[DaysAnswer.of(gap) for gap in health.gaps],
            error=ErrorAnswer.of(connection.failure),
            sync_job_id=health.sync_job_id,
            sources=sources,
        )


class CheckAnswer(ApiModel):
    name: Literal["source", "secretStore", "credentials", "coolDown", "garmin"]
    ok: bool
    message: str


class ChecksAnswer(ApiModel):
    """``ok`` says whether all of them are; what makes no sense before the others are well is left out."""

    ok: bool
    checks: list[CheckAnswer]

    @classmethod
    def of(cls, verdict: Verdict) -> ChecksAnswer:
        checks = [CheckAnswer(name=check.name, ok=check.ok, message=check.message) for check in verdict.checks]
        return cls(ok=verdict.ok, checks=checks)
