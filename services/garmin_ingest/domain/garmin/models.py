"""A Garmin account as this service sees it: who it is, what opens it, and what it holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.garmin_ingest.domain.imports import Failure

SourceKind = Literal["connect_credentials", "personal_api_key", "official_partner"]


@dataclass(frozen=True, slots=True)
class PasswordCredentials:
    """What the runner types; held no longer than the log-in takes."""

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonalKey:
    """A key of Garmin's Personal API that the runner made."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What Garmin's own page sent the runner back with (OAuth2, PKCE)."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


Credentials = PasswordCredentials | PersonalKey | AuthorizationCode


@dataclass(frozen=True, slots=True)
class Account:
    """``garmin_id`` is what the source calls the account for good; ``name`` what its owner would recognise."""

    garmin_id: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a source needs to speak for an account again: JSON that only its adapter reads.

    From ``expires_at`` on they must be refreshed; from ``key_expires_at`` on nothing helps but the runner.
    """

    values: Mapping[str, Any] = field(repr=False)
    expires_at: dt.datetime | None = None
    key_expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    account: Account
    tokens: Tokens
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredCredentials:
    """What the secret store holds for a user; believed only for the connection that it names."""

    connection_id: uuid.UUID
    source: SourceKind
    garmin_id: str = field(repr=False)
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class RemoteActivity:
    """One activity as Garmin lists it. ``start_time`` is UTC; ``utc_offset_s`` the offset of the place it began at."""

    source_id: str
    start_time: dt.datetime
    utc_offset_s: int | None
    name: str | None
    sport: str | None
    sub_sport: str | None
    duration_s: float | None
    distance_m: float | None

    @property
    def local_date(self) -> dt.date:
        return (self.start_time + dt.timedelta(seconds=self.utc_offset_s or 0)).date()

    @property
    def digest(self) -> bytes:
        """Changes exactly when somebody edits the activity at Garmin."""
        parts = (self.start_time.isoformat(), self.utc_offset_s, self.name, self.sport, self.sub_sport,
                 self.duration_s, self.distance_m)  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).digest()


@dataclass(frozen=True, slots=True)
class WellnessDay:
    """One local day of the runner; the night that ended on it. None where Garmin gives nothing."""

    local_date: dt.date
    sleep_start: dt.datetime | None = None
    sleep_end: dt.datetime | None = None
    sleep_s: int | None = None
    deep_sleep_s: int | None = None
    light_sleep_s: int | None = None
    rem_sleep_s: int | None = None
    awake_s: int | None = None
    sleep_score: int | None = None
    hrv_rmssd_ms: float | None = None
    resting_heart_rate_bpm: float | None = None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True)
class StoredDay:
    """A day as it is kept, and the source it came over."""

    day: WellnessDay
    source: SourceKind


@dataclass(frozen=True, slots=True)
class Days:
    """A range of local days, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class OpenSync:
    """A sync that is queued or running; ``next_try_at`` where it waits for one."""

    job_id: uuid.UUID
    is_running: bool
    next_try_at: dt.datetime | None


ConnectionMark = tuple[dt.datetime, uuid.UUID]
"""When a connection was made, and its id: its place in the list of all."""

ConnectionState = Literal["connected", "broken"]


@dataclass(frozen=True, slots=True)
class Connection:
    """A runner's link to one Garmin account.

    ``account_hash`` is keyed, so that it finds an account and tells nothing of it. ``covered`` are the days whose
    activities have been fetched since ``import_from``. ``zone`` is the runner's when they last connected. A broken link
    needs the runner: ``failure`` says why.
    """

    user_id: uuid.UUID
    connection_id: uuid.UUID
    source: SourceKind
    account_hash: bytes
    login_hash: bytes | None
    account_name: str = field(repr=False)
    state: ConnectionState
    import_from: dt.date
    connected_at: dt.datetime
    zone: str = "UTC"
    covered: tuple[Days, ...] = ()
    permissions: tuple[str, ...] = ()
    token_expires_at: dt.datetime | None = None
    key_expires_at: dt.datetime | None = None
    last_attempt_at: dt.datetime | None = None
    last_success_at: dt.datetime | None = None
    next_sync_at: dt.datetime | None = None
    cooldown_until: dt.datetime | None = None
    failure: Failure | None = None
