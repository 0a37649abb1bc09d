"""Typed values become JSON here."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel


def json_response(value: Any, *, status: int = 200) -> web.Response:
    """``value`` (a model, or anything orjson renders: datetimes as RFC 3339 ``Z``, NaN as null) as the whole answer."""
    data = value.model_dump(by_alias=True, mode="json") if isinstance(value, BaseModel) else value
    return web.Response(status=status, body=dumps(data), content_type="application/json")


def dumps(value: Any) -> bytes:
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
    return orjson.dumps(value, default=_unknown, option=options)


def _unknown(value: Any) -> str:
    """Ids from asyncpg are of a subclass of UUID, which orjson does not take for one."""
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def no_content() -> web.Response:
    return web.Response(status=204)
