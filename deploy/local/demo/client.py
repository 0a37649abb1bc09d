"""The public API as a phone would call it: JSON in, JSON out, errors from the envelope."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

from deploy.local.failure import CannotRun

_TRIES = 5
_LONGEST_WAIT_S = 30.0
_BUSY = frozenset({429, 503})


class Refused(Exception):
    """The API's envelope: ``code`` for the program, ``str()`` for the person."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.status = status
        self.code = code


class Api:
    """Calls below ``/api/v1``. Waits and tries again where the API asks for it (429 and 503 with Retry-After)."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._headers: dict[str, str] = {}

    def use(self, access_token: str) -> None:
        self._headers = {"Authorization": f"Bearer {access_token}"}

    async def expect_alive(self) -> None:
        """Raises ``CannotRun`` unless something that may be Pace42 answers at the address."""
        try:
            async with self._http.get(f"{self._url}/health") as response:
                alive = response.status == 200
        except (aiohttp.ClientError, TimeoutError, ValueError) as silent:
            raise self._silent() from silent
        if not alive:
            raise self._silent()

    async def get(self, path: str) -> Any:
        return await self._call("GET", path, lambda: None)

    async def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        return await self._call(method, path, lambda: aiohttp.JsonPayload(body))

    async def upload(self, path: str, *, file_name: str, content: bytes) -> Any:
        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("file", content, filename=file_name, content_type="application/zip")
            return data

        return await self._call("POST", path, form)

    async def _call(self, method: str, path: str, payload: Callable[[], object]) -> Any:
        """The answer's JSON, None where it has none. Raises ``Refused``, or ``CannotRun`` where nobody answers.

        ``payload`` makes the body afresh for each try, since sending one uses it up.
        """
        for left in reversed(range(_TRIES)):
            try:
                status, retry_after, answer = await self._once(method, path, payload())
            except (aiohttp.ClientError, TimeoutError, ValueError) as silent:
                raise self._silent() from silent
            if status < 400:
                return answer
            if status not in _BUSY or not left:
                raise _refusal(status, answer)
            await asyncio.sleep(_wait_s(retry_after))
        raise AssertionError("the last try returns or raises")

    def _silent(self) -> CannotRun:
        return CannotRun(f"{self._url} does not answer as Pace42 would: is it running there?")

    async def _once(self, method: str, path: str, payload: object) -> tuple[int, str | None, Any]:
        url = f"{self._url}/api/v1{path}"
        async with self._http.request(method, url, data=payload, headers=self._headers) as response:
            answer = await response.json() if response.content_type == "application/json" else None
            return response.status, response.headers.get("Retry-After"), answer


def _refusal(status: int, answer: Any) -> Refused:
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return Refused(status, f"HTTP {status}", "The answer came from something else than Pace42.")
    return Refused(status, str(error.get("code")), str(error.get("message")))


def _wait_s(retry_after: str | None) -> float:
    asked = float(retry_after) if retry_after and retry_after.isdigit() else 1.0
    return min(max(asked, 0.2), _LONGEST_WAIT_S)
