"""What is known about the request being served, for everything below that must pass it on or log it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from shared.caller import Caller
from shared.errors import InvalidToken
from shared.resilience import Deadline

REQUEST_ID_HEADER = "X-Request-Id"
CALLER_HEADER = "X-Caller"
CALLER_FOR_HEADER = "X-Caller-For"
SERVICE_HEADER = "X-Service"
DEADLINE_HEADER = "X-Deadline-Ms"
CLIENT_ADDRESS_HEADER = "X-Client-Address"

# Headers that mean something between our own processes and must never come in from outside.
INTERNAL_HEADERS = frozenset(
    name.lower() for name in (CALLER_HEADER, CALLER_FOR_HEADER, SERVICE_HEADER, DEADLINE_HEADER, CLIENT_ADDRESS_HEADER)
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request. ``onward_tokens`` are caller tokens by receiving service, for calls on the user's behalf."""

    request_id: str
    deadline: Deadline
    caller: Caller | None = None
    service: str | None = None
    client_address: str = ""
    onward_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def current() -> RequestContext | None:
    return _current.get()


def enter(context: RequestContext) -> None:
    """Make ``context`` the current one of this task."""
    _current.set(context)


def signed_in_caller() -> Caller:
    """The caller of the current request. Raises InvalidToken where nobody is signed in."""
    context = _current.get()
    if context is None or context.caller is None or context.caller.user_id is None:
        raise InvalidToken("Sign in first.")
    return context.caller


def signed_in_user() -> uuid.UUID:
    """The user behind the current request: the only source of a user id in any handler. Raises InvalidToken."""
    user_id = signed_in_caller().user_id
    assert user_id is not None
    return user_id


def well_formed_request_id(value: str | None) -> str | None:
    """``value`` if it may serve as a request id, else None."""
    return value if value is not None and _REQUEST_ID.fullmatch(value) else None


def parse_onward(header: str | None) -> dict[str, str]:
    """``service=token, service=token`` as a mapping; what does not have that form is left out."""
    pairs = (part.strip().partition("=") for part in (header or "").split(","))
    return {name: token for name, separator, token in pairs if separator and name and token}


def render_onward(tokens: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={token}" for name, token in tokens.items())
