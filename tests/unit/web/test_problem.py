"""When a new try makes sense is said in words, on the runner's clock."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.web.problem import Problem
from shared.errors import RateLimited, ValidationFailed

NOW = dt.datetime(2026, 11, 20, 20, 30, tzinfo=dt.UTC)


def again(retry_after_s: float | None, zone: str = "Europe/Berlin") -> str:
    return Problem.of(RateLimited("Too fast.", retry_after_s=retry_after_s), "id", NOW, zone).again


@pytest.mark.parametrize(
    ("retry_after_s", "words"),
    [
        (None, ""),
        (0.2, "You can try again in 1 second."),
        (40, "You can try again in 40 seconds."),
        (1800, "You can try again at 22:00."),
        (2.5 * 3600 - 0.4, "You can try again after midnight."),
        (4 * 3600, "You can try again at 01:30 tomorrow."),
        (50 * 3600, "You can try again at 23:30 on 22 November."),
    ],
)
def test_waiting_is_said_in_words(retry_after_s, words):
    assert again(retry_after_s) == words


def test_the_clock_is_the_runners():
    assert again(1800, "Asia/Tokyo") == "You can try again at 06:00."
    assert again(1800, "Nowhere/Unknown") == "You can try again at 21:00."


def test_a_refused_field_is_known_by_name():
    error = ValidationFailed("No.", details=[{"field": "password", "issue": "must be longer"}, {"plan": "pro"}])
    assert dict(Problem.of(error, "id", NOW, "UTC").fields) == {"password": "must be longer"}
