"""A client of the public API, as an app on a phone would be one: knows the contract and nothing of our code."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

PASSWORD = "four plain unrelated nouns"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@dataclass
class ApiClient:
    """Calls one gateway; after ``sign_up`` it speaks as that runner."""

    base_url: str
    tokens: dict[str, Any] = field(default_factory=dict)
    email: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: bytes | Iterable[bytes] | None = None,
    ) -> Reply:
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + path, data=data, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.tokens:
            request.add_header("Authorization", f"Bearer {self.tokens['accessToken']}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return Reply(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read())

    def api(self, method: str, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call(method, f"/api/v1{path}", body, **options)

    def sign_up(self, **fields: Any) -> dict[str, Any]:
        """A new runner with an e-mail of their own; the user of the answer."""
        self.email = f"{uuid.uuid4().hex}@example.com"
        reply = self.api("POST", "/auth/signup", {"email": self.email, "password": PASSWORD, **fields})
        assert reply.status == 201, reply.body
        self.tokens = reply.json["tokens"]
        return dict(reply.json["user"])

    def upload(self, *files: tuple[str, bytes], headers: Mapping[str, str] | None = None) -> Reply:
        """POST /activities/import with (name, content) parts."""
        boundary, content = multipart(files)
        type_of = {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})}
        return self.api("POST", "/activities/import", raw=content, headers=type_of)

    def finished_job(self, job_id: str, *, within_s: float = 120.0) -> dict[str, Any]:
        """The job once it has ended in any way."""
        until = time.monotonic() + within_s
        while True:
            job = self.api("GET", f"/jobs/{job_id}").json
            if job["state"] in {"succeeded", "failed", "dead"}:
                return dict(job)
            assert time.monotonic() < until, job
            time.sleep(0.1)

    def ask(self, message: str, **fields: Any) -> dict[str, Any]:
        reply = self.api("POST", "/chat", {"message": message, **fields})
        assert reply.status == 200, reply.body
        return dict(reply.json)


def multipart(files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """The boundary and the body of a form with each file in a part named ``file``."""
    boundary = uuid.uuid4().hex
    parts = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (boundary.encode(), name.encode(), content)
        for name, content in files
    )
    return boundary, parts + f"--{boundary}--\r\n".encode()


def fact(answer: Mapping[str, Any], label: str) -> Mapping[str, Any]:
    """The one fact with this label."""
    found = [item for item in answer["reply"]["facts"] if item["label"] == label]
    assert len(found) == 1, (label, [item["label"] for item in answer["reply"]["facts"]])
    return dict(found[0])
