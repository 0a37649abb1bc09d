"""Garmin's partner programme: OAuth2 with PKCE, backfills, and the files behind the addresses of its notifications."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from yarl import URL

from services.garmin_ingest.clients.garmin_http import Call, GarminHttp, unwell
from services.garmin_ingest.clients.wrapped_file import WrappedFile
from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE
from services.garmin_ingest.domain.garmin.figures import number, text
from services.garmin_ingest.domain.garmin.models import (
    Account,
    AuthorizationCode,
    Credentials,
    Days,
    LoggedIn,
    RemoteActivity,
    SourceKind,
    Tokens,
    WellnessDay,
)
from services.garmin_ingest.domain.garmin.partner_ports import LONGEST_BACKFILL_DAYS, SummaryKind
from services.garmin_ingest.domain.ports import IncomingFile
from shared.clock import Clock
from shared.errors import InternalError, NotFound, ValidationFailed

# Garmin's advice: a token is taken for expired ten minutes before it is.
_MARGIN: Final = dt.timedelta(seconds=600)
_DAY: Final = dt.timedelta(days=1)
# Garmin gives no name to a partner, only an id that means nothing to its owner.
_ACCOUNT_NAME: Final = "Garmin Connect"
# Taken (409: it was asked for before), and refused for good: too far back, or the runner keeps their history.
_BACKFILL_TAKEN: Final = frozenset({200, 202, 409})
_BACKFILL_REFUSED: Final = frozenset({400, 403, 404, 412})


@dataclass(frozen=True, slots=True)
class PartnerAddresses:
    """``page`` is opened by the runner's browser; ``redirect`` is ours, as registered with Garmin."""

    page: str
    token: str
    api: str
    redirect: str


@dataclass(frozen=True, slots=True)
class PartnerClient:
    """Who we are to Garmin."""

    client_id: str
    client_secret: str = field(repr=False)


class PartnerGarmin:
    """GarminSource and PartnerApi. ``Tokens.values`` are ``access`` and ``refresh``; each refresh voids both."""

    kind: SourceKind = "official_partner"

    def __init__(self, http: GarminHttp, addresses: PartnerAddresses, client: PartnerClient, clock: Clock) -> None:
        self._http = http
        self._addresses = addresses
        self._api = URL(addresses.api.rstrip("/"))
        self._client = client
        self._clock = clock

    @property
    def redirect_uri(self) -> str:
        return self._addresses.redirect

    def authorization_url(self, *, state: str, verifier: str) -> str:
        query = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "redirect_uri": self.redirect_uri,
            "state": state,
        }
        return str(URL(self._addresses.page).with_query(query))

    async def log_in(self, credentials: Credentials) -> LoggedIn:
        assert isinstance(credentials, AuthorizationCode)
        tokens = await self._tokens(
            grant_type="authorization_code", code=credentials.code, code_verifier=credentials.verifier,
            redirect_uri=credentials.redirect_uri,
        )  # fmt: skip
        answer = await self._http.json(self._call("GET", "/user/id", tokens))
        garmin_id = text(answer.get("userId")) if isinstance(answer, Mapping) else None
        if garmin_id is None:
            raise unwell()
        return LoggedIn(Account(garmin_id, _ACCOUNT_NAME), tokens, await self.permissions(tokens))

    async def refresh(self, tokens: Tokens) -> Tokens:
        return await self._tokens(grant_type="refresh_token", refresh_token=str(tokens.values["refresh"]))

    async def log_out(self, tokens: Tokens) -> None:
        """End the registration, as Garmin asks of a partner; it then stops sending."""
        call = self._call("DELETE", "/user/registration", tokens, statuses=frozenset({200, 204}))
        with contextlib.suppress(GarminConnectFailed, NotFound):
            await self._http.status(call)

    async def permissions(self, tokens: Tokens) -> tuple[str, ...]:
        answer = await self._http.json(self._call("GET", "/user/permissions", tokens))
        return _named(answer.get("permissions") if isinstance(answer, Mapping) else answer)

    async def request_backfill(self, tokens: Tokens, kind: SummaryKind, days: Days) -> bool:
        begin = dt.datetime.combine(days.first, dt.time(), dt.UTC)
        # What has not been lived yet cannot be asked for.
        end = min(dt.datetime.combine(days.last + _DAY, dt.time(), dt.UTC), self._clock.now())
        assert end - begin <= LONGEST_BACKFILL_DAYS * _DAY
        query = {
            "summaryStartTimeInSeconds": str(int(begin.timestamp())),
            "summaryEndTimeInSeconds": str(int(end.timestamp())),
        }
        call = self._call(
            "GET", f"/backfill/{kind}", tokens, query=query, statuses=_BACKFILL_TAKEN | _BACKFILL_REFUSED,
            refused_by=frozenset({401}),
        )  # fmt: skip
        return await self._http.status(call) in _BACKFILL_TAKEN

    async def fetch_file(self, tokens: Tokens, callback_url: str, into: IncomingFile) -> None:
        with WrappedFile() as wrapped:
            await self._http.file(self._callback(tokens, callback_url), wrapped, limit=LARGEST_FILE)
            await wrapped.unwrap(into)

    async def fetch_summaries(self, tokens: Tokens, callback_url: str) -> Sequence[Mapping[str, Any]]:
        answer = await self._http.json(self._callback(tokens, callback_url))
        if not isinstance(answer, list):
            raise unwell()
        return [item for item in answer if isinstance(item, Mapping)]

    async def activities(self, tokens: Tokens, days: Days) -> AsyncIterator[Sequence[RemoteActivity]]:
        _pull(tokens, days)
        yield ()

    async def has_activity(self, tokens: Tokens, source_id: str) -> bool:
        _pull(tokens, source_id)

    async def download(self, tokens: Tokens, activity: RemoteActivity, into: IncomingFile) -> None:
        _pull(tokens, activity, into)

    async def wellness(
        self,
        tokens: Tokens,
        days: Days,
        *,
        nights_since: dt.date = dt.date.min,  # noqa: ARG002 - they come by themselves
    ) -> Sequence[WellnessDay]:
        _pull(tokens, days)

    def _callback(self, tokens: Tokens, callback_url: str) -> Call:
        """A call of an address that came from outside: only ever Garmin's interface, or our token would go astray."""
        try:
            url = URL(callback_url)
            ours = url.absolute and url.origin() == self._api.origin() and url.user is None and url.password is None
        except ValueError:
            ours = False
        if not ours or not url.path.startswith(f"{self._api.path.rstrip('/')}/"):
            raise ValidationFailed("A notification named an address that is not Garmin's.")
        return Call("GET", str(url), _bearer(tokens))

    def _call(self, method: str, path: str, tokens: Tokens, **details: Any) -> Call:
        return Call(method, f"{self._api}{path}", _bearer(tokens), **details)

    async def _tokens(self, **grant: str) -> Tokens:
        form = {"client_id": self._client.client_id, "client_secret": self._client.client_secret, **grant}
        call = Call("POST", self._addresses.token, form=form, refused_by=frozenset({400, 401, 403}))
        try:
            answer = await self._http.json(call)
        except GarminConnectFailed:
            raise GarminConnectFailed("Garmin did not confirm that you agreed. Please connect again.") from None
        if not isinstance(answer, Mapping):
            raise unwell()
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(access, str) or not isinstance(refresh, str):
            raise unwell()
        return Tokens(
            {"access": access, "refresh": refresh},
            expires_at=self._expiry(answer.get("expires_in"), otherwise=_DAY),
            key_expires_at=self._expiry(answer.get("refresh_token_expires_in"), otherwise=90 * _DAY),
        )

    def _expiry(self, lifetime_s: Any, *, otherwise: dt.timedelta) -> dt.datetime:
        seconds = number(lifetime_s)
        lifetime = otherwise if seconds is None else dt.timedelta(seconds=min(seconds, 1e8))
        return self._clock.now() + lifetime - min(_MARGIN, lifetime / 2)


def challenge(verifier: str) -> str:
    """The S256 challenge of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _named(value: Any) -> tuple[str, ...]:
    """What the runner has granted, sorted."""
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return tuple(sorted({name for item in found if (name := text(item)) is not None}))


def _bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.values['access']}"}


def _pull(*_: object) -> NoReturn:
    """A partner does not ask: an empty answer would read as if the runner had deleted everything."""
    raise InternalError("Garmin sends a partner's data by itself; it cannot be asked for it.")
