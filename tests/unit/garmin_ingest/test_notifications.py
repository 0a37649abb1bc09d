"""Bodies of notifications, taken apart in pieces of any size."""

from __future__ import annotations

import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.garmin_ingest.domain.garmin.notifications import (
    elements,
    parsed,
    require_beginning,
    require_notification,
)
from shared.errors import MalformedBody, ValidationFailed

TRICKY = {
    "userId": "u1",
    "text": 'a "quoted" ] } { [ \\" \\\\',
    "nested": {"list": [{"a": 1}, {"b": [[], {}]}], "userId": "not this one"},
    "empty": "",
    "umlaut": "ä\u2028😀",
}


def in_pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
def test_every_element_is_found_whole_whatever_the_pieces(size):
    body = {"dailies": [TRICKY, {"userId": "u2"}], "sleeps": [], "hrv": [{"userId": "u3", "x": [1, 2, 3]}]}
    found = list(elements(in_pieces(json.dumps(body).encode(), size)))
    assert [(one.position, one.kind) for one in found] == [(0, "dailies"), (1, "dailies"), (2, "hrv")]
    assert [parsed(one.content) for one in found] == [*body["dailies"], *body["hrv"]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
BODIES = st.dictionaries(
    st.sampled_from(["dailies", "sleeps", "epochs"]),
    st.lists(st.dictionaries(st.text(max_size=8), JSON, max_size=4), max_size=4),
    max_size=3,
)


@given(BODIES, st.integers(1, 50), st.sampled_from([None, 2]))
def test_it_agrees_with_a_parser_that_reads_the_whole(body, size, indent):
    text = json.dumps(body, indent=indent).encode()
    found = [(one.kind, json.loads(one.content)) for one in elements(in_pieces(text, size))]
    assert found == [(kind, item) for kind, items in body.items() for item in items]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nonsense", b'{"dailies": [{"userId": "u1"}', b'{"dailies": [{"userId": "u1"]}}', b'{"dailies": []}}',
     b'{"dailies": "unfinished', b"[" * 1000, b'{"a":' * 1000, b"{}{}"],
)  # fmt: skip
def test_what_is_no_object_of_lists_is_refused(body):
    with pytest.raises(MalformedBody):
        list(elements([body]))


def test_what_comes_before_the_break_is_given_first():
    found = elements([b'{"dailies": [{"userId": "u1"}, {"userId": "u2"}', b", {"])
    assert [next(found).position, next(found).position] == [0, 1]
    with pytest.raises(MalformedBody):
        next(found)


def test_what_is_no_list_of_objects_has_no_elements():
    body = b'{"dailies": {"userId": {"a": 1}}, "sleeps": ["u1", 3, null, [{"x": 1}]], "hrv": [{"userId": "u3"}]}'
    assert [one.kind for one in elements([body])] == ["hrv"]


def test_an_element_that_is_no_json_is_none():
    assert parsed(b'{"userId": nope}') is None


@pytest.mark.parametrize("body", [b'{"dailies": []}', b'{"epochs": [], "somethingNew": {}}'])
def test_a_body_of_known_types_is_taken(body):
    require_notification(body)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'"x"', b'{"somethingNew": []}', b'{"dailies": {}}', b'{"dailies": 1}'])
def test_a_body_of_anything_else_is_not(body):
    with pytest.raises(ValidationFailed):
        require_notification(body)


@pytest.mark.parametrize("body", [b"", b"{", b'{"dailies": [}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_malformed(body):
    with pytest.raises(MalformedBody):
        require_notification(body)


def test_a_large_body_is_judged_by_its_beginning():
    require_beginning(b' {\n "activityDetails" : [{"userId"')
    for body in (b"", b"[[[", b'{"somethingNew": [', b'{"dailies": {', b"<html>"):
        with pytest.raises(ValidationFailed):
            require_beginning(body)


def test_a_large_body_is_never_held_whole():
    element = json.dumps({"userId": "u1", "samples": [{"heartRate": 150}] * 500}).encode()

    def body():
        yield b'{"activityDetails": ['
        for _ in range(600):
            yield element + b","
        yield element + b"]}"

    tracemalloc.start()
    try:
        assert sum(1 for _ in elements(body())) == 601
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(element) * 601 / 20


@pytest.mark.parametrize("string", [b"a" * 8_000_000, b'\\"' * 4_000_000], ids=["plain", "escaped"])
def test_a_long_string_in_many_pieces_costs_no_minute(string):
    """A worker that is busy for longer than its heartbeat lasts is taken for dead."""
    began_s = time.process_time()
    (one,) = elements(in_pieces(b'{"dailies": [{"text": "' + string + b'"}]}', 256 * 1024))
    assert len(one.content) == len(string) + len(b'{"text": ""}')
    assert time.process_time() - began_s < 10
