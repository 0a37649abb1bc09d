"""Input becomes typed values here or is refused with the path of what is wrong."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import aiohttp
import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError
from pydantic.alias_generators import to_camel

from shared.errors import MalformedBody, NotFound, UnsupportedMediaType, ValidationFailed
from shared.http.issues import issue_of

MAX_JSON_BYTES: Final = 1024 * 1024
# More than a form can have wrong at once; a hostile body must not be answered with a thousand lines.
_MAX_DETAILS = 20
# No body of ours nests deeper than a handful; a thousand levels overflow the stack of whoever walks them.
_MAX_DEPTH = 64
_MAX_FIELD_NAME = 100
# What the server unpacks. A body in another coding would be read as if it were plain, or refused by the parser before
# the request has a context.
_ENCODINGS = frozenset({"identity", "gzip", "deflate"})
# The field that says which of several models the body is, is absent or says none of them.
_NO_SUCH_MODEL = frozenset({"union_tag_invalid", "union_tag_not_found"})


class ApiModel(BaseModel):
    """A body or query of the public API: camelCase outside, unknown fields refused, strings free of NUL."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )


ModelT = TypeVar("ModelT", bound=BaseModel)


async def read_json(request: web.Request, model: type[ModelT]) -> ModelT:
    """The body as ``model``. Raises MalformedBody, ValidationFailed, UnsupportedMediaType or (by aiohttp) 413."""
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("Send this as application/json in UTF-8.")
    require_known_encoding(request)
    return validate(model, _parse(await read_body(request)))


def require_known_encoding(request: web.Request) -> None:
    """Raises UnsupportedMediaType for a body that is packed in a way we do not unpack."""
    if request.headers.get("Content-Encoding", "identity").lower() not in _ENCODINGS:
        raise UnsupportedMediaType("Send this plain or compressed with gzip.")


async def read_body(request: web.Request) -> bytes:
    """The whole body, decompressed, within the application's limit. Raises MalformedBody if it cannot be unpacked."""
    try:
        return await request.read()
    except (aiohttp.ClientPayloadError, HttpProcessingError, zlib.error, web.RequestPayloadError) as error:
        raise MalformedBody("The body of this request cannot be unpacked or ended early.") from error


def read_query(request: web.Request, model: type[ModelT]) -> ModelT:
    """The query string as ``model``; a parameter given twice is refused. Raises ValidationFailed."""
    values: dict[str, str] = {}
    for name, value in request.query.items():
        if name in values:
            field = _shown(name)
            raise ValidationFailed(f"{field} is given twice.", details=[{"field": field, "issue": "is given twice"}])
        values[name] = value
    return validate(model, values)


def validate(model: type[ModelT], data: Any) -> ModelT:
    _refuse_unstorable(data)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # Where the body is one of several models, the first part of a place says which, and no client wrote that.
        raise _failure(error, skip=1 if issubclass(model, RootModel) else 0) from None


def _parse(body: bytes) -> Any:
    if not body:
        raise MalformedBody("This request needs a JSON body.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody(f"The body is not valid JSON (line {error.lineno}, column {error.colno}).") from None


def _refuse_unstorable(data: Any, path: tuple[str, ...] = ()) -> None:
    """PostgreSQL cannot store U+0000 or half a surrogate pair, and no person types them."""
    if isinstance(data, str):
        if not _storable(data):
            raise _unacceptable(path, "contains a character that cannot be stored")
    elif isinstance(data, Mapping | list):
        if len(path) >= _MAX_DEPTH:
            raise _unacceptable(path[:3], "is nested too deeply")
        pairs = data.items() if isinstance(data, Mapping) else enumerate(data)
        for key, value in pairs:
            _refuse_unstorable(key, path)
            _refuse_unstorable(value, (*path, str(key)))


def _unacceptable(path: tuple[str, ...], issue: str) -> ValidationFailed:
    field = ".".join(_shown(part) for part in path)
    return ValidationFailed(f"{field or 'The body'} {issue}.", details=[{"field": field, "issue": issue}])


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _shown(name: str) -> str:
    """A field's name as the client gave it, in a form that may be answered."""
    return name[:_MAX_FIELD_NAME].encode("utf-8", "replace").decode()


def _failure(error: ValidationError, *, skip: int) -> ValidationFailed:
    details = [
        {"field": _place(dict(item), skip), "issue": issue_of(dict(item))}
        for item in error.errors(include_url=False, include_input=False)[:_MAX_DETAILS]
    ]
    first = details[0]
    return ValidationFailed(f"{first['field'] or 'The body'}: {first['issue']}", details=details)


def _place(item: Mapping[str, Any], skip: int) -> str:
    parts = [str(part) for part in item["loc"][skip:]]
    if item["type"] in _NO_SUCH_MODEL:
        parts.append(item["ctx"]["discriminator"].strip("'"))
    return ".".join(_shown(part) for part in parts)


def path_uuid(request: web.Request, name: str) -> uuid.UUID:
    """A path parameter that is an id. Raises NotFound: what is not an id names nothing."""
    try:
        return uuid.UUID(request.match_info[name])
    except ValueError:
        raise NotFound("There is nothing at this address.") from None
