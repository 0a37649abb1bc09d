"""The word that a question for a yes or a no is answered with, by the decision about the day."""

from __future__ import annotations

import pytest

from services.coach_agent.domain.chat.intents import read_intent
from services.coach_agent.domain.chat.yes_or_no import word_for
from services.coach_agent.domain.insights.next_run import Rule as FromRuns
from services.coach_agent.domain.insights.next_run import Session
from services.coach_agent.domain.insights.rules import Decision, Rule
from services.coach_agent.domain.plans.models import WorkoutKind
from services.coach_agent.domain.runs.session_kind import SessionType
from tests.unit.coach_agent.chat.world import TODAY


def decided(advice: WorkoutKind, *rules: Rule) -> Decision:
    return Decision(advice, None if advice is WorkoutKind.REST else 2700.0, rules or (Rule.PLANNED,))


@pytest.mark.parametrize(
    ("about", "decision", "word"),
    [
        ("run", decided(WorkoutKind.EASY), "Yes."),
        ("run", decided(WorkoutKind.REST), "Better not."),
        ("run", decided(WorkoutKind.REST, Rule.ILLNESS), "No."),
        ("hard", decided(WorkoutKind.INTERVALS), "Yes."),
        ("hard", decided(WorkoutKind.EASY, Rule.READINESS_RED, Rule.PLANNED), "Better not."),
        ("hard", decided(WorkoutKind.EASY, Rule.INJURY, Rule.PLANNED), "No."),
        ("long", decided(WorkoutKind.LONG), "Yes."),
        ("long", decided(WorkoutKind.EASY), "Better not."),
        ("gentle", decided(WorkoutKind.RECOVERY), "Yes."),
        ("gentle", decided(WorkoutKind.TEMPO), "No need to."),
        ("rest", decided(WorkoutKind.REST), "Yes."),
        ("rest", decided(WorkoutKind.EASY), "No, you need not."),
    ],
)
def test_the_word_follows_the_decision(about: str, decision: Decision, word: str):
    assert word_for(about, decision, None) == word


def test_what_is_done_is_not_asked_for_again():
    assert word_for("run", decided(WorkoutKind.REST, Rule.DONE), None).startswith("Better not: ")
    assert word_for("rest", decided(WorkoutKind.REST, Rule.DONE), None) == "Yes."


def test_a_day_off_that_the_last_runs_allow_is_allowed():
    suggestion = Session(SessionType.RECOVERY, 1800.0, FromRuns.DAYS_IN_A_ROW, rest=True)
    said = word_for("rest", decided(WorkoutKind.RECOVERY, Rule.SUGGESTED), suggestion)
    assert said == "Yes, or keep it short and very easy."


@pytest.mark.parametrize(
    "question", ["what should I run tomorrow?", "run or rest today?", "how far should I run tomorrow", "next session?"]
)
def test_an_open_question_wants_no_yes(question: str):
    assert read_intent(question, TODAY).topic is None
