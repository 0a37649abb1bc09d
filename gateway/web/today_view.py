"""What should I do today, and am I fine? The advice with its reasons, readiness, the week so far, and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from gateway.web import measures as say
from gateway.web.measures import Figure, Measures
from gateway.web.moments import Moments
from gateway.web.numbers import Fact, Mark, given_marks, underlined

Item = Mapping[str, Any]

_LIGHTS = {
    "green": "Ready",
    "amber": "Take care",
    "red": "Recover",
    "unknown": "Not known yet",
}
_SIGNALS = {
    "hrv": "Heart rate variability",
    "restingHeartRate": "Resting heart rate",
    "sleep": "Sleep",
    "load": "Load of three days",
}
NOTE_KINDS = {
    "injury": "Injury",
    "illness": "Illness",
    "travel": "Journey",
    "race": "Race",
    "note": "Something else",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """``headline`` is what to do, ``reasons`` are why; numbers in them are underlined."""

    insight_id: str
    headline: Markup
    reasons: tuple[Markup, ...]

    @classmethod
    def of(cls, body: Item) -> Advice:
        """From ``GET /insights/daily``, whose text says what to do and then each of its reasons."""
        text, facts = str(body["text"]), [Fact.of(item) for item in body["facts"]]
        marks = given_marks(body["marks"], text, facts)
        starts = [text.find(str(reason["text"])) for reason in body["reasons"]]
        end = min((start for start in starts if start >= 0), default=len(text))
        return cls(
            insight_id=str(body["id"]),
            headline=_headline(text[:end].rstrip(), marks),
            reasons=tuple(
                underlined(str(reason["text"]), start, marks)
                for start, reason in zip(starts, body["reasons"], strict=True)
                if start >= 0
            ),
        )


def _headline(text: str, marks: Sequence[Mark]) -> Markup:
    """Under a title that says which day it is for, the day is not said again."""
    begin = len("Today: ") if text.startswith("Today: ") else 0
    return underlined(text[begin : begin + 1].upper() + text[begin + 1 :], begin, marks)


@dataclass(frozen=True, slots=True)
class Reason:
    """``now`` beside what is ``usual`` for the runner, both missing where that is not known."""

    signal: str
    light: str
    text: str
    now: Figure
    usual: Figure


@dataclass(frozen=True, slots=True)
class Readiness:
    """``reasons`` are signals that say something, ``silent`` those of which too little is known."""

    light: str
    word: str
    reasons: tuple[Reason, ...]
    silent: tuple[Reason, ...]

    @classmethod
    def of(cls, body: Item) -> Readiness:
        """From ``readiness`` of ``GET /fitness``."""
        reasons = [_reason(item) for item in body["reasons"]]
        light = str(body["light"])
        return cls(
            light=light,
            word=_LIGHTS[light],
            reasons=tuple(reason for reason in reasons if reason.light != "unknown"),
            silent=tuple(reason for reason in reasons if reason.light == "unknown"),
        )


def _reason(item: Item) -> Reason:
    return Reason(
        signal=_SIGNALS[str(item["signal"])],
        light=str(item["light"]),
        text=str(item["text"]),
        now=_measured(item["value"], str(item["unit"])),
        usual=_measured(item["usual"], str(item["unit"])),
    )


def _measured(value: float | None, unit: str) -> Figure:
    if value is None:
        return say.MISSING
    if unit == "s":
        return say.hours(value)
    return Figure(f"{value:.0f}", "" if unit == "load" else unit)


@dataclass(frozen=True, slots=True)
class WeekSoFar:
    """``planned`` is the week's distance by the plan; ``done_pct`` of it is run, a hundred at most."""

    first_day: str
    runs: int
    distance: Figure
    time: Figure
    load: Figure
    planned: Figure
    done_pct: float

    @classmethod
    def of(
        cls, weeks: Sequence[Item], measures: Measures, moments: Moments, *, planned_m: float | None
    ) -> WeekSoFar | None:
        """From ``weeks`` of ``GET /fitness``; None where this week is not among them."""
        monday = moments.today - dt.timedelta(days=moments.today.weekday())
        found = next((item for item in weeks if item["firstDate"] == monday.isoformat()), None)
        if found is None:
            return None
        return cls(
            first_day=moments.day(monday),
            runs=int(found["runs"]),
            distance=measures.distance(found["distanceM"], decimals=1),
            time=say.hours(found["movingS"]),
            load=say.number(found["load"]),
            planned=measures.distance(planned_m or None, decimals=0),
            done_pct=min(100.0, round(100 * found["distanceM"] / planned_m, 1)) if planned_m else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Note:
    """``over_on`` is the last day it holds when it is said to be over now; what is to come cannot be over."""

    note_id: str
    kind: str
    text: str
    days: str
    over_on: str | None

    @classmethod
    def of(cls, item: Item, moments: Moments) -> Note:
        first = dt.date.fromisoformat(item["from"])
        last = None if item["to"] is None else dt.date.fromisoformat(item["to"])
        return cls(
            note_id=str(item["id"]),
            kind=NOTE_KINDS[str(item["kind"])] if item["kind"] != "note" else "Note",
            text=str(item["text"]),
            days=_days(first, last, moments),
            over_on=None if first > moments.today else (moments.today - dt.timedelta(days=1)).isoformat(),
        )


def _days(first: dt.date, last: dt.date | None, moments: Moments) -> str:
    if last is None:
        return f"{'since' if first <= moments.today else 'from'} {moments.day(first)}"
    return moments.day(first) if first == last else f"{moments.day(first)} to {moments.day(last)}"
