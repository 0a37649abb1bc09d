"""Answers about change: easy running then and now, and how much there is of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, add_period, nothing_yet, observations
from services.coach_agent.domain.chat.intent import Metric, Span
from services.coach_agent.domain.chat.race_names import said
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.best_efforts import believable
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.runs.intensity import EASY_OF_THRESHOLD
from services.coach_agent.domain.runs.metrics import SMALLEST_COVERAGE

USUAL_DAYS = 84
SHORTEST_DAYS = 28
SHORTEST_RUN_S = 1200.0  # below, warming up is most of it
FEWEST_RUNS = 3
SAME_EFFICIENCY_PCT = 2.0
SAME_PACE_PCT = 1.0
SAME_HEART_RATE_BPM = 2.0
SAME_VOLUME = 0.05
_VOLUME = frozenset({Metric.DISTANCE, Metric.DURATION, Metric.RUNS, Metric.ASCENT})
_SOURCE = Source(SourceKind.FITNESS, "trend")
_SUGGESTIONS = ("Why?", "Am I getting fitter?", "What are my records?")


@dataclass(frozen=True, slots=True)
class TrendAnswers:
    fitness: Fitness

    async def trend(self, inquiry: Inquiry) -> Answer:
        """The last third of a period beside its first: easy running, or volume. Raises NoData without any run."""
        await self.fitness.state(inquiry.runner)
        history = await self.fitness.history(inquiry.runner.user_id)
        if not history.is_run.any():
            raise nothing_yet()
        span = _wide_enough(inquiry.intent.span, inquiry.today)
        now, then = _thirds(span)
        book = inquiry.book()
        add_period(book, "period", now)
        add_period(book, "period.previous", then)
        if inquiry.intent.metric in _VOLUME:
            return _volume(book, history, now, then, inquiry.intent.metric)
        for suffix, part in (("", now), (".previous", then)):
            _add_easy(book, history, part, suffix, easy_ceiling_bpm=EASY_OF_THRESHOLD * inquiry.athlete.threshold_bpm)
        _add_best(book, history, span, inquiry.today)
        return _easy(book, inquiry.intent.metric)


def _wide_enough(span: Span | None, today: dt.date) -> Span:
    if span is None or span.days < SHORTEST_DAYS:
        return Span(today - dt.timedelta(USUAL_DAYS - 1), today)
    return span


def _thirds(span: Span) -> tuple[Span, Span]:
    """The last and the first third."""
    days = max(1, span.days // 3)
    return Span(span.last - dt.timedelta(days - 1), span.last), Span(span.first, span.first + dt.timedelta(days - 1))


def _runs_in(history: History, span: Span) -> NDArray[np.bool_]:
    return history.is_run & (history.day >= span.first.toordinal()) & (history.day <= span.last.toordinal())


def _add_easy(book: FactBook, history: History, span: Span, suffix: str, *, easy_ceiling_bpm: float) -> None:
    """Pace, heart rate and efficiency of the easy runs of a period, each run weighted by its time."""
    moving, distance, bpm = history.moving_s, history.distance_m, history.average_heart_rate_bpm
    usable = _runs_in(history, span) & (moving >= SHORTEST_RUN_S) & (distance > 0)
    book.count(f"recordedRuns{suffix}", int(usable.sum()), _SOURCE)
    easy = usable & (history.heart_rate_coverage >= SMALLEST_COVERAGE) & (bpm > 0) & (bpm <= easy_ceiling_bpm)
    if easy.sum() < FEWEST_RUNS:
        return
    seconds, metres = float(moving[easy].sum()), float(distance[easy].sum())
    factor = np.where(np.isfinite(history.grade_adjusted_factor), history.grade_adjusted_factor, 1.0)
    beats = float((bpm * moving)[easy].sum()) / 60.0
    book.count(f"easyRuns{suffix}", int(easy.sum()), _SOURCE)
    book.pace(f"easyPace{suffix}", 1000.0 * seconds / metres, _SOURCE)
    book.heart_rate(f"easyHeartRate{suffix}", 60.0 * beats / seconds, _SOURCE)
    book.number(f"efficiency{suffix}", float((distance * factor)[easy].sum()) / beats, "m/beat", _SOURCE, decimals=2)


def _add_best(book: FactBook, history: History, span: Span, today: dt.date) -> None:
    """The best 5 km of the period and of as long before it."""
    if 5000 not in history.distances_m:
        return
    times = believable(history.best_time_s, history.distances_m)[:, history.distances_m.index(5000)]
    earlier = Span(span.first - dt.timedelta(span.days), span.first - dt.timedelta(1))
    for suffix, part in (("", Span(span.first, today)), (".previous", earlier)):
        chosen = np.flatnonzero(_runs_in(history, part) & np.isfinite(times))
        if len(chosen):
            best = int(chosen[times[chosen].argmin()])
            source = Source(SourceKind.ACTIVITY, str(history.activity_ids[best]))
            book.duration(f"fastest5Km{suffix}", float(times[best]), source)
            book.date(f"date.fastest5Km{suffix}", dt.date.fromordinal(int(history.day[best])), source)


def _easy(book: FactBook, metric: Metric) -> Answer:
    if not book.has("efficiency", "efficiency.previous"):
        return _without_effort(book)
    change = 100.0 * (book["efficiency"].value / book["efficiency.previous"].value - 1.0)
    book.percent("efficiencyChange", abs(change), _SOURCE, decimals=1)
    heart_first = metric in {Metric.HEART_RATE, Metric.EFFICIENCY}
    lines = [_pace_line(book), _heart_rate_line(book)]
    told = [_verdict(change), *(reversed(lines) if heart_first else lines), _best_line(book)]
    detail = (
        "It sets your easy runs of {period} ({easyRuns}) beside those of {period.previous} ({easyRuns.previous}). Easy "
        "is a mean heart rate below the ceiling of your easy zones, and hills are taken out of the efficiency. Heat, a "
        "new watch or another course move these figures as well, so trust them over months."
    )
    return Answer(observations(book, told), book.compose(detail), book.facts, suggestions=_SUGGESTIONS)


def _verdict(change: float) -> str:
    if abs(change) < SAME_EFFICIENCY_PCT:
        return "Easy running costs you what it did: ground per heartbeat changed by {efficiencyChange} only."
    if change > 0:
        return "Yes: each heartbeat of an easy run buys {efficiencyChange} more ground than it did."
    return (
        "Not at present: each heartbeat of an easy run buys {efficiencyChange} less ground than it did. Tired legs, "
        "heat and illness do that too."
    )


def _pace_line(book: FactBook) -> str:
    now, then = book["easyPace"].value, book["easyPace.previous"].value
    change = 100.0 * (now / then - 1.0)
    book.pace("easyPaceDifference", abs(now - then), _SOURCE)
    if abs(change) <= SAME_PACE_PCT:
        return "Your easy pace is {easyPace}, much as before with {easyPace.previous}."
    way = "slower" if change > 0 else "faster"
    return f"Your easy pace went from {{easyPace.previous}} to {{easyPace}}, {{easyPaceDifference}} {way}."


def _heart_rate_line(book: FactBook) -> str:
    beats = book["easyHeartRate"].value - book["easyHeartRate.previous"].value
    if abs(beats) <= SAME_HEART_RATE_BPM:
        return "Heart rate on easy runs is {easyHeartRate}, much as before with {easyHeartRate.previous}."
    way = "rose" if beats > 0 else "fell"
    return f"Heart rate on easy runs {way} from {{easyHeartRate.previous}} to {{easyHeartRate}}."


def _best_line(book: FactBook) -> str:
    if not book.has("fastest5Km", "fastest5Km.previous"):
        return ""
    word = "faster than" if book["fastest5Km"].value < book["fastest5Km.previous"].value else "not faster than"
    return (
        f"Your best {said(book, 5000.0)} of these months took {{fastest5Km}}, {word} the {{fastest5Km.previous}} "
        f"of the months before."
    )


def _without_effort(book: FactBook) -> Answer:
    """Pace without heart rate says nothing of effort, and a handful of runs says nothing of change."""
    book.count("fewestRuns", FEWEST_RUNS, Source(SourceKind.DEFINITION, "trend"))
    told = [
        "I cannot tell yet: it takes {fewestRuns} easy runs with heart rate in each of the periods.",
        "Runs long enough: {recordedRuns} ({period}) and {recordedRuns.previous} ({period.previous}).",
        _best_line(book),
    ]
    detail = "Wear a heart-rate strap or your watch on easy runs of much the same length, and ask again in a few weeks."
    return Answer(observations(book, told), book.compose(detail), book.facts, suggestions=_SUGGESTIONS[1:])


def _volume(book: FactBook, history: History, now: Span, then: Span, metric: Metric) -> Answer:
    for suffix, span in (("", now), (".previous", then)):
        chosen, weeks = _runs_in(history, span), span.days / 7.0
        book.distance(f"weeklyDistance{suffix}", float(np.nansum(history.distance_m[chosen])) / weeks, _SOURCE)
        book.duration(f"weeklyDuration{suffix}", float(np.nansum(history.timer_s[chosen])) / weeks, _SOURCE)
        book.height(f"weeklyAscent{suffix}", float(np.nansum(history.ascent_m[chosen])) / weeks, _SOURCE)
        book.number(f"weeklyRuns{suffix}", float(chosen.sum()) / weeks, "count", _SOURCE, decimals=1)
    lines = {
        Metric.DISTANCE: "Distance a week: {weeklyDistance}, before {weeklyDistance.previous}.",
        Metric.DURATION: "Time a week: {weeklyDuration}, before {weeklyDuration.previous}.",
        Metric.RUNS: "Runs a week: {weeklyRuns}, before {weeklyRuns.previous}.",
        Metric.ASCENT: "Climb a week: {weeklyAscent}, before {weeklyAscent.previous}.",
    }
    first = lines.pop(metric)
    labels = {Metric.DURATION: "weeklyDuration", Metric.RUNS: "weeklyRuns", Metric.ASCENT: "weeklyAscent"}
    label = labels.get(metric, "weeklyDistance")
    now_value, then_value = book[label].value, book[f"{label}.previous"].value
    verdict = f"You do {'more' if now_value > then_value else 'less'} now than you did."
    if abs(now_value - then_value) <= SAME_VOLUME * then_value:
        verdict = "You do about as much as you did."
    told = [verdict, first, *lines.values()]
    detail = (
        "Now is {period}, before is {period.previous}. A plan grows by a tenth a week at most, with an easier "
        "week every fourth."
    )
    return Answer(
        observations(book, told),
        book.compose(detail),
        book.facts,
        suggestions=_SUGGESTIONS[1:],
    )
