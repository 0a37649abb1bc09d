"""Telling our own forms from somebody else's: where a request came from, and the token that only our page knew.

Two independent checks on every unsafe page request. The browser's word (``Sec-Fetch-Site``, else ``Origin``) refuses a
foreign page before anything is read; a token bound to the session by HMAC refuses whatever that word does not cover.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from aiohttp import web

from shared.errors import Forbidden

TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field


class ForeignForm(Forbidden):
    """A form that did not come from one of our pages of this session."""

    def __init__(self) -> None:
        super().__init__("This form has gone stale, or came from another site. Reload the page and try again.")


class FormGuard:
    """Makes and checks form tokens. ``key`` has 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, seed: str, scope: str = "") -> str:
        """The token of a session; one with a ``scope`` opens that form only, so that it may stand in an address."""
        digest = hmac.new(self._key, f"{scope}\n{seed}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def check(self, presented: str | None, seed: str, scope: str = "") -> None:
        """Raises ForeignForm for a token that is missing or of another session or scope."""
        expected = self.token(seed, scope)
        if presented is None or not hmac.compare_digest(presented.encode(errors="replace"), expected.encode()):
            raise ForeignForm


def require_own_origin(request: web.Request) -> None:
    """Raises ForeignForm where the browser says that another site sent this.

    A client that says neither is no modern browser; the form token alone decides there.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForeignForm
        return
    origin = request.headers.get("Origin")
    if origin is not None and _authority(origin) != request.host:
        raise ForeignForm


def _authority(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
