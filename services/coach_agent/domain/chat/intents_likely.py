"""A question read by its likeness to known phrasings, with what it names filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from services.coach_agent.domain.chat.follow_ups import asked_behind
from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind
from services.coach_agent.domain.chat.intents_plan import with_goal
from services.coach_agent.domain.chat.intents_talk import named_term
from services.coach_agent.domain.chat.intents_time import metric_of
from services.coach_agent.domain.chat.intents_weather import named_hour, named_place
from services.coach_agent.domain.chat.likeness import likely_kind
from services.coach_agent.domain.chat.measures import named_distance, named_time, named_zone
from services.coach_agent.domain.chat.periods import before
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.chat.yes_or_no import wanted
from services.coach_agent.domain.models import RUNNING


def likely(q: Question) -> Intent | None:
    kind = likely_kind(q)
    if kind is IntentKind.WHY:
        return asked_behind(q)
    return None if kind is None else _FILLED.get(kind, _plain)(q, kind)


def _plain(_: Question, kind: IntentKind) -> Intent:
    return Intent(kind, topic={IntentKind.HEALTH: "injury", IntentKind.OUT_OF_SCOPE: "world"}.get(kind))


def _run(q: Question, _: IntentKind) -> Intent:
    day = q.day
    sport = q.sport or RUNNING
    if day is None and q.coming_day is not None:
        return Intent(IntentKind.NEXT_RUN, day=q.coming_day)
    return Intent(IntentKind.ANALYSE_LAST, sport) if day is None else Intent(IntentKind.ANALYSE_DAY, sport, day=day)


def _runs(q: Question, kind: IntentKind) -> Intent:
    days = sorted(set(q.days), reverse=True)
    return Intent(kind, q.sport or RUNNING, day=days[0] if days else None, other_day=days[1] if len(days) > 1 else None)


def _periods(q: Question, kind: IntentKind) -> Intent | None:
    spans = q.spans
    if not spans:
        return None
    later, earlier = max(spans[:2], key=lambda span: span.first), min(spans[:2], key=lambda span: span.first)
    if len(spans) == 1:
        earlier = before(later)
    return Intent(kind, q.sport or RUNNING, span=later, other_span=earlier, metric=metric_of(q))


def _span(q: Question, kind: IntentKind) -> Intent:
    topic = "split" if kind is IntentKind.ZONE_TIME and named_zone(q.text) is None else None
    return Intent(kind, q.sport or RUNNING, span=q.span, metric=metric_of(q), zone=named_zone(q.text), topic=topic)


def _distance(q: Question, kind: IntentKind) -> Intent:
    distance_m = named_distance(q.text)
    target_s = named_time(q.text, distance_m) if kind is IntentKind.PREDICTION else None
    return Intent(kind, span=q.span if kind is IntentKind.RECORDS else None, distance_m=distance_m, target_s=target_s)


def _zones(q: Question, kind: IntentKind) -> Intent:
    zone = named_zone(q.text)
    return Intent(kind, zone=zone, topic="easy" if zone is None and q.has("easy") else None)


def _coming(q: Question, kind: IntentKind) -> Intent:
    day = q.coming_day
    if kind is IntentKind.NEXT_RUN:
        return Intent(kind, day=day or q.today + dt.timedelta(1), topic=wanted(q))
    return Intent(kind, day=day, span=q.coming_span)


def _moved(q: Question, kind: IntentKind) -> Intent | None:
    days = q.coming_days
    return Intent(kind, day=days[0], other_day=days[1] if len(days) > 1 else None) if days else None


def _goal(q: Question, kind: IntentKind) -> Intent:
    return with_goal(q, Intent(kind))


def _sky(q: Question, kind: IntentKind) -> Intent:
    place = named_place(q)
    return Intent(kind, day=q.coming_day, hour=named_hour(q), place=place, asked=None if place else Asked.PLACE)


def _term(q: Question, kind: IntentKind) -> Intent | None:
    term = named_term(q)
    return None if term is None else Intent(kind, topic=term)


_FILLED: dict[IntentKind, Callable[[Question, IntentKind], Intent | None]] = {
    IntentKind.ANALYSE_LAST: _run,
    IntentKind.COMPARE: _runs,
    IntentKind.COMPARE_PERIODS: _periods,
    IntentKind.TOTALS: _span,
    IntentKind.TREND: _span,
    IntentKind.FITNESS: _span,
    IntentKind.ZONE_TIME: _span,
    IntentKind.PREDICTION: _distance,
    IntentKind.RECORDS: _distance,
    IntentKind.ZONES: _zones,
    IntentKind.NEXT_RUN: _coming,
    IntentKind.PLAN: _coming,
    IntentKind.PLAN_MOVE: _moved,
    IntentKind.PLAN_MAKE: _goal,
    IntentKind.WEATHER: _sky,
    IntentKind.EXPLAIN: _term,
}
