"""Which chart goes with an answer, by what it is about and the figures it holds."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest

from services.coach_agent.domain.charts.request import ChartKind, ChartRequest
from services.coach_agent.domain.chat.answer_chart import charted
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intent import Intent, IntentKind, Span
from services.coach_agent.domain.facts import Fact, Passage, Source, SourceKind

OCTOBER = Span(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
SEPTEMBER = Span(dt.date(2026, 9, 1), dt.date(2026, 9, 30))


def an_answer(*labels: str, kind: SourceKind = SourceKind.FITNESS) -> Answer:
    facts = tuple(Fact(label, 1.0, "m", "1", Source(kind, "x")) for label in labels)
    return Answer(Passage(("Said.",)), Passage(), facts)


def days(kind: ChartKind, first: dt.date | None = None, last: dt.date | None = None) -> ChartRequest:
    return ChartRequest(kind, first_day=first, last_day=last)


@pytest.mark.parametrize(
    ("intent", "label", "request_"),
    [
        (Intent(IntentKind.FITNESS), "fitness", days(ChartKind.FITNESS)),
        (Intent(IntentKind.FITNESS, span=OCTOBER), "fitness", days(ChartKind.FITNESS, OCTOBER.first, OCTOBER.last)),
        (Intent(IntentKind.TREND), "easyPace", days(ChartKind.FITNESS)),
        (Intent(IntentKind.TREND), "weeklyRuns", days(ChartKind.WEEKLY_VOLUME)),
        (
            Intent(IntentKind.TOTALS, span=OCTOBER), "distance",
            days(ChartKind.WEEKLY_VOLUME, OCTOBER.first, OCTOBER.last),
        ),
        (
            Intent(IntentKind.COMPARE_PERIODS, span=OCTOBER, other_span=SEPTEMBER), "distance",
            days(ChartKind.WEEKLY_VOLUME, SEPTEMBER.first, OCTOBER.last),
        ),
        (Intent(IntentKind.PREDICTION), "predicted10Km", days(ChartKind.PACE_DURATION)),
        (Intent(IntentKind.PACES), "easyPaceFast", days(ChartKind.PACE_DURATION)),
        (Intent(IntentKind.RECORDS), "fastest5Km", days(ChartKind.PACE_DURATION, dt.date(1990, 1, 1))),
        (Intent(IntentKind.ZONE_TIME), "timeInZone1", days(ChartKind.ZONE_SPLIT)),
    ],
)  # fmt: skip
def test_each_kind_of_answer_with_figures_has_its_chart(intent, label, request_):
    assert charted(an_answer(label), intent).chart == request_
    assert charted(an_answer("else"), intent).chart is None


def test_an_answer_about_a_plan_shows_its_weeks():
    intent = Intent(IntentKind.PLAN)
    assert charted(an_answer("x", kind=SourceKind.PLAN), intent).chart == days(ChartKind.WEEKLY_VOLUME)
    assert charted(an_answer("x"), intent).chart is None


def test_a_chart_of_its_own_stays():
    own = ChartRequest(ChartKind.RUN, (uuid.uuid4(),))
    answer = dataclasses.replace(an_answer("fitness"), chart=own)
    assert charted(answer, Intent(IntentKind.FITNESS)).chart is own


def test_a_week_and_a_ride_have_no_chart_of_weeks():
    week = Span(dt.date(2026, 10, 5), dt.date(2026, 10, 11))
    assert charted(an_answer("distance"), Intent(IntentKind.TOTALS, span=week)).chart is None
    assert charted(an_answer("distance"), Intent(IntentKind.TOTALS, sport="cycling", span=OCTOBER)).chart is None
