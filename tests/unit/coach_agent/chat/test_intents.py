import datetime as dt
import uuid

import pytest

from services.coach_agent.domain.chat.examples import EXAMPLES
from services.coach_agent.domain.chat.intent import Intent, IntentKind, Thread
from services.coach_agent.domain.chat.intents import read_intent
from tests.unit.coach_agent.chat.naming import named_day

TODAY = dt.date(2026, 11, 20)  # a Friday
YESTERDAY = dt.date(2026, 11, 19)


@pytest.mark.parametrize(
    "message",
    [
        "Analyze my last run",
        "analyse my latest run please",
        "Can you analyze my last run?",
        "anaylze my last run",
        "Analize my lastt runn",
        "ANALYZE MY LAST RUN!!!",
        "How was my last run?",
        "how did my last run go",
        "Tell me about my most recent run",
        "review my last workout",
        "last run",
        "give me feedback on my latest session",
        "What do you think of my last run?",
        "show me an analysis of my previous run",
        "how was my run?",
    ],
)
def test_many_ways_to_ask_for_the_last_run(message):
    assert read_intent(message, TODAY) == Intent(IntentKind.ANALYSE_LAST)


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("How was my run yesterday?", YESTERDAY),
        ("how was yesterday's run", YESTERDAY),
        ("How did my run go on Monday?", dt.date(2026, 11, 16)),
        ("how was my run on 2026-11-18", dt.date(2026, 11, 18)),
        ("Analyze the run of 18 November", dt.date(2026, 11, 18)),
        ("how was my run on november 3rd, 2025?", dt.date(2025, 11, 3)),
        ("analyse my run from 3 days ago", dt.date(2026, 11, 17)),
        ("How was today's run?", TODAY),
        ("how was my run this morning", TODAY),
        ("How was my long run on Friday", TODAY),
        ("How did I do yesterday?", YESTERDAY),
    ],
)
def test_a_named_day_is_understood(message, day):
    assert read_intent(message, TODAY) == Intent(IntentKind.ANALYSE_DAY, "running", day)


@pytest.mark.parametrize(
    "message", ["compare my last two runs", "Compare my last run with the one before", "how do my last 2 runs compare"]
)
def test_comparisons(message):
    assert read_intent(message, TODAY).kind is IntentKind.COMPARE


@pytest.mark.parametrize(
    "message",
    [
        "What should I run tomorrow?",
        "what should i do tomorrow",
        "suggest my next run",
        "What's my next run?",
        "plan a workout for tomorrow",
        "how far should I run tomorow?",
    ],
)
def test_advice_for_tomorrow(message):
    assert read_intent(message, TODAY) == Intent(IntentKind.NEXT_RUN, "running", dt.date(2026, 11, 21))


def test_advice_for_today():
    assert read_intent("What should I run today?", TODAY).day == TODAY


@pytest.mark.parametrize(
    "message",
    [
        "I had chest pain on my last run",
        "my chest felt tight during the run, analyze my last run",
        "I fainted after yesterday's run",
        "I passed out at the finish",
        "I can't breathe when I run",
    ],
)
def test_red_flags_come_first(message):
    assert read_intent(message, TODAY).kind is IntentKind.RED_FLAG


@pytest.mark.parametrize("message", ["", "asdf qwer", "{distance}", "\u202e\u0000", "\U0001f3c3"])
def test_what_means_nothing_is_never_an_error(message):
    assert read_intent(message, TODAY).kind in {IntentKind.UNKNOWN, IntentKind.CLARIFY}


def test_the_one_before_needs_a_run_to_be_before_of():
    assert read_intent("and the one before?", TODAY, Thread(subject=uuid.uuid4())).kind is IntentKind.ANALYSE_EARLIER
    assert read_intent("and the one before?", TODAY).kind is IntentKind.CLARIFY


def test_another_sport_is_asked_for_by_name():
    assert read_intent("Analyze my last ride", TODAY) == Intent(IntentKind.ANALYSE_LAST, "cycling")


def test_the_examples_we_offer_are_understood():
    kinds = [read_intent(example, TODAY).kind for example in EXAMPLES]
    assert kinds == [IntentKind.ANALYSE_LAST, IntentKind.ANALYSE_DAY, IntentKind.COMPARE, IntentKind.NEXT_RUN]


@pytest.mark.parametrize("text", ["2026-02-30", "31 february", "99.99.2026", "nothing here"])
def test_a_day_that_does_not_exist_is_none(text):
    assert named_day(text, TODAY) is None


def test_a_day_without_a_year_is_the_latest_one_past():
    assert named_day("24 december", TODAY) == dt.date(2025, 12, 24)
    assert named_day("18.11.", TODAY) == dt.date(2026, 11, 18)
