"""coach_agent with language models configured: scripted servers on loopback, spoken to by the real SDKs."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson

from services.coach_agent.app import create_app
from services.coach_agent.config import CoachAgentSettings
from shared.caller import Caller
from shared.clock import SystemClock
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import Neighbourhood, recording
from tests.support.language_models import ScriptedProvider, serving
from tests.support.service import Answer, House, a_runner, serve

GOOD = (
    "You covered {fact:distance} in {fact:duration}, at an average pace of {fact:pace}. "
    "Your heart rate averaged {fact:averageHeartRate}. "
    "Keep the next easy run below {fact:easyCeiling}."
)
FIRST = "You covered 8.10 km in 45:00, at an average pace of 5:33 /km."
QUESTION = "Analyze my last run"
YESTERDAY = SystemClock().now().date() - dt.timedelta(days=1)
BAD = "You ran 42 kilometres in record time."


class WordedCoach(CoachUnderTest):
    """``primary`` and ``secondary`` are the providers, in the order in which they are asked."""

    primary: ScriptedProvider
    secondary: ScriptedProvider

    async def events(self, caller: Caller, message: str, **options: Any) -> list[tuple[str, Any]]:
        headers = {"Accept": "text/event-stream"} | options.pop("headers", {})
        answer = await self.user(caller, "POST", "/api/v1/chat", json={"message": message}, headers=headers, **options)
        assert answer.headers["Content-Type"] == "text/event-stream", answer.body
        found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.body.decode())
        return [(name, orjson.loads(data)) for name, data in found]

    async def metric(self, name: str, **labels: str) -> float:
        page = (await self.served.call("GET", "/metrics")).body.decode()
        wanted = "".join(rf'(?=[^}}]*{label}="{value}")' for label, value in labels.items())
        return sum(float(value) for value in re.findall(rf"^{name}{{{wanted}[^}}]*}} (\S+)$", page, re.MULTILINE))


@asynccontextmanager
async def worded_coach(
    house: House, around: Neighbourhood, settings: CoachAgentSettings, *, gemini_key: bool = False, **changes: Any
) -> AsyncIterator[WordedCoach]:
    async with AsyncExitStack() as stack:
        primary = await stack.enter_async_context(serving(ScriptedProvider()))
        secondary = await stack.enter_async_context(serving(ScriptedProvider()))
        models = {"openai_model": "scripted", "openai_base_url": f"{primary.base_url}/v1"}
        if gemini_key:
            models |= {"gemini_model": "gem", "gemini_base_url": secondary.base_url}
        changed = settings.model_copy(update=models | changes)
        served = await stack.enter_async_context(serve(create_app, changed))
        coach = WordedCoach(served, house, around, changed)
        coach.primary, coach.secondary = primary, secondary
        yield coach


def reply_of(answer: Answer) -> tuple[str, str]:
    """Who answered, and the text."""
    assert answer.status == 200, answer.body
    return answer.json["answeredBy"], answer.json["reply"]["text"]


def a_runner_with_a_run(coach: WordedCoach, **fields: Any) -> Caller:
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, **fields))
    return ada


def soon() -> asyncio.Timeout:
    return asyncio.timeout(5)
