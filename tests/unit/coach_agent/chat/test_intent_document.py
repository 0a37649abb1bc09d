import datetime as dt
import uuid

import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind, Metric, Span
from services.coach_agent.domain.runs.session_kind import SessionType
from services.coach_agent.storage import intent_document

NOVEMBER = Span(dt.date(2026, 11, 1), dt.date(2026, 11, 20))
OCTOBER = Span(dt.date(2026, 10, 1), dt.date(2026, 10, 31))


@pytest.mark.parametrize(
    "intent",
    [
        Intent(IntentKind.UNKNOWN),
        Intent(IntentKind.COMPARE_PERIODS, None, span=NOVEMBER, other_span=OCTOBER, metric=Metric.ASCENT),
        Intent(IntentKind.ANALYSE_DAY, day=dt.date(2026, 11, 18), subject=uuid.uuid4(), units=Units.MILES),
        Intent(IntentKind.ANALYSE_LAST, session=SessionType.LONG),
        Intent(IntentKind.PLAN_END, asked=Asked.END),
        Intent(IntentKind.PLAN_MAKE, days_per_week=3, distance_m=10_000.0, target_s=2700.0, asked=Asked.REPLACE),
        Intent(IntentKind.EXTREME, span=NOVEMBER, topic="hardest"),
        Intent(IntentKind.WEATHER, day=dt.date(2026, 11, 18), hour=7, asked=Asked.PLACE),
    ],
)
def test_an_intent_comes_back_as_it_was_kept(intent):
    assert intent_document.parse(intent_document.render(intent)) == intent


@pytest.mark.parametrize("document", ["{}", "[]", "null", "nonsense", '{"kind": "of another version"}'])
def test_a_document_of_another_shape_is_no_thread(document):
    assert intent_document.parse(document) is None
