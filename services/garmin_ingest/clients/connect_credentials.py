"""Garmin Connect as its own apps use it, with the runner's e-mail address and password. There is no contract for this.

``Tokens.values`` are ``di_token``, ``di_refresh_token``, ``di_client_id`` (garminconnect's own names) and
``display_name``. The library logs in, finishes a log-in with a code, and refreshes; what needs no more than its headers
is asked for directly, because the library drops the headers of an answer, and Retry-After with them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from services.garmin_ingest.clients import connect_shapes
from services.garmin_ingest.clients import personal_api_shapes as shapes
from services.garmin_ingest.clients.connect_line import ConnectAddresses, SignInLine
from services.garmin_ingest.clients.garmin_http import Call, GarminHttp
from services.garmin_ingest.clients.wrapped_file import WrappedFile
from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE
from services.garmin_ingest.domain.garmin.models import (
    Credentials,
    Days,
    LoggedIn,
    PasswordCredentials,
    RemoteActivity,
    SourceKind,
    Tokens,
    WellnessDay,
)
from services.garmin_ingest.domain.ports import IncomingFile
from shared.errors import NotFound
from shared.resilience import Deadline

if TYPE_CHECKING:
    from services.garmin_ingest.clients.connect_library import ConnectClient

PAGE: Final = 100
_LONGEST_RANGE: Final = dt.timedelta(days=28)
# A page that never ends would keep a sync busy for ever; this is 100,000 activities.
_MOST_PAGES: Final = 1000
# 403 is how Garmin's protection turns a robot away, so it says nothing of the account.
_REFUSED: Final = frozenset({401})


class ConnectCredentials:
    """GarminSource over Garmin Connect's web side. ``http`` must keep no cookies: they would mix accounts."""

    kind: SourceKind = "connect_credentials"

    def __init__(self, http: GarminHttp, line: SignInLine, addresses: ConnectAddresses | None = None) -> None:
        self._http = http
        self._line = line
        self._addresses = addresses or ConnectAddresses()

    async def log_in(self, credentials: Credentials) -> LoggedIn | CodeAwaited:
        """At most one log-in at Garmin, whatever it answers."""
        assert isinstance(credentials, PasswordCredentials)
        addresses, pause_s, username = self._addresses, self._line.pause_s, credentials.username.strip()

        def work(deadline: Deadline) -> tuple[ConnectClient, bool]:
            from services.garmin_ingest.clients.connect_library import begin

            return begin(addresses, deadline, credentials, pause_s=pause_s)

        client, needs_code = await self._line.call(self._line.sso, work, self._line.log_in_timeout_s)
        if needs_code:
            return CodeAwaited(self, client, username)
        return await self.logged_in(client, username)

    async def finish(self, client: ConnectClient, code: str) -> None:
        def work(deadline: Deadline) -> None:
            from services.garmin_ingest.clients.connect_library import outcome

            outcome(lambda: client.finish(code, deadline))

        await self._line.call(self._line.sso, work, self._line.log_in_timeout_s)

    async def logged_in(self, client: ConnectClient, username: str) -> LoggedIn:
        """The account that a client has logged in to."""
        values = client.tokens()
        await self.forget(client)
        api = await self._api(connect_shapes.tokens(values))
        profile = await api.get("/userprofile-service/socialProfile")
        return connect_shapes.logged_in(profile, username, values)

    async def forget(self, client: ConnectClient) -> None:
        await asyncio.to_thread(client.close)

    async def refresh(self, tokens: Tokens) -> Tokens:
        """The old refresh token is void afterwards, so whoever gives up on this call has to log in again."""
        addresses, values = self._addresses, tokens.values

        def work(deadline: Deadline) -> Mapping[str, Any]:
            from services.garmin_ingest.clients.connect_library import fresh

            return fresh(addresses, deadline, values)

        renewed = await self._line.call(self._line.tokens, work, self._line.refresh_timeout_s)
        return connect_shapes.refreshed(tokens, renewed)

    async def activities(self, tokens: Tokens, days: Days) -> AsyncIterator[Sequence[RemoteActivity]]:
        """Each page begins with the last activity of the one before. Where it does not, something was deleted meanwhile
        and the rest has moved up past us: then the list is read from its beginning again.
        """
        api = await self._api(tokens)
        seen: set[str] = set()
        start, before = 0, list[str]()
        for _ in range(_MOST_PAGES):
            found = await api.activities(days, start)
            ids = [activity.source_id for activity in found]
            if before and before[-1] not in ids:
                start, before = 0, []
                continue
            fresh = [activity for activity in found if activity.source_id not in seen]
            if fresh:
                yield fresh
            seen.update(ids)
            if len(found) < PAGE or ids == before:
                return
            start, before = start + PAGE - 1, ids

    async def has_activity(self, tokens: Tokens, source_id: str) -> bool:
        api = await self._api(tokens)
        try:
            await api.get(f"/activity-service/activity/{_identifier(source_id)}")
        except NotFound:
            return False
        return True

    async def download(self, tokens: Tokens, activity: RemoteActivity, into: IncomingFile) -> None:
        api = await self._api(tokens)
        call = api.call(f"/download-service/files/activity/{_identifier(activity.source_id)}", accept="*/*")
        with WrappedFile() as wrapped:
            await self._http.file(call, wrapped, limit=LARGEST_FILE)
            await wrapped.unwrap(into)

    async def wellness(
        self, tokens: Tokens, days: Days, *, nights_since: dt.date = dt.date.min
    ) -> Sequence[WellnessDay]:
        """Nights are asked for one by one: that is the one form of them whose shape is on record."""
        api, name = await self._api(tokens), connect_shapes.display_name(tokens)
        found: list[WellnessDay] = []
        for part in _parts(days):
            between, nights = f"{part.first}/{part.last}", Days(max(part.first, nights_since), part.last)
            found += shapes.wellness_days(
                shapes.heart_rate_variability(await api.known(f"/hrv-service/hrv/daily/{between}")),
                shapes.weights(await api.known(f"/weight-service/weight/range/{between}", {"includeAll": "true"})),
                await api.resting_heart_rates(name, part) if name else {},
                await api.nights(name, nights) if name else {},
            )
        return found

    async def log_out(self, tokens: Tokens) -> None:
        """Nothing to void: Garmin Connect has no such call, and its tokens end by themselves."""

    async def _api(self, tokens: Tokens) -> _Api:
        addresses, values = self._addresses, tokens.values

        def work(deadline: Deadline) -> Mapping[str, str]:
            from services.garmin_ingest.clients.connect_library import api_headers

            return api_headers(addresses, values, deadline)

        return _Api(self._http, addresses.api, await self._line.run(work, self._line.refresh_timeout_s))


@dataclass(frozen=True, slots=True)
class _Api:
    """Garmin's API for one account."""

    http: GarminHttp
    base: str
    headers: Mapping[str, str] = field(repr=False)

    def call(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = "application/json") -> Call:
        headers = {**self.headers, "Accept": accept}
        return Call("GET", self.base + path, headers, query, statuses=frozenset({200, 204}), refused_by=_REFUSED)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return await self.http.json(self.call(path, query))

    async def known(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """None where Garmin has no such figures for this account."""
        try:
            return await self.get(path, query)
        except NotFound:
            return None

    async def activities(self, days: Days, start: int) -> list[RemoteActivity]:
        query = {
            "start": str(start), "limit": str(PAGE), "startDate": days.first.isoformat(),
            "endDate": days.last.isoformat(),
        }  # fmt: skip
        answer = await self.get("/activitylist-service/activities/search/activities", query)
        return shapes.remote_activities([] if answer is None else answer)

    async def resting_heart_rates(self, name: str, days: Days) -> dict[dt.date, dict[str, Any]]:
        query = {"fromDate": days.first.isoformat(), "untilDate": days.last.isoformat(), "metricId": "60"}
        answer = await self.known(f"/userstats-service/wellness/daily/{quote(name, safe='')}", query)
        return connect_shapes.resting_heart_rates(answer)

    async def nights(self, name: str, days: Days) -> dict[dt.date, dict[str, Any]]:
        path = f"/wellness-service/wellness/dailySleepData/{quote(name, safe='')}"
        found = {}
        for number in range((days.last - days.first).days + 1):
            day = days.first + dt.timedelta(days=number)
            answer = await self.known(path, {"date": day.isoformat(), "nonSleepBufferMinutes": "60"})
            found[day] = connect_shapes.night(answer, day)
        return found


class CodeAwaited:
    """A PendingLogIn. The library holds its cookies, so it lives and dies with this process."""

    def __init__(self, source: ConnectCredentials, client: ConnectClient, username: str) -> None:
        self._source = source
        self._client: ConnectClient | None = client
        self._username = username
        self._one_at_a_time = asyncio.Lock()

    async def finish(self, code: str) -> LoggedIn:
        """A wrong code leaves it as it was, for the right one."""
        async with self._one_at_a_time:
            if self._client is None:
                raise GarminConnectFailed("This log-in has ended. Please start it again.")
            await self._source.finish(self._client, code.strip())
            client, self._client = self._client, None
            return await self._source.logged_in(client, self._username)

    async def abandon(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await self._source.forget(client)


def _parts(days: Days) -> Iterator[Days]:
    first = days.first
    while first <= days.last:
        last = min(first + _LONGEST_RANGE - dt.timedelta(days=1), days.last)
        yield Days(first, last)
        first = last + dt.timedelta(days=1)


def _identifier(source_id: str) -> str:
    """An id of Garmin's, which goes into a path. Raises NotFound for what cannot be one."""
    if not (source_id.isascii() and source_id.isdigit()):
        raise NotFound("Garmin has no such activity.")
    return source_id
