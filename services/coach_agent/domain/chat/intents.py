"""What a question asks for, by rules: families of intents in one order, many wordings, modest typos."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

from services.coach_agent.domain.chat import follow_ups
from services.coach_agent.domain.chat import intents_body as body
from services.coach_agent.domain.chat import intents_counting as counting
from services.coach_agent.domain.chat import intents_plan as plan
from services.coach_agent.domain.chat import intents_plan_change as change
from services.coach_agent.domain.chat import intents_runs as runs
from services.coach_agent.domain.chat import intents_talk as talk
from services.coach_agent.domain.chat import intents_time as time
from services.coach_agent.domain.chat import intents_weather as sky
from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind, Thread
from services.coach_agent.domain.chat.intents_likely import likely
from services.coach_agent.domain.chat.measures import named_units
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.chat.red_flags import is_red_flag
from services.coach_agent.domain.chat.words import mended, plain

LONGEST_READ = 400  # characters: what a question asks for stands in its first sentences

# The first that recognises the question decides: what must not be missed first, then the narrow before the wide.
RULES: tuple[Callable[[Question], Intent | None], ...] = (
    follow_ups.carried_on,
    change.plan_ended,
    talk.out_of_scope,
    talk.memory,
    talk.health,
    change.plan_altered,
    change.plan_skipped,
    plan.plan_made,
    plan.plan_moved,
    sky.weather,
    plan.projected,
    runs.long_run,
    runs.asked_briefly,
    talk.explained,
    plan.planned,
    body.paces,
    time.zone_time,
    body.zones,
    counting.counted,
    counting.extreme,
    body.records,
    body.predictions,
    time.compared_periods,
    runs.compared_runs,
    body.readiness,
    body.fitness,
    time.trend,
    runs.next_run,
    time.totals,
    follow_ups.asks_the_same,
    runs.compared_somehow,
    runs.analysed,
    follow_ups.answered_back,
    follow_ups.merged,
    time.bare_period,
    talk.small_talk,
    talk.too_little,
    likely,
)


def read_intent(message: str, today: dt.date, thread: Thread | None = None) -> Intent:
    """The intent of a question, in the light of what the conversation was last about."""
    question = Question.of(message[:LONGEST_READ], today, thread or Thread())
    whole = plain(message)
    if is_red_flag(whole, mended(whole)):
        return Intent(IntentKind.RED_FLAG)
    found = _read(question)
    last = question.thread.intent
    if last is not None and last.asked is Asked.TOPIC and (found is None or found.asked is not None):
        found = _on_topic(question, last)
    if found is None:
        return Intent(IntentKind.UNKNOWN)
    return found if found.units is not None else dataclasses.replace(found, units=named_units(question.text))


def _read(question: Question) -> Intent | None:
    return next((intent for rule in RULES if (intent := rule(question)) is not None), None)


def _on_topic(question: Question, last: Intent) -> Intent:
    """What was asked back for and still is not clear reads as the usual meaning of its topic."""
    again = Question.of(f"{last.topic} {question.raw}", question.today, Thread())
    found = _read(again)
    return found if found is not None and found.asked is None else Intent(IntentKind.ANALYSE_LAST)
