"""Whatever a provider of language models does, there is an answer in time, and nobody asks it more than is right."""

from __future__ import annotations

import aiohttp
import pytest

from tests.service.coach_agent.wording.worded import (
    FIRST,
    GOOD,
    QUESTION,
    WordedCoach,
    a_runner_with_a_run,
    reply_of,
    soon,
    worded_coach,
)
from tests.support.language_models import answers_status, garbage, hangs, hangs_after, redirects, says


@pytest.fixture
async def hasty(house, around, settings, keys):
    """One that waits for two seconds in all."""
    async with worded_coach(house, around, settings, gemini_key=True, model_first_sentence_s=2.0) as built:
        yield built


FAILING = {
    "hangs": hangs,
    "says nothing": says(""),
    "drips": says(GOOD, piece=1, pause_s=0.2),
    "breaks off": says(GOOD[:30], cut=True),
    "429": answers_status(429),
    "500": answers_status(500),
    "401": answers_status(401),
    "bytes": garbage(b"\x00\xff\xfe" * 1000),
    "half an event": garbage(b'data: {"choices": [{"delta": {"content": '),
    "a page": garbage(b"<html>Sign in</html>", "text/html"),
    "a redirect": redirects("http://127.0.0.1:9/"),
    "a list": garbage(b"[]", "application/json"),
}


@pytest.mark.parametrize("act", FAILING.values(), ids=FAILING.keys())
async def test_a_provider_that_fails_hands_on_to_the_next(hasty: WordedCoach, act):
    ada = a_runner_with_a_run(hasty)
    hasty.primary.acts(act)
    hasty.secondary.acts(says(GOOD))
    by, text = reply_of(await hasty.ask(ada, QUESTION))
    assert (by, text.startswith(FIRST)) == ("model:gem", True)
    assert len(hasty.primary.seen) == 1


@pytest.mark.parametrize("act", FAILING.values(), ids=FAILING.keys())
async def test_where_both_fail_the_rules_answer(hasty: WordedCoach, act):
    ada = a_runner_with_a_run(hasty)
    hasty.primary.acts(act)
    hasty.secondary.acts(act)
    by, text = reply_of(await hasty.ask(ada, QUESTION))
    assert (by, text.startswith("Session diagnosis: ")) == ("coach-rules", True)
    assert (len(hasty.primary.seen), len(hasty.secondary.seen)) == (1, 1)


async def test_a_provider_that_goes_silent_after_its_first_sentence_is_ended_by_the_cap(house, around, settings):
    async with worded_coach(house, around, settings, model_stream_s=0.3) as coach:
        ada = a_runner_with_a_run(coach)
        coach.primary.acts(hangs_after(GOOD))
        by, text = reply_of(await coach.ask(ada, QUESTION))
        assert by == "model:scripted"
        assert text.startswith(f"{FIRST} Your heart rate averaged 140 bpm.\n\nSession diagnosis: ")


async def test_a_provider_that_fails_is_left_alone_after_ten_calls(house, around, settings):
    async with worded_coach(house, around, settings) as coach:
        coach.subscription.limit = 100
        ada = a_runner_with_a_run(coach)
        coach.primary.acts(answers_status(500))
        for _ in range(15):
            assert reply_of(await coach.ask(ada, QUESTION))[0] == "coach-rules"
        assert len(coach.primary.seen) == 10
        assert await coach.metric("breaker_open", breaker="openai") == 1


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "a-key"}], ids=["plain", "with a key"])
async def test_a_client_that_goes_away_ends_the_providers_call(house, around, settings, headers):
    async with worded_coach(house, around, settings, model_first_sentence_s=20.0) as coach:
        ada = a_runner_with_a_run(coach)
        coach.primary.acts(hangs)
        with pytest.raises(TimeoutError):
            await coach.user(
                ada, "POST", "/api/v1/chat", json={"message": QUESTION}, headers=headers,
                timeout=aiohttp.ClientTimeout(total=1.0),
            )  # fmt: skip
        assert coach.primary.arrived.is_set()
        async with soon():
            await coach.primary.cancelled.wait()
