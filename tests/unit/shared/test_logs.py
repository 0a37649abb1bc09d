"""Promise 26: no planted secret is found in a line, and no input forges a second one."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any

import orjson
import pytest

from shared.logs import REDACTED, redact
from tests.support.postgres import PROJECT

JWT = "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZC1zaWduYXR1cmU"
NAMES = [
    "password", "PASSWORD", "new_password", "passphrase", "passwd", "secret", "clientSecret", "access_token",
    "refreshToken", "Authorization", "Cookie", "Set-Cookie", "api_key", "apiKey", "API-KEY", "private_key",
    "credentials", "dsn", "database_url", "redis_url", "email", "e-mail", "userEmail", "jwk",
]  # fmt: skip
TEXTS = [
    f"token is {JWT}", "Bearer planted-0123456789", "bearer PLANTED.0123456789==", f"GET /?access_token={JWT}",
    "postgresql://user:planted@localhost/db", "redis://:planted@127.0.0.1/0", "password=planted", "password: planted",
    '{"password": "planted"}', "{'api_key': 'planted'}", "secret = planted;", "refresh_token=planted&x=1",
    "Key (email)=(planted@example.com) already exists", "runner planted.runner+tag@mail.example.co.uk wrote",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_has_a_telling_name_is_not_logged(name: str):
    assert redact("planted", name=name) == REDACTED
    nested = redact({"outer": [{"inner": {name: {"deep": "planted"}}}]})
    assert "planted" not in json.dumps(nested)


@pytest.mark.parametrize("text", TEXTS)
def test_what_looks_like_a_secret_is_not_logged(text: str):
    for value in (text, [text], {"a": {"b": [text]}}, ValueError(text), text.encode(), {text: 1}):
        printed = json.dumps(redact(value, name="event")).lower()
        assert "planted" not in printed, printed
        assert "eyj" not in printed


def test_plain_fields_are_kept():
    for value in ("an ordinary sentence", 42, 1.5, True, None, ["a", 1], {"latencyMs": 12}):
        assert redact(value) == value


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**70), 10**5000, float("nan"), "\udcff\ud800", {"\udcff": "\udcff"}, {1: 2}, {(1, 2): {3}}, b"\xff",
     "x" * 10_000_000, ["x" * 4000] * 10_000, {str(n): "x" * 4000 for n in range(10_000)}, object()],
    ids=lambda value: f"{type(value).__name__}",
)  # fmt: skip
def test_any_value_becomes_bounded_json(value: Any):
    assert len(orjson.dumps(redact(value))) < 300_000


def test_what_refuses_to_be_printed_is_named():
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("planted")

    assert "planted" not in redact(Broken())


def test_a_self_containing_value_ends():
    loop: list[Any] = []
    loop.append(loop)
    assert orjson.dumps(redact(loop))


def lines_of(script: str) -> list[dict[str, Any]]:
    """The lines that a process logs, each of them parsed."""
    source = "import logging, structlog\nfrom shared import logs\nlogs.configure('probe', 'INFO')\n" + textwrap.dedent(
        script
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=PROJECT, capture_output=True, timeout=30, check=True)
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_call_is_one_line_of_json_whoever_logs_and_whatever_it_holds():
    lines = lines_of("""
        log = logs.get_logger("test")
        structlog.contextvars.bind_contextvars(requestId="request-1")
        forged = 'x\\n{"event": "forged", "level": "info"}\\r\\n\\u2028'
        log.info(forged, path=forged, **{"a\\nb": forged})
        logging.getLogger("library").warning("library %s %s", forged, "password=planted")
        log.info("odd", number=2**80, text="\\udcff", nan=float("nan"), password="planted")
        log.info("long", values=[["x" * 4000] * 50] * 50)
        log.info("big", **{f"field{n}": "x" * 4000 for n in range(100)})
        try:
            raise ValueError("postgresql://user:planted@localhost/x " + forged)
        except ValueError:
            log.exception("failed")
            logging.getLogger("library").exception("failed there")
        log.debug("too quiet")
    """)
    assert len(lines) == 7
    assert all(line["requestId"] == "request-1" and line["level"] and line["time"] for line in lines)
    assert all(line["process"] == "probe" for line in lines)
    assert not any(line["event"] == "forged" for line in lines)
    assert "planted" not in json.dumps(lines)
    assert "ValueError" in lines[5]["exception"]
    assert all(len(json.dumps(line)) < 100_000 for line in lines)
