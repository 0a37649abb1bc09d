"""garminconnect, held to our rules. Everything here blocks and belongs in a thread.

The library tries five ways to log in, three of them under several browsers' names, one after the other, whatever
Garmin answers short of "wrong password". That is a dozen log-ins for one 429, each of which lengthens the ban. Here an
attempt is one way, once. And the library would read tokens from the environment, follow redirects with a ticket in
hand, and fall back to cookies that we do not keep: none of that is reached.

Written against 0.3.2 (Python 3.11) and 0.3.20 (from 3.12), of which it uses what both have.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import garminconnect.client
from curl_cffi import requests as curl
from garminconnect.client import IOS_LOGIN_UA, IOS_SERVICE_URL, IOS_SSO_CLIENT_ID, Client, _MFARequired
from garminconnect.exceptions import GarminConnectAuthenticationError

from services.garmin_ingest.clients.connect_line import ConnectAddresses, blocked, down, rate_limited, unexpected
from services.garmin_ingest.clients.garmin_http import retry_after_s
from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.models import PasswordCredentials
from shared.errors import ServiceError
from shared.resilience import Deadline

_LONGEST_REQUEST_S = 15.0
_BROWSER, _TOKEN_BROWSER = "safari_ios", "chrome"
_TOKENS = ("di_token", "di_refresh_token", "di_client_id")
_REFUSED = frozenset({400, 401, 403})

ResultT = TypeVar("ResultT")


class Stopped(BaseException):
    """Carries an error of ours out through the library, which takes every Exception for a reason to try another way."""

    def __init__(self, error: ServiceError) -> None:
        super().__init__()
        self.error = error


class Browser:
    """The session of one log-in, which goes on when the code is typed. Each deadline admits one thing to be posted."""

    def __init__(self, addresses: ConnectAddresses, deadline: Deadline) -> None:
        self._sso = addresses.sso
        self._session: Any = curl.Session(impersonate=_BROWSER, trust_env=False)
        self.begin(deadline)

    def begin(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._has_posted = False
        self.answer: Any = None

    def close(self) -> None:
        self._session.close()

    def get(self, url: str, **options: Any) -> Any:
        return _sent(self._session, "GET", self._checked(url), self._deadline, options)

    def post(self, url: str, **options: Any) -> Any:
        if self._has_posted:
            raise RuntimeError("one attempt, one post")  # for the library, which goes on and fails
        self._has_posted = True
        response = _sent(self._session, "POST", self._checked(url), self._deadline, options)
        self.answer = response.json()
        return response

    def _checked(self, url: str) -> str:
        if not url.startswith(self._sso + "/"):
            raise Stopped(unexpected())
        return url


class ConnectClient(Client):  # type: ignore[misc]  # untyped
    """One account. ``log_in`` and ``finish``, or ``open``, then the tokens are there."""

    def __init__(self, addresses: ConnectAddresses, deadline: Deadline) -> None:
        super().__init__()
        self._sso = addresses.sso
        self._addresses = addresses
        self._deadline = deadline
        self._browser: Browser | None = None
        self._token_status: int | None = None

    def log_in(self, username: str, password: str, *, pause_s: float) -> bool:
        """Whether Garmin asks for a code now. ``pause_s`` lies between the sign-in page and the password."""
        self._browser = Browser(self._addresses, self._deadline)
        try:
            if hasattr(garminconnect.client, "sso"):  # 0.3.20, which loads the page and pauses by itself
                garminconnect.client.sso.MOBILE_DELAY_MIN_S = garminconnect.client.sso.MOBILE_DELAY_MAX_S = pause_s
            else:
                self._load_sign_in_page(self._browser, pause_s)
            self._do_mobile_login(self._browser, username, password)
        except _MFARequired:
            return True
        except GarminConnectAuthenticationError:
            raise Stopped(GarminConnectFailed("Garmin does not know this e-mail address and password.")) from None
        except Exception:  # noqa: BLE001 - whatever the library makes of an answer, the answer tells what it was
            raise Stopped(self._verdict() or unexpected()) from None
        return False

    def finish(self, code: str, deadline: Deadline) -> None:
        assert self._browser is not None
        self._deadline = deadline
        self._browser.begin(deadline)
        try:
            self._complete_mfa(code)
        except Exception:  # noqa: BLE001 - as above
            raise Stopped(self._verdict() or _wrong_code()) from None

    def open(self, values: Mapping[str, Any]) -> None:
        """Take tokens as ``tokens`` gave them."""
        try:
            self.loads(
                json.dumps({name: values.get(name) for name in ("di_token", "di_refresh_token", "di_client_id")})
            )
        except Exception:  # noqa: BLE001 - what is not there cannot be used
            raise Stopped(_log_in_again()) from None

    def refresh(self) -> None:
        try:
            self._refresh_di_token()
        except GarminConnectAuthenticationError:
            refused = self._token_status is None or self._token_status in _REFUSED
            raise Stopped(_log_in_again() if refused else unexpected()) from None
        except Exception:  # noqa: BLE001 - the library reads the answer without looking at it first
            raise Stopped(unexpected()) from None

    def tokens(self) -> dict[str, Any]:
        return dict(json.loads(self.dumps()))

    def close(self) -> None:
        if self._browser is not None:
            self._browser.close()

    def _load_sign_in_page(self, browser: Browser, pause_s: float) -> None:
        """0.3.2 posts the password without the cookies of this page, which Garmin answers with 429."""
        browser.get(
            f"{self._sso}/mobile/sso/en_US/sign-in",
            params={"clientId": IOS_SSO_CLIENT_ID, "service": IOS_SERVICE_URL},
            headers={"User-Agent": IOS_LOGIN_UA, "Accept": "text/html"},
        )
        time.sleep(min(pause_s, self._deadline.remaining_s()))

    def _verdict(self) -> ServiceError | None:
        """What an answer means that the library lumps with others; None for a plain no."""
        answer = self._browser.answer if self._browser and isinstance(self._browser.answer, dict) else {}
        error, status = answer.get("error"), answer.get("responseStatus")
        kind = status.get("type") if isinstance(status, dict) else None
        if isinstance(error, dict) and str(error.get("status-code")) == "429":
            return rate_limited(None)
        if kind == "CAPTCHA_REQUIRED":
            return blocked()
        if kind == "ACCOUNT_LOCKED":
            return GarminConnectFailed("Garmin has locked this account. Please unlock it at Garmin and try again.")
        return None if isinstance(kind, str) and kind != "SUCCESSFUL" else unexpected()

    def _establish_session(self, ticket: str, sess: Any = None, service_url: str | None = None) -> None:  # noqa: ARG002
        """Tokens or nothing; the library would go on to cookies."""
        try:
            self._exchange_service_ticket(ticket, service_url=service_url)
        except Exception:  # noqa: BLE001 - the password was right, so nothing here is the runner's to mend
            raise Stopped(unexpected()) from None

    def _http_post(self, _: str, **options: Any) -> Any:
        """The library's way to the token end-point."""
        with curl.Session(impersonate=_TOKEN_BROWSER, trust_env=False) as session:
            response = _sent(session, "POST", self._addresses.tokens, self._deadline, options)
        self._token_status = response.status_code
        return response


def begin(
    addresses: ConnectAddresses, deadline: Deadline, credentials: PasswordCredentials, *, pause_s: float
) -> tuple[ConnectClient, bool]:
    """A client that is logged in, or (True) that waits for a code. Whoever takes it closes it."""
    client = ConnectClient(addresses, deadline)
    try:
        username, password = credentials.username.strip(), credentials.password
        return client, outcome(lambda: client.log_in(username, password, pause_s=pause_s))
    except ServiceError:
        client.close()
        raise


def fresh(addresses: ConnectAddresses, deadline: Deadline, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """New tokens for old ones."""
    client = ConnectClient(addresses, deadline)
    outcome(lambda: client.open(values))
    outcome(client.refresh)
    return client.tokens()


def api_headers(addresses: ConnectAddresses, values: Mapping[str, Any], deadline: Deadline) -> dict[str, str]:
    """What the library sends to Garmin's API with these tokens. Raises GarminConnectFailed where there are none."""
    client = ConnectClient(addresses, deadline)
    outcome(lambda: client.open(values))
    return dict(client.get_api_headers())


def outcome(work: Callable[[], ResultT]) -> ResultT:
    """What ``work`` gives; an error of ours without the library's beneath it, whose text holds what Garmin answered."""
    try:
        return work()
    except Stopped as stopped:
        error = stopped.error
    raise error


def _sent(session: Any, method: str, url: str, deadline: Deadline, options: Mapping[str, Any]) -> Any:
    """One request, within the deadline and without redirects; Stopped for what is no answer of Garmin's own."""
    left_s = deadline.remaining_s()
    if left_s <= 0:
        raise Stopped(down())
    limits = {"timeout": min(left_s, _LONGEST_REQUEST_S), "allow_redirects": False}
    try:
        response = session.request(method, url, **{**options, **limits})
    except OSError:
        raise Stopped(down()) from None
    refusal = _refusal(response, is_page=method == "GET")
    if refusal is not None:
        raise Stopped(refusal)
    return response


def _refusal(response: Any, *, is_page: bool) -> ServiceError | None:
    status, headers, content = response.status_code, response.headers, response.content
    if status == 429:
        return rate_limited(retry_after_s(headers.get("Retry-After")))
    is_html = "html" in headers.get("Content-Type", "") or content.lstrip()[:1] == b"<"
    is_challenge = "cf-mitigated" in headers or (is_html and b"Just a moment" in content[:4096])
    # 427 is what the widget page was seen to answer beside 429s from everything else.
    if is_challenge or status == 427 or (is_html and status < 500 and not is_page):
        return blocked()
    if status >= 500 or status == 408:
        return down()
    return unexpected() if 300 <= status < 400 and not is_page else None


def _wrong_code() -> GarminConnectFailed:
    return GarminConnectFailed("Garmin does not accept this code. Please type the newest one that it sent you.")


def _log_in_again() -> GarminConnectFailed:
    return GarminConnectFailed("Garmin no longer accepts this connection. Please log in to Garmin again.")
