"""A runner who keeps writing while things break, and remembers what was acknowledged."""

from __future__ import annotations

import datetime as dt
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException

from tests.support.builders import build_fit
from tests.support.client import ApiClient, Reply

FIRST_DAY = dt.datetime(2025, 1, 1, 7, tzinfo=dt.UTC)
# What a client without a deadline of its own would call a hang.
SLOWEST_ANSWER_S = 15.0
_UNREACHED = (urllib.error.URLError, HTTPException, ConnectionError, TimeoutError)


class Writer:
    """Imports a new run, then asks about it, over and over; each request has a key and is sent until it is answered."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client
        self.activities: list[str] = []
        self.messages: list[tuple[str, str]] = []
        self.failures: list[str] = []
        self._stopping = threading.Event()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write in a thread while the block runs."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()
            self._stopping.clear()

    def wait_for_next(self, *, within_s: float = 30.0) -> None:
        """Return once another import and another question have been acknowledged."""
        before = len(self.activities), len(self.messages)
        until = time.monotonic() + within_s
        while not (len(self.activities) > before[0] and len(self.messages) > before[1]):
            assert time.monotonic() < until, "nothing was acknowledged any more"
            time.sleep(0.05)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._import(len(self.activities)):
                self._ask(len(self.messages))

    def _import(self, number: int) -> bool:
        content = build_fit(duration_s=60, start=FIRST_DAY + dt.timedelta(days=number))
        key = {"Idempotency-Key": f"import-{number}"}
        reply = self._until_answered(lambda: self.client.upload((f"{number}.fit", content), headers=key))
        if reply is None:
            return False
        (result,) = reply.json["results"]
        # A process may die between the import and its answer: the same file is a duplicate then, of the same activity.
        if result["status"] not in {"imported", "duplicate"}:
            self.failures.append(f"import {number}: {result}")
        self.activities.append(result["activityId"])
        return True

    def _ask(self, number: int) -> None:
        question, key = {"message": "Analyze my last run"}, {"Idempotency-Key": f"question-{number}"}
        reply = self._until_answered(lambda: self.client.api("POST", "/chat", question, headers=key))
        if reply is not None:
            self.messages.append((reply.json["conversationId"], reply.json["messageId"]))

    def _until_answered(self, send: Callable[[], Reply]) -> Reply | None:
        """The first 200; None once the writer is told to stop. Every refusal on the way must be one that says why."""
        while True:
            began = time.monotonic()
            try:
                reply: Reply | None = send()
            except _UNREACHED:
                reply = None
            self._judge(reply, time.monotonic() - began)
            if reply is not None and reply.status == 200:
                return reply
            if self._stopping.is_set():
                return None
            time.sleep(0.1)

    def _judge(self, reply: Reply | None, took_s: float) -> None:
        if took_s > SLOWEST_ANSWER_S:
            self.failures.append(f"an answer took {took_s:.1f} s")
        if reply is not None and reply.status != 200 and not _is_patient(reply):
            self.failures.append(f"{reply.status} {reply.body[:300]!r}")


def _is_patient(reply: Reply) -> bool:
    """Whether a refusal tells the client to come again: a part away, late, or still busy with the same key."""
    if reply.status == 409:
        return reply.code == "CONFLICT"
    return reply.status in {503, 504} and bool(reply.json["error"]["retryable"])
