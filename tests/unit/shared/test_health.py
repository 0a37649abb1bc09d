from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp.test_utils import make_mocked_request

from shared.http.health import Health


async def up() -> None: ...


async def down() -> None:
    raise OSError("planted host name")


async def ready(health: Health) -> tuple[int, dict]:
    answer = await health.ready(make_mocked_request("GET", "/health/ready"))
    assert isinstance(answer.body, bytes)
    assert b"planted" not in answer.body
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(
    ("required", "helpful", "status", "word"),
    [
        (up, up, 200, "ok"),
        (down, up, 503, "unavailable"),
        (up, down, 200, "degraded"),
        (down, down, 503, "unavailable"),
    ],
)
async def test_readiness_follows_what_is_required(required, helpful, status: int, word: str):
    code, report = await ready(Health(required={"postgres": required}, helpful={"redis": helpful}))
    assert (code, report["status"]) == (status, word)
    states = {item["name"]: item["state"] for item in report["dependencies"]}
    assert states == {"postgres": "down" if required is down else "up", "redis": "down" if helpful is down else "up"}
    assert all(item["latencyMs"] >= 0 for item in report["dependencies"])


async def test_a_draining_process_is_not_ready_and_still_lives():
    health = Health(required={"postgres": up})
    health.draining = True
    code, report = await ready(health)
    assert (code, report["status"]) == (503, "draining")
    assert (await health.live(make_mocked_request("GET", "/health"))).status == 200


async def test_a_hung_dependency_is_down(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.http.health._CHECK_TIMEOUT_S", 0.05)

    async def hang() -> None:
        await asyncio.Event().wait()

    assert (await ready(Health(required={"postgres": hang})))[0] == 503
