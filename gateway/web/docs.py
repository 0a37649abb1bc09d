"""The public API as a person reads it: the merged OpenAPI document, laid out by us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.visit import Visit

_METHODS = ("get", "post", "put", "patch", "delete")
_REFERENCE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter or a field of a body."""

    name: str
    type_name: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str
    schema: str


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    text: str
    signed_in: bool
    parameters: tuple[Line, ...]
    body: str
    answers: tuple[Answer, ...]
    refusals: str


@dataclass(frozen=True, slots=True)
class Schema:
    name: str
    text: str
    lines: tuple[Line, ...]
    choices: tuple[str, ...]


async def show_docs(visit: Visit) -> web.Response:
    document = await visit.site.api_document.read()
    return visit.render(
        "docs.html",
        info=document["info"],
        groups=groups_of(document),
        schemas=schemas_of(document),
    )


def groups_of(document: Mapping[str, Any]) -> list[tuple[str, list[Operation]]]:
    """Operations under their tag, both in the document's order."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                tag = (operation.get("tags") or ["Other"])[0]
                groups.setdefault(tag or "Other", []).append(_operation(path, method, operation))
    return list(groups.items())


def schemas_of(document: Mapping[str, Any]) -> list[Schema]:
    schemas = document.get("components", {}).get("schemas", {})
    return [
        Schema(
            name,
            str(schema.get("description", "")),
            tuple(_fields(schema)),
            tuple(str(choice) for choice in schema.get("enum", ())),
        )
        for name, schema in sorted(schemas.items())
    ]


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    summary, _, rest = str(operation.get("summary") or operation.get("description") or "").partition("\n")
    text = str(operation.get("description") or rest).strip()
    return Operation(
        anchor=f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        method=method.upper(),
        path=path,
        summary=summary,
        text="" if text == summary else text,
        signed_in=bool(operation.get("security")),
        parameters=tuple(_parameters(operation.get("parameters", ()))),
        body=_content_schema(operation.get("requestBody", {})),
        answers=tuple(
            Answer(status, str(answer.get("description", "")), _content_schema(answer))
            for status, answer in sorted(operation.get("responses", {}).items())
            if status < "4"
        ),
        refusals=_refusals(operation.get("responses", {})),
    )


def _refusals(responses: Mapping[str, Any]) -> str:
    """``404 NOT_FOUND, 409 CONFLICT``: the codes that an operation can give, by status."""
    errors = sorted((status, answer) for status, answer in responses.items() if status >= "4")
    return ", ".join(f"{status} {answer.get('description', '')}".strip() for status, answer in errors)


def _parameters(items: Any) -> Iterator[Line]:
    for item in items:
        schema = item.get("schema", {})
        where = "" if item.get("in") == "query" else f" ({item.get('in')})"
        yield Line(
            f"{item['name']}{where}", type_name(schema), bool(item.get("required")), str(item.get("description", ""))
        )


def _fields(schema: Mapping[str, Any]) -> Iterator[Line]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        yield Line(name, type_name(field), name in required, str(field.get("description", "")))


def _content_schema(holder: Mapping[str, Any]) -> str:
    """The type of a body, with its media type where that is not JSON."""
    parts = []
    for media_type, content in holder.get("content", {}).items():
        schema = content.get("schema")
        name = type_name(schema) if schema else ""
        parts.append(name or "JSON" if media_type == "application/json" else f"{media_type} {name}".strip())
    return " or ".join(dict.fromkeys(parts))


def type_name(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words: ``string``, ``array of Lap``, ``number or null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REFERENCE)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(type_name(part) for part in schema[key]))
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return " | ".join(str(choice) for choice in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"array of {type_name(schema.get('items', {}))}"
    names = kind if isinstance(kind, list) else [kind]
    suffix = f" ({schema['format']})" if "format" in schema else ""
    return " or ".join(str(name) for name in names) + suffix
