"""The one error type that crosses every border of the system intact.

A ``ServiceError`` is born in the domain with a stable ``code`` and a ``kind``, travels through layers and between
processes, and is turned into an HTTP answer in exactly one place (``shared.http.envelope``). Its power is that a
client sees what the domain meant. Its trap is the same: whatever is put into ``message`` or ``details`` is shown to
a person outside, so neither may carry SQL, host names, secrets or the text of a foreign exception.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any


class Kind(enum.Enum):
    """What sort of failure this is, in words that hold without HTTP."""

    MALFORMED = "malformed"
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    PAYMENT_REQUIRED = "payment_required"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"


# Kinds after which the same request may succeed later without being changed.
RETRYABLE_KINDS = frozenset({Kind.RATE_LIMITED, Kind.UNAVAILABLE, Kind.TIMEOUT})

Detail = Mapping[str, Any]


class ServiceError(Exception):
    """A failure with a code, a kind and a sentence for its reader.

    Subclasses declare ``code`` and ``kind``; a service declares each code once, in its ``domain/errors.py``.
    ``message`` says what happened and what to do. ``details`` holds JSON values. ``retry_after_s`` is in seconds.
    """

    code: str
    kind: Kind

    def __init__(
        self,
        message: str,
        *,
        details: Sequence[Detail] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)
        self.retry_after_s = retry_after_s

    @property
    def retryable(self) -> bool:
        return self.kind in RETRYABLE_KINDS


class RelayedError(ServiceError):
    """An error that another service gave, carried on unchanged."""

    def __init__(self, code: str, kind: Kind, message: str, *, details: Sequence[Detail] = ()) -> None:
        super().__init__(message, details=details)
        self.code = code
        self.kind = kind


class ValidationFailed(ServiceError):
    """Input that was read but does not fit; ``details`` are ``{"field": ..., "issue": ...}``."""

    code = "VALIDATION_ERROR"
    kind = Kind.INVALID

    @classmethod
    def of_field(cls, field: str, issue: str) -> ValidationFailed:
        """The refusal of one field, by the name that the client knows it by."""
        return cls(f"{field}: {issue}", details=[{"field": field, "issue": issue}])


class MalformedBody(ServiceError):
    """A body that cannot be read as JSON at all."""

    code = "VALIDATION_ERROR"
    kind = Kind.MALFORMED


class BadRequest(ServiceError):
    code = "BAD_REQUEST"
    kind = Kind.MALFORMED


class NotFound(ServiceError):
    """Absent, or somebody else's: the two look the same from outside."""

    code = "NOT_FOUND"
    kind = Kind.NOT_FOUND


class MethodNotAllowed(ServiceError):
    code = "METHOD_NOT_ALLOWED"
    kind = Kind.METHOD_NOT_ALLOWED


class Conflict(ServiceError):
    code = "CONFLICT"
    kind = Kind.CONFLICT


class IdempotencyConflict(ServiceError):
    code = "IDEMPOTENCY_CONFLICT"
    kind = Kind.CONFLICT


class PayloadTooLarge(ServiceError):
    code = "PAYLOAD_TOO_LARGE"
    kind = Kind.TOO_LARGE


class UnsupportedMediaType(ServiceError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    kind = Kind.UNSUPPORTED_MEDIA


class InvalidToken(ServiceError):
    code = "AUTH_INVALID_TOKEN"
    kind = Kind.UNAUTHENTICATED


class ExpiredToken(ServiceError):
    code = "AUTH_EXPIRED_TOKEN"
    kind = Kind.UNAUTHENTICATED


class Forbidden(ServiceError):
    code = "AUTH_FORBIDDEN"
    kind = Kind.FORBIDDEN


class RateLimited(ServiceError):
    code = "RATE_LIMITED"
    kind = Kind.RATE_LIMITED


class SecretsUnavailable(ServiceError):
    code = "SECRETS_UNAVAILABLE"
    kind = Kind.UNAVAILABLE


class UpstreamUnavailable(ServiceError):
    code = "UPSTREAM_UNAVAILABLE"
    kind = Kind.UNAVAILABLE


class UpstreamTimeout(ServiceError):
    code = "UPSTREAM_TIMEOUT"
    kind = Kind.TIMEOUT


class ServiceOverloaded(ServiceError):
    code = "SERVICE_OVERLOADED"
    kind = Kind.UNAVAILABLE


class InternalError(ServiceError):
    """A bug. Its message never says more than that."""

    code = "INTERNAL_ERROR"
    kind = Kind.INTERNAL
