"""A runner who does one thing again and again, through the gateway."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.bench.report import Measure
from tests.support.builders import build_fit
from tests.support.client import PASSWORD

_API = "/api/v1"
_HOUR_S = 3600
# One of each kind that looks at other runs, or at more of them.
_QUESTIONS = (
    "Analyze my last run",
    "Compare my last run with the one before",
    "Am I getting fitter?",
    "How far did I run this year?",
    "How did last month compare with the month before?",
    "What are my records?",
    "What can I run for a half marathon?",
    "What should I run tomorrow?",
    "What are my heart-rate zones?",
)


class Runner:
    """One signed-in runner on one client session."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self.session = session
        self._kinds = itertools.cycle(_QUESTIONS)
        session.headers["Authorization"] = f"Bearer {token}"

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, timeout: aiohttp.ClientTimeout | None = None) -> AsyncIterator[Runner]:
        """A new runner on the stack at ``url``."""
        connector = aiohttp.TCPConnector(limit=64)
        timeout = timeout or aiohttp.ClientTimeout(total=300)
        async with aiohttp.ClientSession(url, connector=connector, timeout=timeout) as session:
            body = {"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD}
            async with session.post(f"{_API}/auth/signup", json=body) as answer:
                token = (await answer.json())["tokens"]["accessToken"]
            yield cls(session, token)

    async def imports(self, count: int) -> Measure:
        """Import ``count`` different runs of an hour, one after the other."""
        start = dt.datetime(2026, 1, 1, 7, tzinfo=dt.UTC)
        files = [
            build_fit(start=start + dt.timedelta(days=day), duration_s=_HOUR_S, pace_s_per_km=300 + day % 60)
            for day in range(count)
        ]
        pending = iter(files)

        async def import_next() -> bool:
            form = aiohttp.FormData()
            form.add_field("file", next(pending), filename="run.fit", content_type="application/octet-stream")
            status, body = await self._request("POST", f"{_API}/activities/import", data=form)
            return status == 200 and body["results"][0]["status"] == "imported"

        return await _measured("import of a one-hour run", [import_next] * count)

    async def questions(self, count: int) -> Measure:
        return await _measured("chat, one after another", [self.ask] * count)

    async def ask(self, question: str = "Analyze my last run") -> bool:
        status, body = await self._request("POST", f"{_API}/chat", json={"message": question})
        return status == 200 and bool(body["reply"]["facts"])

    async def ask_anything(self) -> bool:
        """One question of each kind after the other."""
        return await self.ask(next(self._kinds))

    async def list_runs(self) -> bool:
        status, body = await self._request("GET", f"{_API}/activities?limit=50")
        return status == 200 and bool(body["items"])

    async def fitness(self, last_day: dt.date, *, days: int) -> Any:
        status, body = await self._request("GET", _fitness_path(last_day, days))
        assert status == 200
        return body

    async def change_athlete(self, changes: dict[str, Any]) -> None:
        status, _ = await self._request("PATCH", f"{_API}/athlete", json=changes)
        assert status == 200

    async def fitness_bytes(self, last_day: dt.date, *, days: int) -> int:
        """The size of the answer, which is not parsed; 0 where it is an error."""
        async with self.session.get(_fitness_path(last_day, days)) as answer:
            body = await answer.read()
            return len(body) if answer.status == 200 else 0

    async def at_rate(self, name: str, path: str, *, rate: float, seconds: float) -> Measure:
        """Requests at fixed times, whether or not the one before was answered, so that a stall is counted in full."""
        took: list[float] = []
        errors = 0

        async def one(due: float) -> None:
            nonlocal errors
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            status, _ = await self._request("GET", path)
            if status == 200:
                took.append(time.monotonic() - due)
            else:
                errors += 1

        began = time.monotonic()
        await asyncio.gather(*(one(began + number / rate) for number in range(int(rate * seconds))))
        return Measure(name, took, errors, time.monotonic() - began)

    async def concurrently(
        self, name: str, act: Callable[[], Awaitable[bool]], *, workers: int, seconds: float
    ) -> Measure:
        """``workers`` at once, each beginning anew as soon as it was answered."""
        took: list[float] = []
        errors = 0
        began = time.monotonic()

        async def work() -> None:
            nonlocal errors
            while time.monotonic() - began < seconds:
                started = time.monotonic()
                if await act():
                    took.append(time.monotonic() - started)
                else:
                    errors += 1

        await asyncio.gather(*(work() for _ in range(workers)))
        return Measure(name, took, errors, time.monotonic() - began)

    async def _request(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        async with self.session.request(method, path, **options) as answer:
            return answer.status, await answer.json()


def _fitness_path(last_day: dt.date, days: int) -> str:
    return f"{_API}/fitness?from={last_day - dt.timedelta(days=days - 1)}&to={last_day}"


async def _measured(name: str, acts: list[Callable[[], Awaitable[bool]]]) -> Measure:
    took, errors = [], 0
    began = time.monotonic()
    for act in acts:
        started = time.monotonic()
        if await act():
            took.append(time.monotonic() - started)
        else:
            errors += 1
    return Measure(name, took, errors, time.monotonic() - began)
