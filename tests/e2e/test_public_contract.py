"""The OpenAPI document of the running stack: whole, valid, and true under requests that nobody would write by hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.openapi import from_dict

from gateway.routes import TABLE
from tests.support.client import ApiClient
from tests.support.stack import Stack

# `make fuzz` raises it; this many already meet every parameter and body field with wrong types and odd values.
EXAMPLES = int(os.environ.get("PACE42_FUZZ_EXAMPLES", "4"))
ENVELOPE = {"code", "message", "statusCode", "requestId", "retryable"}
# Ending the session that the fuzzing speaks with would make all that follows a 401.
SPARED = {("POST", "/api/v1/auth/logout"), ("DELETE", "/api/v1/auth/sessions/{session_id}")}


@pytest.fixture(scope="module")
def document(stack: Stack) -> dict:
    reply = ApiClient(stack.url).api("GET", "/openapi.json")
    assert reply.status == 200, reply.body
    return reply.json


def test_the_document_has_every_route_of_the_table_and_no_other(document):
    documented = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert documented == {(row.method, row.path) for row in TABLE}


def test_the_document_is_openapi_3_1_with_valid_schemas_and_no_dangling_reference(document):
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"\$ref":\s*"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references <= document["components"]["schemas"].keys()
    operation_ids = [
        operation["operationId"] for operations in document["paths"].values() for operation in operations.values()
    ]
    assert len(operation_ids) == len(set(operation_ids))


def test_each_operation_lists_its_codes_and_all_of_them_are_in_the_table(document):
    table = set(re.findall(r"^\| ([A-Z_]+) \|", (Path(__file__).parents[2] / "docs/api.md").read_text(), re.MULTILINE))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            codes = {code for response in operation["responses"].values() for code in response.get("x-error-codes", ())}
            assert codes >= {"INTERNAL_ERROR", "RATE_LIMITED"}, (method, path)
            assert codes <= table, (method, path, codes - table)
    chat = document["paths"]["/api/v1/chat"]["post"]["responses"]
    assert "SUBSCRIPTION_QUERY_LIMIT" in chat["429"]["x-error-codes"]


@pytest.mark.timeout(300 + 60 * EXAMPLES)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_request_that_fits_or_breaks_the_schema_gets_a_5xx(stack: Stack, document, mode):
    client = ApiClient(stack.url)
    client.sign_up()
    headers = {"Authorization": f"Bearer {client.tokens['accessToken']}"}
    failures: list[str] = []
    for operation in fuzzed_operations(document, mode):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def call(case):
            failures.extend(complaints(case, case.call(base_url=stack.url, headers=headers, timeout=60)))

        call()
    assert not failures, "\n".join(failures[:20])


def fuzzed_operations(document, mode):
    """The operations that a request can be made for; one that takes no input cannot be given a wrong one."""
    operations = [result.ok() for result in from_dict(document).get_all_operations()]
    allowed = [each for each in operations if (each.method.upper(), each.path) not in SPARED]
    if mode is GenerationMode.POSITIVE:
        return allowed
    return [each for each in allowed if can_be_wrong(each.definition.raw)]


def can_be_wrong(raw: dict) -> bool:
    """Any text fits a part of the path that has no format, such as the secret of a webhook."""
    judged = [each for each in raw["parameters"] if each["in"] != "path" or "format" in each["schema"]]
    return bool(judged) or "requestBody" in raw


def complaints(case, response) -> list[str]:
    """What is wrong with an answer, whatever was asked."""
    what = f"{case.method} {response.request.url}: {response.status_code}"
    if response.status_code >= 500:
        return [f"{what} {response.content[:300]!r}"]
    if response.status_code >= 400:
        try:
            error = response.json()["error"]
        except (ValueError, KeyError, TypeError):
            return [f"{what} without an envelope: {response.content[:300]!r}"]
        if not error.keys() >= ENVELOPE or error["statusCode"] != response.status_code:
            return [f"{what} with a broken envelope: {error}"]
    return [] if response.headers.get("x-request-id") else [f"{what} without a request id"]
