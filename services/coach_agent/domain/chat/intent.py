"""What a question asks for, and what a conversation was last about."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.models import RUNNING
from services.coach_agent.domain.runs.session_kind import SessionType


class IntentKind(enum.StrEnum):
    RED_FLAG = "redFlag"
    ANALYSE_LAST = "analyseLast"
    ANALYSE_DAY = "analyseDay"
    ANALYSE_EARLIER = "analyseEarlier"
    COMPARE = "compare"
    COMPARE_PERIODS = "comparePeriods"
    TOTALS = "totals"
    COUNT = "count"
    EXTREME = "extreme"
    TREND = "trend"
    FITNESS = "fitness"
    READINESS = "readiness"
    PREDICTION = "prediction"
    RECORDS = "records"
    ZONES = "zones"
    ZONE_TIME = "zoneTime"
    PACES = "paces"
    NEXT_RUN = "nextRun"
    LONG_RUN = "longRun"
    MEMORY = "memory"
    PLAN = "plan"
    PLAN_MOVE = "planMove"
    PLAN_MAKE = "planMake"
    PROJECTION = "projection"
    PLAN_CHANGE = "planChange"
    PLAN_SKIP = "planSkip"
    PLAN_END = "planEnd"
    WEATHER = "weather"
    HEALTH = "health"
    NOTE = "note"
    EXPLAIN = "explain"
    WHY = "why"
    SMALL_TALK = "smallTalk"
    OUT_OF_SCOPE = "outOfScope"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"


_FREE = frozenset({IntentKind.UNKNOWN, IntentKind.OUT_OF_SCOPE, IntentKind.SMALL_TALK, IntentKind.CLARIFY})


class Metric(enum.StrEnum):
    """What a trend or a comparison of periods is asked about."""

    ALL = "all"
    PACE = "pace"
    HEART_RATE = "heartRate"
    EFFICIENCY = "efficiency"
    DISTANCE = "distance"
    DURATION = "duration"
    RUNS = "runs"
    ASCENT = "ascent"
    LOAD = "load"
    FITNESS = "fitness"


class Asked(enum.StrEnum):
    """What the coach asked back for."""

    PLACE = "place"
    GOAL = "goal"
    TOPIC = "topic"
    PERIOD = "period"
    REPLACE = "replace"
    END = "end"


@dataclass(frozen=True, slots=True)
class Span:
    """Local days, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Intent:
    """One question, read.

    ``sport`` is None when any activity will do; days are local dates of the runner. ``topic`` is the term to explain,
    the part that hurts, the kind of small talk, the words that were ambiguous, or what a yes or a no is wanted to.
    ``units`` is set when the question asks for others than the profile's. ``subject`` is the activity the
    conversation is about. ``asked`` is what was asked back; an answer that follows it never asks again.
    ``confirmed`` says yes to what was offered: a plan in the place of the active one, its end, a note. ``said`` are the
    runner's own words about an ailment. ``session`` is the kind that the runs asked about are of, None for any.
    """

    kind: IntentKind
    sport: str | None = RUNNING
    day: dt.date | None = None
    other_day: dt.date | None = None
    span: Span | None = None
    other_span: Span | None = None
    metric: Metric = Metric.ALL
    topic: str | None = None
    distance_m: float | None = None
    target_s: float | None = None
    zone: int | None = None
    place: str | None = None
    hour: int | None = None
    units: Units | None = None
    subject: uuid.UUID | None = None
    days_per_week: int | None = None
    session: SessionType | None = None
    said: str | None = None
    confirmed: bool = False
    asked: Asked | None = None

    @property
    def is_free(self) -> bool:
        """To be told what the coach cannot do, to be asked back or greeted is no answer, and costs no question."""
        return self.asked is not None or self.kind in _FREE


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a conversation stands: the last answer's intent, and the activity it was about."""

    intent: Intent | None = None
    subject: uuid.UUID | None = None
