from __future__ import annotations

import enum
import json
from typing import Any

import jsonschema
import pytest
from aiohttp import web
from pydantic import Field

from shared.errors import NotFound
from shared.http.openapi import document
from shared.http.parsing import ApiModel
from shared.http.routing import Access, Route


class Sport(enum.Enum):
    RUNNING = "running"
    CYCLING = "cycling"


class Lap(ApiModel):
    distance_m: float


class Run(ApiModel):
    name: str
    laps: list[Lap] = Field(default_factory=list)


class RunList(ApiModel):
    items: list[Run]


class RunQuery(ApiModel):
    sport: Sport | None = None
    limit: int = 50


async def list_runs(_: web.Request, query: RunQuery) -> web.Response:
    """The runs, newest first.

    More about it.
    """
    raise AssertionError


async def add_run(_: web.Request, body: Run) -> web.Response:
    """Add a run."""
    raise AssertionError


async def show_run(_: web.Request) -> web.Response:
    """One run."""
    raise AssertionError


async def hidden(_: web.Request) -> web.Response:
    raise AssertionError


@pytest.fixture
def built() -> dict[str, Any]:
    routes = [
        Route(
            method="GET", path="/api/v1/runs", handler=list_runs, access=Access.USER, query=RunQuery, returns=RunList,
        ),
        Route(
            method="POST", path="/api/v1/runs", handler=add_run, access=Access.USER, body=Run, returns=Run, status=201,
        ),
        Route(
            method="GET", path="/api/v1/runs/{run_id}", handler=show_run, access=Access.ADMIN, returns=Run,
            errors=(NotFound,),
        ),
        Route(method="DELETE", path="/api/v1/runs/{run_id}", handler=hidden, access=Access.USER, status=204),
        Route(method="GET", path="/internal/runs", handler=hidden, access=Access.SERVICE, issuers=frozenset({"a"})),
    ]  # fmt: skip
    return json.loads(json.dumps(document("Runs", routes)))


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def codes(operation: dict[str, Any]) -> set[str]:
    return {code for answer in operation["responses"].values() for code in answer.get("x-error-codes", ())}


def test_the_document_has_the_form_of_3_1(built: dict[str, Any]):
    assert built["openapi"].startswith("3.1.")
    assert set(built["info"]) >= {"title", "version"}
    for path, operations in built["paths"].items():
        named = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for operation in operations.values():
            assert {p["name"] for p in operation["parameters"] if p["in"] == "path"} == named
            assert all(answer["description"] for answer in operation["responses"].values())
            assert all(status.isdigit() for status in operation["responses"])
    for schema in built["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(built: dict[str, Any]):
    found = references(built)
    assert found
    for reference in found:
        node: Any = built
        for part in reference.removeprefix("#/").split("/"):
            assert part in node, reference
            node = node[part]


def test_what_services_say_to_each_other_is_not_shown(built: dict[str, Any]):
    assert set(built["paths"]) == {"/api/v1/runs", "/api/v1/runs/{run_id}"}


def test_each_operation_names_the_codes_it_can_give(built: dict[str, Any]):
    always = {"BAD_REQUEST", "INTERNAL_ERROR", "RATE_LIMITED", "SERVICE_OVERLOADED", "UPSTREAM_TIMEOUT",
              "UPSTREAM_UNAVAILABLE", "AUTH_INVALID_TOKEN"}  # fmt: skip
    kept = {"CONFLICT", "IDEMPOTENCY_CONFLICT"}
    body = {"VALIDATION_ERROR", "UNSUPPORTED_MEDIA_TYPE", "PAYLOAD_TOO_LARGE"}
    runs, one = built["paths"]["/api/v1/runs"], built["paths"]["/api/v1/runs/{run_id}"]
    assert codes(runs["get"]) >= always | {"VALIDATION_ERROR"}
    assert codes(runs["post"]) >= always | body | kept
    assert codes(one["get"]) >= always | {"NOT_FOUND", "AUTH_FORBIDDEN"}
    assert codes(one["delete"]) >= always | kept
    assert not codes(runs["get"]) & (kept | {"AUTH_FORBIDDEN"})


def test_the_success_of_each_operation_is_described(built: dict[str, Any]):
    runs = built["paths"]["/api/v1/runs"]
    assert runs["post"]["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/Run")
    assert "content" not in built["paths"]["/api/v1/runs/{run_id}"]["delete"]["responses"]["204"]
    assert (runs["get"]["summary"], runs["get"]["description"]) == ("The runs, newest first", "More about it.")
