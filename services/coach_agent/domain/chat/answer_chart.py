"""The chart that shows what an answer tells."""

from __future__ import annotations

import dataclasses
import datetime as dt

from services.coach_agent.domain.charts.request import ChartKind, ChartRequest
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intent import Intent, IntentKind, Span
from services.coach_agent.domain.facts import SourceKind
from services.coach_agent.domain.models import RUNNING

# Fewer days make a bar or two, which say no more than the sentence does.
FEWEST_DAYS = 14
# Nothing older is believed of a recording's date.
_FIRST_OF_ALL = dt.date(1990, 1, 1)


def charted(answer: Answer, intent: Intent) -> Answer:
    """The answer with a chart of the days it is about, where it has figures to draw and no chart of its own."""
    if answer.chart is not None:
        return answer
    return dataclasses.replace(answer, chart=_request(answer, intent))


def _request(answer: Answer, intent: Intent) -> ChartRequest | None:
    def tells(*beginnings: str) -> bool:
        return any(fact.label.startswith(beginnings) for fact in answer.facts)

    found: ChartRequest | None = None
    match intent.kind:
        case IntentKind.FITNESS if tells("fitness"):
            found = _of_days(ChartKind.FITNESS, intent.span)
        case IntentKind.TREND if tells("fitness", "easyPace"):
            found = _of_days(ChartKind.FITNESS, intent.span)
        case IntentKind.TREND if tells("weekly"):
            found = _of_days(ChartKind.WEEKLY_VOLUME, intent.span)
        case IntentKind.TOTALS | IntentKind.COMPARE_PERIODS if tells("distance") and intent.sport in {None, RUNNING}:
            found = _of_periods(intent)
        case IntentKind.PREDICTION | IntentKind.PACES if tells("predicted", "easyPace"):
            found = ChartRequest(ChartKind.PACE_DURATION)
        case IntentKind.RECORDS if tells("fastest"):
            found = _of_days(ChartKind.PACE_DURATION, intent.span, first_day=_FIRST_OF_ALL)
        case IntentKind.ZONE_TIME if tells("timeInZone"):
            found = _of_days(ChartKind.ZONE_SPLIT, intent.span)
        case IntentKind.PLAN if any(fact.source.kind is SourceKind.PLAN for fact in answer.facts):
            found = ChartRequest(ChartKind.WEEKLY_VOLUME)
    return found


def _of_days(kind: ChartKind, span: Span | None, *, first_day: dt.date | None = None) -> ChartRequest:
    if span is None:
        return ChartRequest(kind, first_day=first_day)
    return ChartRequest(kind, first_day=span.first, last_day=span.last)


def _of_periods(intent: Intent) -> ChartRequest | None:
    """The weeks of a period, or from the earlier of two to the end of the later."""
    spans = [span for span in (intent.span, intent.other_span) if span is not None]
    if not spans:
        return None
    whole = Span(min(span.first for span in spans), max(span.last for span in spans))
    return _of_days(ChartKind.WEEKLY_VOLUME, whole) if whole.days >= FEWEST_DAYS else None
