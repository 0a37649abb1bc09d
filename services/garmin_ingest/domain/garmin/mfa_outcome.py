"""What became of a code, as JSON between two processes, and back as the error it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from shared.errors import (
    Conflict,
    InternalError,
    SecretsUnavailable,
    ServiceError,
    UpstreamTimeout,
    UpstreamUnavailable,
)

CONNECTED: Mapping[str, Any] = {"connected": True}
_KNOWN: Mapping[str, type[ServiceError]] = {
    error.code: error
    for error in (
        Conflict, GarminConnectFailed, GarminRateLimited, GarminUnavailable, SecretsUnavailable, UpstreamTimeout,
        UpstreamUnavailable,
    )
}  # fmt: skip


def to_outcome(error: ServiceError, *, again: bool) -> dict[str, Any]:
    message = error.message
    if isinstance(error, GarminConnectFailed):
        message += " Try the code again." if again else " Start again with your user name and password."
    return {"connected": False, "code": error.code, "message": message, "retryAfterS": error.retry_after_s}


def from_outcome(outcome: Mapping[str, Any]) -> None:
    """Raises the error unless the account was connected."""
    if outcome["connected"]:
        return
    error = _KNOWN.get(outcome["code"])
    if error is None:
        raise InternalError("Something went wrong on our side.")
    raise error(outcome["message"], retry_after_s=outcome["retryAfterS"])
