"""Answers about stretches of time: totals of one, and two beside each other."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.chat.activity_log import ActivityLog, Totals
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
from services.coach_agent.domain.chat.intent import Metric, Span
from services.coach_agent.domain.chat.periods import before, unit_of
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.models import RUNNING

_SAME = 0.03  # relative: two sums as near as this are about the same
_SUGGESTIONS = ("And the one before?", "How much of it was easy?", "Am I getting fitter?")
_STILL_MEASURING = "Some of your activities are still being read in, so these sums will grow."


@dataclass(frozen=True, slots=True)
class PeriodAnswers:
    log: ActivityLog

    async def totals(self, inquiry: Inquiry) -> Answer:
        """What was done in a period, beside the one before it."""
        runner, sport, span = inquiry.runner, inquiry.intent.sport or RUNNING, inquiry.intent.span
        if span is None:
            now, is_complete = await self.log.totals(runner, sport, None)
            then = None
        else:
            (now, is_complete), (then, _) = await asyncio.gather(
                self.log.totals(runner, sport, span),
                self.log.totals(runner, sport, _fairly_before(span, inquiry.today)),
            )
        if now.count == 0 and (then is None or then.count == 0):
            return await self._nothing(inquiry)
        book = inquiry.book()
        _add(book, now, sport, span)
        if then is not None and then.count == 0 and span is not None:
            _count_weeks_from_first(book, now, span)
        if then is not None and span is not None:
            _add(book, then, sport, _fairly_before(span, inquiry.today), ".previous")
        said = [
            _sum(book, sport), _rhythm(book, span), _longest(book), _effort(book),
            _beside(book, sport) if then is not None and then.count else "",
        ]  # fmt: skip
        if inquiry.intent.metric is Metric.ASCENT:
            said.insert(1, "You climbed {ascent}.")
        detail = _detail(now, sport) + ("" if is_complete else " " + _STILL_MEASURING)
        return Answer(observations(book, said), book.compose(detail), book.facts, suggestions=_SUGGESTIONS)

    async def compared(self, inquiry: Inquiry) -> Answer:
        """Two periods, the later one as the one asked about."""
        intent = inquiry.intent
        span, other = intent.span, intent.other_span
        assert span is not None
        assert other is not None
        sport = intent.sport or RUNNING
        (now, _), (then, _) = await asyncio.gather(
            self.log.totals(inquiry.runner, sport, span), self.log.totals(inquiry.runner, sport, other)
        )
        if now.count == 0 and then.count == 0:
            return await self._nothing(inquiry)
        book = inquiry.book()
        _add(book, now, sport, span)
        _add(book, then, sport, other, ".previous")
        said = [
            _each(book, sport),
            _beside(book, sport),
            _weekly(span, other),
            _pace_beside(book),
            _longest(book),
        ]
        return Answer(
            observations(book, said),
            book.compose(_meaning(book, now, then, span, inquiry.today)),
            book.facts,
            suggestions=("Am I getting fitter?", "How much of it was easy?"),
        )

    async def _nothing(self, inquiry: Inquiry) -> Answer:
        """There was nothing in the period: said, with the day of the latest there is. Raises NoData without any."""
        sport = inquiry.intent.sport or RUNNING
        latest = await inquiry.runner.source.newest(limit=1, sport=sport)
        if not latest:
            raise nothing_yet()
        book, span = inquiry.book(), inquiry.intent.span
        book.count("runs" if sport == RUNNING else "activities", 0, QUESTION)
        book.date("date.latest", latest[0].local_date, Source(SourceKind.ACTIVITY, str(latest[0].id)))
        what = "run of yours" if sport == RUNNING else "such activity of yours"
        said = f"I find no {what}"
        if span is not None:
            add_period(book, "period", span)
            said += f" {within(span)} {{period}}"
        return Answer(
            book.compose(f"{said}. Your latest is from {{date.latest}}."),
            book.compose("What was done on another watch or account counts once it is imported."),
            book.facts,
            suggestions=("How much did I run this month?", "Analyze my last run"),
        )


def _fairly_before(span: Span, today: dt.date) -> Span:
    """The period before; of one that is not over yet, only as many of its days as have passed."""
    earlier = before(span)
    under_way = span.last == today and any(
        unit_of(unit, span.first).first == span.first and unit_of(unit, span.first).last > today
        for unit in ("week", "month", "year")
    )
    if not under_way or earlier.days <= span.days:
        return earlier
    return Span(earlier.first, earlier.first + dt.timedelta(span.days - 1))


def _add(book: FactBook, totals: Totals, sport: str, span: Span | None, suffix: str = "") -> None:
    source = Source(SourceKind.FITNESS, "totals" + suffix)
    if span is not None:
        add_period(book, f"period{suffix}", span)
        book.distance(f"weeklyDistance{suffix}", 7.0 * totals.distance_m / span.days, source)
    book.count(f"{'runs' if sport == RUNNING else 'activities'}{suffix}", totals.count, source)
    book.distance(f"distance{suffix}", totals.distance_m, source)
    book.duration(f"duration{suffix}", totals.duration_s, source)
    book.height(f"ascent{suffix}", totals.ascent_m, source)
    book.count(f"days{suffix}", totals.days, source)
    if totals.count:
        book.duration(f"meanDuration{suffix}", totals.duration_s / totals.count, source)
    if totals.pace_s_per_km is not None and sport == RUNNING:
        book.pace(f"pace{suffix}", totals.pace_s_per_km, source)
    if totals.heart_rate_bpm is not None:
        book.heart_rate(f"averageHeartRate{suffix}", totals.heart_rate_bpm, source)
    if totals.longest is not None:
        own = Source(SourceKind.ACTIVITY, str(totals.longest.activity_id))
        book.distance(f"longest{suffix}", totals.longest.distance_m, own)
        book.date(f"date.longest{suffix}", totals.longest.day, own)


def _count_weeks_from_first(book: FactBook, totals: Totals, span: Span) -> None:
    """Where nothing is known of before, the weeks until the first recording are unknown and not empty."""
    if not totals.ordinals or (first := dt.date.fromordinal(min(totals.ordinals))) == span.first:
        return
    source = Source(SourceKind.FITNESS, "totals")
    book.date("date.first", first, source)
    days = max(7, Span(first, span.last).days)
    book.distance("weeklyDistance.sinceFirst", 7.0 * totals.distance_m / days, source)


def _counted(book: FactBook, sport: str, suffix: str = "") -> str:
    if sport == RUNNING:
        return counted(book, f"runs{suffix}", "run", "runs")
    return counted(book, f"activities{suffix}", "activity", "activities")


def _sum(book: FactBook, sport: str) -> str:
    when = "{period}: " if "period" in book else "All years together: "
    return f"{when}{{distance}} in {_counted(book, sport)}, {{duration}} in all."


def _rhythm(book: FactBook, span: Span | None) -> str:
    if "meanDuration" not in book:
        return ""
    if span is None or span.days < 21:
        return f"You were out on {counted(book, 'days', 'day', 'days')}, {{meanDuration}} at a time."
    if "weeklyDistance.sinceFirst" in book:
        return (
            f"That is {{weeklyDistance.sinceFirst}} a week since the first of them on {{date.first}}, on "
            f"{counted(book, 'days', 'day', 'days')}, {{meanDuration}} at a time."
        )
    return f"That is {{weeklyDistance}} a week, on {counted(book, 'days', 'day', 'days')}, {{meanDuration}} at a time."


def _longest(book: FactBook) -> str:
    return "The longest was {longest} on {date.longest}." if "longest" in book else ""


def _effort(book: FactBook) -> str:
    if book.has("pace", "averageHeartRate"):
        return "On average you ran {pace} at {averageHeartRate}."
    if "pace" in book:
        return "On average you ran {pace}; none of it recorded heart rate."
    return "On average heart rate was {averageHeartRate}." if "averageHeartRate" in book else ""


def _each(book: FactBook, sport: str) -> str:
    later = f"{{period}}: {{distance}} in {_counted(book, sport)}, {{duration}}."
    return (
        f"{later} {{period.previous}}: {{distance.previous}} in {_counted(book, sport, '.previous')}, "
        f"{{duration.previous}}."
    )


def _beside(book: FactBook, sport: str) -> str:
    """The difference of the sums; the facts of both stand beside it."""
    now, then = book["distance"].value, book["distance.previous"].value
    source = Source(SourceKind.FITNESS, "totals.difference")
    book.distance("distanceDifference", abs(now - then), source)
    if then <= 0:
        return f"The period before holds {{distance.previous}} in {_counted(book, sport, '.previous')}."
    book.percent("distanceChange", 100.0 * abs(now / then - 1.0), source)
    if abs(now / then - 1.0) <= _SAME:
        return "That is about as much as the {distance.previous} of {period.previous}."
    word = "more" if now > then else "less"
    return (
        f"That is {{distanceDifference}} {word} than the {{distance.previous}} of {{period.previous}}, a change "
        f"of {{distanceChange}}."
    )


def _weekly(span: Span, other: Span) -> str:
    """Periods of different length bear comparison by the week only."""
    if abs(span.days / other.days - 1.0) <= 0.05:
        return ""
    return "They differ in length; by the week it is {weeklyDistance} against {weeklyDistance.previous}."


def _pace_beside(book: FactBook) -> str:
    if not book.has("pace", "pace.previous"):
        return ""
    said = "The mean pace was {pace} against {pace.previous}"
    if book.has("averageHeartRate", "averageHeartRate.previous"):
        return f"{said}, at {{averageHeartRate}} against {{averageHeartRate.previous}}."
    return f"{said}; heart rate is missing in one of them, so effort cannot be compared."


def _detail(now: Totals, sport: str) -> str:
    said = ["Time is the watch's timer, and pace the time you were moving."]
    if now.with_distance < now.count:
        said.append("Some of these recorded no distance and count with their time only.")
    if sport != RUNNING:
        said.append("Other sports count towards your load, not towards running records.")
    return " ".join(said)


def _meaning(book: FactBook, now: Totals, then: Totals, span: Span, today: dt.date) -> str:
    said = []
    if span.last == today:
        said.append("The later of the periods is still under way, so its sums will grow.")
    if then.count == 0 or now.count == 0:
        said.append("In one of them nothing was recorded; what is on another device counts once it is imported.")
    elif book.has("averageHeartRate", "averageHeartRate.previous", "pace", "pace.previous"):
        faster = book["pace"].value < 0.99 * book["pace.previous"].value
        calmer = book["averageHeartRate"].value < book["averageHeartRate.previous"].value - 1.0
        if faster and calmer:
            said.append("Faster at a lower heart rate is what getting fitter looks like, if the courses were alike.")
    said.append("Volume says how much you did, not how hard; ask for time in zones to see that.")
    return " ".join(said)
