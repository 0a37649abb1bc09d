"""Garmin's Personal API: a key that the runner makes for themselves, exchanged for a bearer token of a day.

Garmin documents little of it in public. What is known: the exchange, pages of at most 45 activities, originals as ZIP,
ranges of at most 28 to 31 days, Retry-After. What is assumed (paths, parameters and fields like those of Garmin's own
web application) stands in ``Paths`` and in ``personal_api_shapes``, and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.garmin_ingest.clients import personal_api_shapes as shapes
from services.garmin_ingest.clients.garmin_http import Call, GarminHttp, unwell
from services.garmin_ingest.clients.wrapped_file import WrappedFile
from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE
from services.garmin_ingest.domain.garmin.figures import moment, moment_of_ms, number
from services.garmin_ingest.domain.garmin.models import (
    Credentials,
    Days,
    LoggedIn,
    PersonalKey,
    RemoteActivity,
    SourceKind,
    Tokens,
    WellnessDay,
)
from services.garmin_ingest.domain.ports import IncomingFile
from shared.clock import Clock
from shared.errors import NotFound

_PAGE: Final = 45
_LONGEST_RANGE: Final = dt.timedelta(days=28)
_TOKEN_LIFETIME_S: Final = 86_400
# A page that never ends would keep a sync busy for ever; this is 90,000 activities.
_MOST_PAGES: Final = 2000
# Ours would only be refused; and a key goes into a header.
_LONGEST_KEY: Final = 4096
# What Garmin may call the day on which the key ends; without any of them it is not counted down.
_KEY_EXPIRIES: Final = ("key_expires_at", "keyExpiresAt", "apiKeyExpirationDate", "keyExpirationDate")


@dataclass(frozen=True, slots=True)
class Paths:
    """Where what is. Only ``token`` is published; the others are assumed."""

    token: str = "/personalapitoken-service/personal-api/personal-api-key/token"  # noqa: S105 - a path
    profile: str = "/userprofile-service/socialProfile"
    activities: str = "/activitylist-service/activities/search/activities"
    activity: str = "/activity-service/activity/{source_id}"
    download: str = "/download-service/files/activity/{source_id}"
    sleep: str = "/sleep-service/stats/sleep/daily/{first}/{last}"
    hrv: str = "/hrv-service/hrv/daily/{first}/{last}"
    daily: str = "/usersummary-service/stats/heartRate/daily/{first}/{last}"
    weight: str = "/weight-service/weight/range/{first}/{last}"


class PersonalApi:
    """GarminSource over the Personal API. ``Tokens.values`` are ``key`` and ``bearer``."""

    kind: SourceKind = "personal_api_key"

    def __init__(self, http: GarminHttp, base_url: str, clock: Clock, paths: Paths | None = None) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._paths = paths or Paths()

    async def log_in(self, credentials: Credentials) -> LoggedIn:
        assert isinstance(credentials, PersonalKey)
        key = credentials.key.strip()
        if not key or len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise _key_refused()
        tokens = await self._exchange(key)
        return LoggedIn(shapes.account(await self._get(tokens, self._paths.profile)), tokens)

    async def refresh(self, tokens: Tokens) -> Tokens:
        """The key buys another day; it stays what it was."""
        return await self._exchange(str(tokens.values["key"]))

    async def activities(self, tokens: Tokens, days: Days) -> AsyncIterator[Sequence[RemoteActivity]]:
        for page in range(_MOST_PAGES):
            query = {
                "start": str(page * _PAGE), "limit": str(_PAGE), "startDate": days.first.isoformat(),
                "endDate": days.last.isoformat(),
            }  # fmt: skip
            answer = await self._get(tokens, self._paths.activities, query)
            found = shapes.remote_activities(answer)
            # Whether its days are ours or UTC's, Garmin does not say.
            wanted = [activity for activity in found if days.first <= activity.local_date <= days.last]
            if wanted:
                yield wanted
            if len(found) < _PAGE:
                return

    async def has_activity(self, tokens: Tokens, source_id: str) -> bool:
        try:
            await self._get(tokens, self._paths.activity.format(source_id=_identifier(source_id)))
        except NotFound:
            return False
        return True

    async def download(self, tokens: Tokens, activity: RemoteActivity, into: IncomingFile) -> None:
        path = self._paths.download.format(source_id=_identifier(activity.source_id))
        headers = {**_bearer(tokens), "Accept": "application/x-zip-compressed"}
        with WrappedFile() as wrapped:
            await self._http.file(Call("GET", self._base_url + path, headers), wrapped, limit=LARGEST_FILE)
            await wrapped.unwrap(into)

    async def wellness(
        self,
        tokens: Tokens,
        days: Days,
        *,
        nights_since: dt.date = dt.date.min,  # noqa: ARG002 - here they come by ranges
    ) -> Sequence[WellnessDay]:
        found: list[WellnessDay] = []
        for part in _parts(days):
            found += shapes.wellness_days(
                shapes.dailies(await self._range(tokens, self._paths.daily, part)),
                shapes.heart_rate_variability(await self._range(tokens, self._paths.hrv, part)),
                shapes.weights(await self._range(tokens, self._paths.weight, part)),
                shapes.sleeps(await self._range(tokens, self._paths.sleep, part)),
            )
        return found

    async def log_out(self, tokens: Tokens) -> None:
        """Nothing to void: a token ends by itself within a day, and the key is the runner's to delete at Garmin."""

    async def _exchange(self, key: str) -> Tokens:
        call = Call(
            "POST", self._base_url + self._paths.token, {"Authorization": f"ApiKey {key}"},
            statuses=frozenset({200, 201}), refused_by=frozenset({400, 401, 403, 404}),
        )  # fmt: skip
        try:
            answer = await self._http.json(call)
        except GarminConnectFailed:
            raise _key_refused() from None
        if not isinstance(answer, Mapping):
            raise unwell()
        bearer = _first(answer, "access_token", "accessToken", "token")
        if not isinstance(bearer, str) or not bearer.isascii() or not bearer.isprintable():
            raise unwell()
        lifetime_s = number(_first(answer, "expires_in", "expiresIn")) or _TOKEN_LIFETIME_S
        expires_at = self._clock.now() + dt.timedelta(seconds=min(lifetime_s, _TOKEN_LIFETIME_S))
        key_expires_at = _when(
            _first(answer, "key_expires_at", "keyExpiresAt", "apiKeyExpirationDate", "keyExpiration")
        )
        return Tokens({"key": key, "bearer": bearer}, expires_at, key_expires_at)

    async def _range(self, tokens: Tokens, path: str, days: Days) -> Any:
        """What there is on these days; None where Garmin knows nothing of such figures for this account."""
        try:
            return await self._get(tokens, path.format(first=days.first.isoformat(), last=days.last.isoformat()))
        except NotFound:
            return None

    async def _get(self, tokens: Tokens, path: str, query: Mapping[str, str] | None = None) -> Any:
        headers = {**_bearer(tokens), "Accept": "application/json"}
        call = Call("GET", self._base_url + path, headers, query, statuses=frozenset({200, 204}))
        return await self._http.json(call)


def _parts(days: Days) -> Iterator[Days]:
    """The range in pieces that Garmin takes."""
    first = days.first
    while first <= days.last:
        last = min(first + _LONGEST_RANGE - dt.timedelta(days=1), days.last)
        yield Days(first, last)
        first = last + dt.timedelta(days=1)


def _bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.values['bearer']}"}


def _identifier(source_id: str) -> str:
    """An id of Garmin's, which goes into a path. Raises NotFound for what cannot be one."""
    if not (source_id.isascii() and source_id.isdigit()):
        raise NotFound("Garmin has no such activity.")
    return source_id


def _first(answer: Mapping[str, Any], *names: str) -> Any:
    return next((answer[name] for name in names if answer.get(name) is not None), None)


def _when(value: Any) -> dt.datetime | None:
    """A point in time as Garmin may write it: RFC 3339, or since 1970 in seconds or milliseconds."""
    if not isinstance(value, str):
        return moment(value) or moment_of_ms(value)
    try:
        written = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return written if written.tzinfo is not None else written.replace(tzinfo=dt.UTC)


def _key_refused() -> GarminConnectFailed:
    return GarminConnectFailed(
        "Garmin does not accept this key. Make a new one in your Garmin account and enter it here."
    )
