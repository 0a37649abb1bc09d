"""One OpenAPI document out of those of the services: what the route table lets through, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from gateway.errors import MissingToken
from gateway.routes import TABLE, Row
from shared.clock import Clock
from shared.errors import ExpiredToken, InvalidToken, RateLimited, UpstreamUnavailable

# Services change their documents only when they are deployed anew.
_LIFETIME_S = 60.0
_TIMEOUT = aiohttp.ClientTimeout(total=3)


class ApiDocument:
    """The merged document, fetched when it is asked for and kept a minute."""

    def __init__(self, session: aiohttp.ClientSession, urls: Mapping[str, str], clock: Clock) -> None:
        self._session = session
        self._urls = urls
        self._clock = clock
        self._built: dict[str, Any] | None = None
        self._built_at_s = float("-inf")

    async def get(self) -> dict[str, Any]:
        """Raises UpstreamUnavailable while a service has not given its part and none is kept."""
        if self._built is None or self._clock.monotonic_s() - self._built_at_s > _LIFETIME_S:
            try:
                parts = await asyncio.gather(*(self._part(url) for url in self._urls.values()))
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                if self._built is None:
                    raise UpstreamUnavailable("The description is not complete yet.", retry_after_s=2) from error
            else:
                self._built = merge(dict(zip(self._urls, parts, strict=True)))
                self._built_at_s = self._clock.monotonic_s()
        assert self._built is not None
        return self._built

    async def _part(self, url: str) -> dict[str, Any]:
        async with self._session.get(f"{url}/internal/openapi.json", timeout=_TIMEOUT) as response:
            response.raise_for_status()
            part: dict[str, Any] = orjson.loads(await response.read())
            return part


def merge(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The operations of ``TABLE``, each from the document of its service; schemas keep their names.

    Raises ValueError where two services give one name to different schemas: that is a mistake to mend, not to hide.
    """
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for row in TABLE:
        part = parts[row.service]
        operation = part["paths"].get(row.path, {}).get(row.method.lower())
        if operation is None:
            continue
        paths.setdefault(row.path, {})[row.method.lower()] = _as_seen_from_outside(row, operation)
        for name, schema in _reachable(operation, part["components"]["schemas"]).items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two services have different schemas named {name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pace42",
            "version": "1",
            "description": "An AI running coach in which every number is the runner's own and checked.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _reachable(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas that an operation refers to, and those that these refer to."""
    found: dict[str, Any] = {}
    waiting = _references(operation)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = schemas[name]
            waiting |= _references(schemas[name])
    return found


def _references(node: Any) -> set[str]:
    """The names of the schemas that ``node`` refers to, anywhere inside."""
    if isinstance(node, Mapping):
        own = {str(node["$ref"]).rpartition("/")[2]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_references(item) for item in node))
    return set()


def _as_seen_from_outside(row: Row, operation: Mapping[str, Any]) -> dict[str, Any]:
    """The operation with what the gateway adds: whether it needs a sign-in, and the codes it refuses with."""
    added: dict[str, set[str]] = {"429": {RateLimited.code}}
    seen = {**operation, "responses": dict(operation["responses"])}
    if row.access == "public":
        seen.pop("security", None)
    else:
        seen["security"] = [{"bearer": []}]
        added["401"] = {MissingToken.code, InvalidToken.code, ExpiredToken.code}
    for status, codes in added.items():
        before = seen["responses"].get(status, {"content": {"application/json": {"schema": _ERROR}}})
        names = sorted({*before.get("x-error-codes", ()), *codes})
        seen["responses"][status] = {**before, "description": ", ".join(names), "x-error-codes": names}
    for status, response in seen["responses"].items():
        seen["responses"][status] = {**response, "headers": {name: _header(name) for name in _headers_of(status)}}
    return seen


_ERROR = {"$ref": "#/components/schemas/Error"}
_HEADERS: Mapping[str, str] = {
    "X-Request-Id": "Quote it when something is wrong.",
    "RateLimit": "What is left of the limit that counted this request, and when it is whole again.",
    "RateLimit-Policy": "That limit: how many requests in how many seconds.",
    "Retry-After": "Seconds until another try may succeed.",
    "WWW-Authenticate": "Bearer: send an access token.",
}


def _headers_of(status: str) -> list[str]:
    extra = {"401": ["WWW-Authenticate"], "429": ["Retry-After"], "503": ["Retry-After"]}
    return ["X-Request-Id", "RateLimit", "RateLimit-Policy", *extra.get(status, [])]


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
