"""The daily count across hours and midnights, on a real database, by a clock that the test drives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.subscription.domain.errors import QueryLimit
from services.subscription.domain.questions import Questions
from shared.ids import uuid7
from tests.service.subscription.conftest import FREE_QUESTIONS, SetClock

RUNNER = uuid7()


async def use_up(questions: Questions, zone: str) -> None:
    for _ in range(FREE_QUESTIONS):
        question_id = uuid7()
        await questions.reserve(RUNNER, question_id, zone)
        await questions.settle(RUNNER, question_id, "answered")
    with pytest.raises(QueryLimit):
        await questions.reserve(RUNNER, uuid7(), zone)


@pytest.mark.parametrize(
    ("zone", "first_instant", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("Asia/Kathmandu", datetime(2026, 11, 19, 18, 15, tzinfo=UTC), 24),
    ],
)
async def test_a_day_of_the_runner_is_as_long_as_their_clock_makes_it(
    questions: Questions, clock: SetClock, zone, first_instant, hours
):
    clock.time = first_instant
    await use_up(questions, zone)
    clock.pass_by(hours=hours, seconds=-1)
    with pytest.raises(QueryLimit) as refused:
        await questions.reserve(RUNNER, uuid7(), zone)
    assert refused.value.retry_after_s == 1
    clock.pass_by(seconds=1)
    assert (await questions.reserve(RUNNER, uuid7(), zone)).remaining == FREE_QUESTIONS - 1


async def test_a_runner_who_changes_their_zone_has_no_more_questions_on_the_same_date(questions, clock: SetClock):
    await use_up(questions, "Europe/Berlin")
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):  # 20 November in all of them
        with pytest.raises(QueryLimit):
            await questions.reserve(RUNNER, uuid7(), zone)


async def test_an_unsettled_question_lapses_and_a_late_answer_still_counts(questions, clock: SetClock):
    question_id = uuid7()
    await questions.reserve(RUNNER, question_id, "UTC")
    clock.pass_by(minutes=5)
    assert (await questions.today(RUNNER, "UTC"))[1].used == 1
    clock.pass_by(seconds=1)
    assert (await questions.today(RUNNER, "UTC"))[1].used == 0
    await questions.settle(RUNNER, question_id, "answered")
    assert (await questions.today(RUNNER, "UTC"))[1].used == 1


async def test_a_lapsed_question_sent_again_needs_a_place_again(questions, clock: SetClock):
    question_id = uuid7()
    await questions.reserve(RUNNER, question_id, "UTC")
    clock.pass_by(minutes=6)
    await use_up(questions, "UTC")
    with pytest.raises(QueryLimit):
        await questions.reserve(RUNNER, question_id, "UTC")


async def test_late_answers_never_make_what_is_left_negative(questions, clock: SetClock):
    question_id = uuid7()
    await questions.reserve(RUNNER, question_id, "UTC")
    clock.pass_by(minutes=6)
    await use_up(questions, "UTC")
    await questions.settle(RUNNER, question_id, "answered")
    quota = (await questions.today(RUNNER, "UTC"))[1]
    assert (quota.used, quota.remaining) == (FREE_QUESTIONS + 1, 0)


async def test_questions_are_forgotten_after_a_week(questions, clock: SetClock):
    old = uuid7()
    await questions.reserve(RUNNER, old, "UTC")
    clock.pass_by(days=7)
    await questions.reserve(RUNNER, uuid7(), "UTC")
    assert await questions.store.settle(RUNNER, old, "failed")
    clock.pass_by(days=1)
    await questions.reserve(RUNNER, uuid7(), "UTC")
    assert not await questions.store.settle(RUNNER, old, "failed")
