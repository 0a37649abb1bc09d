"""The one place where an error becomes an HTTP answer, and where an HTTP answer becomes an error again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from shared.errors import (
    BadRequest,
    InternalError,
    Kind,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RelayedError,
    ServiceError,
    UnsupportedMediaType,
    UpstreamUnavailable,
)

STATUS_OF_KIND: Mapping[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.PAYMENT_REQUIRED: 402,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD_NOT_ALLOWED: 405,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED_MEDIA: 415,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
    Kind.TIMEOUT: 504,
}
_KIND_OF_STATUS = {status: kind for kind, status in STATUS_OF_KIND.items()}

# What aiohttp itself refuses, in our words; its own text may echo the client's bytes.
_FRAMEWORK_ERRORS: Mapping[int, tuple[type[ServiceError], str]] = {
    404: (NotFound, "There is nothing at this address."),
    405: (MethodNotAllowed, "This address does not take that method."),
    413: (PayloadTooLarge, "That is more than this address takes."),
    415: (UnsupportedMediaType, "Send this as application/json."),
}


def error_response(error: ServiceError, request_id: str, *, status: int | None = None) -> web.Response:
    """The envelope for ``error``; ``status`` overrides the kind's for the few answers of the HTTP parser."""
    code = status if status is not None else STATUS_OF_KIND[error.kind]
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "statusCode": code,
        "requestId": request_id,
        "retryable": error.retryable,
    }
    if error.details:
        body["details"] = [dict(detail) for detail in error.details]
    response = web.Response(status=code, body=orjson.dumps({"error": body}), content_type="application/json")
    if error.retry_after_s is not None or code in {429, 503}:
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s or 1)))
    if code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def from_framework(error: web.HTTPException) -> tuple[ServiceError, int]:
    """Our error and the status for something aiohttp refused."""
    known = _FRAMEWORK_ERRORS.get(error.status)
    if known is not None:
        return known[0](known[1]), error.status
    if 400 <= error.status < 500:
        return BadRequest("This request cannot be read as HTTP. Check how your client builds it."), error.status
    return internal_error(), 500


def internal_error() -> InternalError:
    return InternalError("Something went wrong on our side. We have logged it; please try again later.")


def error_from_answer(status: int, body: bytes, *, retry_after: str | None = None) -> ServiceError:
    """The error that another service meant by this answer; an answer without an envelope means that it is unwell."""
    try:
        inner = orjson.loads(body)["error"]
        details = [dict(detail) for detail in inner.get("details", ())]
        kind = _KIND_OF_STATUS[status]
        error = RelayedError(str(inner["code"]), kind, str(inner["message"]), details=details)
    except (ValueError, KeyError, TypeError, AttributeError):
        return UpstreamUnavailable("A part of Pace42 is not answering right now. Please try again in a moment.")
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        error.retry_after_s = float(retry_after)
    return error
