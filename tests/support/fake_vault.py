"""A FAKE Vault: an HTTP server in a thread that gives the answers which HashiCorp documents for the little that we use.

It is not Vault. It knows AppRole log-in, token renewal and KV version 2 (data with check-and-set, soft deletion,
metadata deletion), the documented refusals (sealed 503, standby 429 and 307, permission 403), and two ways to be no
Vault at all. Shapes are those of the API reference: ``/api-docs/auth/approle``, ``/api-docs/auth/token``,
``/api-docs/secret/kv/kv-v2`` and ``/api-docs#http-status-codes``.
"""

from __future__ import annotations

import contextlib
import enum
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

ROLE_ID = "test-role"
SECRET_ID = "test-secret-id-9b1f"
MOUNT = "secret"

_CREATED = "2026-11-20T06:41:00.000000Z"


class Condition(enum.Enum):
    WELL = enum.auto()
    SEALED = enum.auto()
    STANDBY = enum.auto()  # as documented for the health end-point and for a node that does not forward
    REDIRECTING = enum.auto()  # a standby that sends clients to the active node instead of asking it for them
    FORBIDDING = enum.auto()  # the policy forbids every path; log-in works
    GARBLED = enum.auto()  # a proxy's page with status 200
    DYING = enum.auto()  # does what it is asked, and its answer never comes
    DRIPPING_HEAD = enum.auto()  # an answer whose header never ends
    DRIPPING_BODY = enum.auto()  # an answer whose body never ends


_DRIPS = {
    Condition.DRIPPING_HEAD: b"HTTP/1.1 200 OK\r\nX-Drip: ",
    Condition.DRIPPING_BODY: b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
}


@dataclass
class Answer:
    status: int
    body: Mapping[str, Any] | None = None


@dataclass
class Entry:
    """The versions at a path, oldest first; None where one was deleted softly."""

    versions: list[Mapping[str, Any] | None] = field(default_factory=list)


class FakeVault:
    """Its state is open to the test: ``condition``, ``entries``, ``tokens`` (with their leases) and the counters."""

    def __init__(self, *, lease_s: int = 1200) -> None:
        self.condition = Condition.WELL
        self.lease_s = lease_s
        self.entries: dict[str, Entry] = {}
        self.tokens: set[str] = set()
        self.logins = 0
        self.renewals = 0
        self.requests: list[tuple[str, str, str | None]] = []
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="fake-vault", daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def forget_tokens(self) -> None:
        """What a restart of a development server, or a revocation, does."""
        self.tokens.clear()

    def delete_softly(self, path: str) -> None:
        """What ``vault kv delete`` does: the newest version cannot be read, and the count goes on."""
        self.entries[path].versions[-1] = None

    def answer(self, method: str, url: str, *, token: str | None, body: Any) -> Answer:
        """One request at a time, as Vault decides check-and-set under a lock of the key."""
        with self._lock:
            self.requests.append((method, url, token))
            return self._refusal(url) or self._route(method, url, token=token, body=body)

    def _refusal(self, url: str) -> Answer | None:
        if self.condition is Condition.SEALED:
            return Answer(503, {"errors": ["Vault is sealed"]})
        if self.condition is Condition.STANDBY:
            return Answer(429, {"errors": ["Vault is in standby mode"]})
        if self.condition is Condition.FORBIDDING and not url.startswith("/v1/auth/approle/"):
            return _denied()
        return None

    def _route(self, method: str, url: str, *, token: str | None, body: Any) -> Answer:
        if (method, url) == ("POST", "/v1/auth/approle/login"):
            return self._log_in(body)
        if token not in self.tokens:
            return _denied()
        if (method, url) == ("POST", "/v1/auth/token/renew-self"):
            self.renewals += 1
            return self._issued(token)
        data, metadata = f"/v1/{MOUNT}/data/", f"/v1/{MOUNT}/metadata/"
        if url.startswith(data) and method in {"GET", "POST"}:
            path = url.removeprefix(data)
            return self._read(path) if method == "GET" else self._write(path, body)
        if url.startswith(metadata) and method == "DELETE":
            self.entries.pop(url.removeprefix(metadata), None)
            return Answer(204)
        return Answer(404, {"errors": [f'no handler for route "{url[4:]}". route entry not found.']})

    def _log_in(self, body: Any) -> Answer:
        self.logins += 1
        if body != {"role_id": ROLE_ID, "secret_id": SECRET_ID}:
            return Answer(400, {"errors": ["invalid role or secret ID"]})
        token = f"hvs.{secrets.token_urlsafe(24)}"
        self.tokens.add(token)
        return self._issued(token)

    def _issued(self, token: str) -> Answer:
        auth = {"client_token": token, "policies": ["default"], "lease_duration": self.lease_s, "renewable": True}
        return Answer(200, {"lease_id": "", "renewable": False, "lease_duration": 0, "data": None, "auth": auth})

    def _read(self, path: str) -> Answer:
        entry = self.entries.get(path)
        if entry is None:
            return Answer(404, {"errors": []})
        values = entry.versions[-1]
        metadata = _metadata(entry) | {"deletion_time": "" if values is not None else _CREATED}
        return Answer(200 if values is not None else 404, {"data": {"data": values, "metadata": metadata}})

    def _write(self, path: str, body: Any) -> Answer:
        entry = self.entries.get(path, Entry())
        cas = body.get("options", {}).get("cas")
        if cas is not None and cas != len(entry.versions):
            return Answer(400, {"errors": ["check-and-set parameter did not match the current version"]})
        entry.versions.append(body["data"])
        self.entries[path] = entry
        return Answer(200, {"data": _metadata(entry)})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # the default of 5 drops connections that come at once

    def __init__(self, vault: FakeVault) -> None:
        self.vault = vault
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        vault, token = self.server.vault, self.headers.get("X-Vault-Token")
        with contextlib.suppress(OSError):  # the client may have gone
            if vault.condition in _DRIPS:
                self._drip(_DRIPS[vault.condition], vault.closing)
            else:
                self._send(vault.answer(self.command, self.path, token=token, body=body), vault.condition)

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def _send(self, answer: Answer, condition: Condition) -> None:
        if condition is Condition.DYING and self.command == "POST" and "/data/" in self.path:
            self.close_connection = True
            return
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        status, content_type = answer.status, "application/json"
        if condition is Condition.GARBLED:
            status, content, content_type = 200, b"<html>Welcome to nginx!</html>", "text/html"
        redirected = condition is Condition.REDIRECTING
        self.send_response(307 if redirected else status)
        if redirected:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere{self.path}")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self, beginning: bytes, closing: threading.Event) -> None:
        self.wfile.write(beginning)
        while not closing.wait(0.05):
            self.wfile.write(b"a")
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """A test's output is its failures."""


def _denied() -> Answer:
    return Answer(403, {"errors": ["permission denied"]})


def _metadata(entry: Entry) -> dict[str, Any]:
    return {"created_time": _CREATED, "deletion_time": "", "destroyed": False, "version": len(entry.versions)}
