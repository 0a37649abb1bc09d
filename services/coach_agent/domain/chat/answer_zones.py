"""Answers about heart-rate zones: where they lie, and the time spent in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Athlete, Known, Origin
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import (
    QUESTION,
    Inquiry,
    add_period,
    counted,
    nothing_yet,
    observations,
    within,
)
from services.coach_agent.domain.chat.intent import Span
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.intensity import intensity_split
from services.coach_agent.domain.runs.metrics import SMALLEST_COVERAGE
from services.coach_agent.domain.runs.zones import BASIS_WORDS, ZoneBasis, heart_rate_zones, time_in_zones

USUAL_DAYS = 28
EASY_SHARE_PCT = 80.0  # DOMAIN "A plan": at least so much of the time is easy (Seiler)
_EASY_RUNNING = "easy and long runs"
_ZONE_USES = ("recovery", _EASY_RUNNING, "steady running", "tempo and threshold", "intervals and races")
# A tenth of maximal heart rate lies far below a tenth of the reserve: the second zone is slower than easy running.
_ZONE_USES_OF_MAXIMUM = ("walking", "recovery", _EASY_RUNNING, "tempo and threshold", "intervals and races")
_ATHLETE = Source(SourceKind.ATHLETE, "zones")


def answer_zones(inquiry: Inquiry) -> Answer:
    """The five zones in bpm and what they rest on; needs no data of the runner's."""
    book, athlete = inquiry.book(), inquiry.athlete
    zones = heart_rate_zones(athlete)
    _add_zones(book, athlete)
    wanted = inquiry.intent.zone
    numbers = [wanted] if wanted is not None else range(1, 6)
    uses = _ZONE_USES_OF_MAXIMUM if zones.basis is ZoneBasis.MAXIMUM else _ZONE_USES
    if inquiry.intent.topic == "easy":
        numbers = [uses.index(_EASY_RUNNING) + 1]
    lines = [_zone_line(number, uses[number - 1]) for number in numbers]
    known = (
        f"Maximal heart rate {{maxHeartRateUsed}} ({_origin(athlete.max_heart_rate)}), resting "
        f"{{restingHeartRateUsed}} ({_origin(athlete.resting_heart_rate)}), threshold {{thresholdHeartRate}} "
        f"({_origin(athlete.threshold_heart_rate)})."
    )
    basis = f"They come from {BASIS_WORDS[zones.basis]}."
    detail = [basis, known, "Give your own values in the profile and the zones follow."]
    return Answer(
        observations(book, lines),
        book.compose(" ".join(detail)),
        book.facts,
        suggestions=("How long was I in each zone last week?", "What is threshold?"),
    )


def _add_zones(book: FactBook, athlete: Athlete) -> None:
    edges = [round(edge) for edge in heart_rate_zones(athlete).edges_bpm]
    for number, edge in enumerate(edges, start=2):
        book.heart_rate(f"zone{number - 1}High", edge - 1, _ATHLETE)
        book.heart_rate(f"zone{number}Low", edge, _ATHLETE)
    for number in range(1, 6):
        book.count(f"zone{number}", number, Source(SourceKind.DEFINITION, "zones"))
    book.heart_rate("maxHeartRateUsed", athlete.max_bpm, _ATHLETE)
    book.heart_rate("restingHeartRateUsed", athlete.resting_bpm, _ATHLETE)
    book.heart_rate("thresholdHeartRate", athlete.threshold_bpm, _ATHLETE)


def _zone_line(number: int, use: str) -> str:
    if number == 1:
        return f"Zone {{zone1}}, {use}: up to {{zone1High}}."
    if number == 5:
        return f"Zone {{zone5}}, {use}: from {{zone5Low}}."
    return f"Zone {{zone{number}}}, {use}: {{zone{number}Low}} to {{zone{number}High}}."


def _origin(known: Known) -> str:
    return {
        Origin.GIVEN: "yours",
        Origin.ESTIMATED: "estimated",
        Origin.ASSUMED: "assumed, since nothing of yours is known",
        Origin.UNKNOWN: "unknown",
    }[known.origin]


@dataclass(frozen=True, slots=True)
class ZoneAnswers:
    fitness: Fitness

    async def time(self, inquiry: Inquiry) -> Answer:
        """Time in zones and how much was easy, over a period. Raises NoData without any activity."""
        await self.fitness.state(inquiry.runner)
        history = await self.fitness.history(inquiry.runner.user_id)
        if not history.is_run.any():
            raise nothing_yet()
        span = inquiry.intent.span or Span(inquiry.today - dt.timedelta(USUAL_DAYS - 1), inquiry.today)
        chosen = history.is_run & (history.day >= span.first.toordinal()) & (history.day <= span.last.toordinal())
        covered = chosen & (history.heart_rate_coverage >= SMALLEST_COVERAGE)
        book = inquiry.book()
        add_period(book, "period", span)
        book.count("runs", int(chosen.sum()), QUESTION)
        if not covered.any():
            return _nothing(book, span, any_run=bool(chosen.any()))
        histogram = history.histogram[covered].sum(axis=0).astype(np.float64)
        _add_times(book, histogram, inquiry.athlete)
        book.count("runsWithout", int(chosen.sum() - covered.sum()), Source(SourceKind.FITNESS, "zones"))
        return _times(book, inquiry, span, easy_first=inquiry.intent.topic == "split")


def _nothing(book: FactBook, span: Span, *, any_run: bool) -> Answer:
    if any_run:
        opening = (
            f"Of {counted(book, 'runs', 'run', 'runs')} of yours {within(span)} {{period}} none has heart rate, "
            f"so there is no time in zones."
        )
    else:
        opening = f"I find no run of yours {within(span)} {{period}}, so there is no time in zones to tell."
    return Answer(
        book.compose(opening),
        book.compose("Wear a strap or your watch on the next run, and ask again."),
        book.facts,
        suggestions=("What are my zones?", "How much did I run this month?"),
    )


def _add_times(book: FactBook, histogram: Column, athlete: Athlete) -> None:
    source = Source(SourceKind.FITNESS, "zones")
    times = time_in_zones(histogram, heart_rate_zones(athlete))
    for number, seconds in enumerate(times.seconds, start=1):
        book.duration(f"timeInZone{number}", seconds, source)
        book.percent(f"shareOfZone{number}", times.share_pct(number, number), source)
        book.count(f"zone{number}", number, Source(SourceKind.DEFINITION, "zones"))
    book.duration("duration", times.total_s, source)
    split = intensity_split(histogram, athlete)
    assert split is not None
    book.percent("easyShare", split.easy_pct, source)
    book.percent("moderateShare", split.moderate_pct, source)
    book.percent("hardShare", split.hard_pct, source)
    book.heart_rate("easyCeiling", split.easy_ceiling_bpm, _ATHLETE)
    book.percent("easyGoal", EASY_SHARE_PCT, Source(SourceKind.DEFINITION, "intensity"))


def _times(book: FactBook, inquiry: Inquiry, span: Span, *, easy_first: bool) -> Answer:
    wanted = inquiry.intent.zone
    zones = "; ".join(f"zone {{zone{n}}} {{timeInZone{n}}} ({{shareOfZone{n}}})" for n in range(1, 6))
    lines = [f"{within(span).capitalize()} {{period}}: {zones}.", _SPLIT]
    if wanted is not None:
        lines.insert(
            0,
            (
                f"You spent {{timeInZone{wanted}}} in zone {{zone{wanted}}}, {{shareOfZone{wanted}}} of the "
                f"{{duration}} with heart rate."
            ),
        )
    if easy_first:
        lines.reverse()
    lines.append(_judged(book))
    missing = (
        " {runsWithout} of the {runs} runs had no usable heart rate and are not in here."
        if book["runsWithout"].value
        else ""
    )
    detail = (
        f"The zones come from {BASIS_WORDS[heart_rate_zones(inquiry.athlete).basis]}; easy ends at "
        f"{{easyCeiling}}, whatever the zones.{missing}"
    )
    return Answer(
        observations(book, lines),
        book.compose(detail),
        book.facts,
        suggestions=("And last month?", "What are my zones?", "Am I getting fitter?"),
    )


_SPLIT = "{easyShare} of the time was easy, {moderateShare} moderate and {hardShare} hard."


def _judged(book: FactBook) -> str:
    if book["easyShare"].value >= EASY_SHARE_PCT:
        return "That is at or above the {easyGoal} easy that endurance athletes who do well have in common."
    return (
        "That is below the {easyGoal} easy that endurance athletes who do well have in common: slow the easy runs down."
    )
