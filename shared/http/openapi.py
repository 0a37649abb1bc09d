"""An OpenAPI 3.1 document out of a route table, so that what is documented is what is checked."""

from __future__ import annotations

import asyncio
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    IdempotencyConflict,
    InternalError,
    InvalidToken,
    MalformedBody,
    PayloadTooLarge,
    RateLimited,
    ServiceError,
    ServiceOverloaded,
    UnsupportedMediaType,
    UpstreamTimeout,
    UpstreamUnavailable,
    ValidationFailed,
)
from shared.http.envelope import STATUS_OF_KIND
from shared.http.rendering import json_response
from shared.http.routing import Access, Handler, Route, is_replayable

_ANY_OPERATION: tuple[type[ServiceError], ...] = (
    BadRequest, InternalError, RateLimited, ServiceOverloaded, UpstreamTimeout, UpstreamUnavailable,
)  # fmt: skip
_WITH_BODY: tuple[type[ServiceError], ...] = (MalformedBody, PayloadTooLarge, UnsupportedMediaType, ValidationFailed)
_WITH_IDEMPOTENCY_KEY: tuple[type[ServiceError], ...] = (Conflict, IdempotencyConflict)

ERROR_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "statusCode", "requestId", "retryable"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "statusCode": {"type": "integer"},
                "requestId": {"type": "string"},
                "retryable": {"type": "boolean"},
                "details": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}


def document(title: str, routes: Iterable[Route]) -> dict[str, Any]:
    """The document of one service's public routes (those under ``/api/v1`` and ``/.well-known``)."""
    public = [
        route for route in routes if route.access is not Access.SERVICE and not route.path.startswith("/internal")
    ]
    models = {model for route in public for model in _models(route)}
    ordered = sorted(models, key=lambda model: model.__name__)
    requests = {route.body for route in public}
    references, definitions = models_json_schema(
        [(model, "validation" if model in requests else "serialization") for model in ordered],
        ref_template="#/components/schemas/{model}",
    )
    schema_of = {model: references[model, "validation" if model in requests else "serialization"] for model in ordered}
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in public:
        paths[route.path][route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "paths": dict(paths),
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Error": dict(ERROR_SCHEMA)},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def serve_document(title: str, routes: Iterable[Route]) -> Handler:
    """A handler that serves the document, built when it is first asked for: most processes are never asked."""
    listed = tuple(routes)
    build = functools.cache(lambda: document(title, listed))

    async def serve(_: web.Request) -> web.Response:
        return json_response(await asyncio.to_thread(build))

    return serve


def _operation(route: Route, schema_of: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    summary, _, description = (
        (route.handler.__doc__ or route.handler.__name__.replace("_", " ")).strip().partition("\n")
    )
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": summary.rstrip("."),
        "tags": [route.tag] if route.tag else [],
        "responses": {**_success(route, schema_of), **_failures(route)},
        "parameters": [*_path_parameters(route.path), *_query_parameters(route), *_header_parameters(route)],
    }
    if description.strip():
        operation["description"] = " ".join(description.split())
    if route.body is not None:
        content = {"application/json": {"schema": schema_of[route.body]}}
        operation["requestBody"] = {"required": not route.body_optional, "content": content}
    if route.file_field:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _form(route)}}}
    if route.access in {Access.USER, Access.ADMIN}:
        operation["security"] = [{"bearer": []}]
    return operation


def _success(route: Route, schema_of: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    if route.status == 204:
        return {"204": {"description": "Done."}}
    schema = schema_of[route.returns] if route.returns is not None else {}
    content = {media: {"schema": schema if media == "application/json" else {}} for media in route.media_types}
    answers: dict[str, Any] = {str(route.status): {"description": "Done.", "content": content}}
    if route.deferred is not None:
        status, model = route.deferred
        later = {"application/json": {"schema": schema_of[model]}}
        answers[str(status)] = {"description": "Taken on; it will be done.", "content": later}
    return answers


def _models(route: Route) -> list[type[BaseModel]]:
    deferred = route.deferred[1] if route.deferred is not None else None
    return [model for model in (route.body, route.returns, deferred) if model is not None]


def _form(route: Route) -> dict[str, Any]:
    files = {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
    return {"type": "object", "required": [route.file_field], "properties": {route.file_field: files}}


def _failures(route: Route) -> dict[str, Any]:
    errors = {*_ANY_OPERATION, *route.errors}
    if route.body is not None:
        errors |= set(_WITH_BODY)
    if is_replayable(route):
        errors |= set(_WITH_IDEMPOTENCY_KEY)
    if route.query is not None:
        errors.add(ValidationFailed)
    if route.access in {Access.USER, Access.ADMIN}:
        errors.add(InvalidToken)
    if route.access is Access.ADMIN:
        errors.add(Forbidden)
    codes: dict[int, set[str]] = defaultdict(set)
    for error in errors:
        codes[STATUS_OF_KIND[error.kind]].add(error.code)
    for code, kind in route.relayed:
        codes[STATUS_OF_KIND[kind]].add(code)
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        str(status): {"description": ", ".join(sorted(names)), "content": content, "x-error-codes": sorted(names)}
        for status, names in sorted(codes.items())
    }


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    if not is_replayable(route) and not route.file_field:
        return []
    key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": key}]


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _id_schema(name)}
        for name in re.findall(r"\{(\w+)(?::[^}]*)?\}", path)
    ]


def _id_schema(name: str) -> dict[str, str]:
    return {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"}


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(definition, schema)}
        for name, definition in schema.get("properties", {}).items()
    ]


def _inlined(node: Any, schema: Mapping[str, Any]) -> Any:
    """``node`` with the definitions it refers to in their place: a parameter has no room for definitions of its own."""
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            return _inlined(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
        return {name: _inlined(value, schema) for name, value in node.items()}
    return [_inlined(item, schema) for item in node] if isinstance(node, list) else node
