"""Conversations: one question back at most, and answers that do not depend on the words of the runner."""

import time

import pytest

from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind, Thread
from services.coach_agent.domain.chat.intents import read_intent
from tests.unit.coach_agent.chat.test_corpus import questions
from tests.unit.coach_agent.chat.world import TODAY

MOST_S = 0.002


def after(*messages: str) -> Intent:
    thread = Thread()
    for message in messages:
        intent = read_intent(message, TODAY, thread)
        thread = Thread(intent)
    return intent


@pytest.mark.parametrize("first", ["heart rate", "pace?", "compare", "weather for my run", "make me a plan"])
@pytest.mark.parametrize("second", ["no idea", "hm", "asdf", "yes", "you tell me", "whatever you think", "?"])
def test_nothing_is_asked_back_twice_in_a_row(first, second):
    assert after(first).asked is not None
    assert after(first, second).asked is None


def test_another_question_after_one_asked_back_is_answered_as_itself():
    assert after("weather for my run", "analyze my last run").kind is IntentKind.ANALYSE_LAST


def test_what_was_missing_is_filled_in():
    intent = after("weather for a run tomorrow at 7", "Porto")
    assert (intent.kind, intent.place, intent.hour, intent.asked) == (IntentKind.WEATHER, "porto", 7, None)


def test_to_be_asked_back_or_greeted_costs_no_question():
    assert Intent(IntentKind.WEATHER, asked=Asked.PLACE).is_free
    assert Intent(IntentKind.SMALL_TALK).is_free
    assert not Intent(IntentKind.TOTALS).is_free


def test_an_emergency_at_the_end_of_a_long_message_is_seen():
    assert read_intent("we ran up the hill " * 90 + "and then I fainted", TODAY).kind is IntentKind.RED_FLAG


def test_reading_takes_a_moment():
    asked = [question["ask"] for question in questions()] * 2
    for message in asked:
        read_intent(message, TODAY)
    begun = time.process_time()
    for message in asked:
        read_intent(message, TODAY)
    assert (time.process_time() - begun) / len(asked) < MOST_S
