"""Answers about single runs among many: how many are of a size, and which was the most of something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
from services.coach_agent.domain.chat.run_list import Done, RunList
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.models import RUNNING

_COUNTED = Source(SourceKind.FITNESS, "counted")
_SUGGESTIONS = ("How much did I run this month?", "What are my records?", "Am I getting fitter?")
_SIZES: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "over": ("over {limit}", lambda value, limit: value > limit),
    "least": ("of {limit} or more", lambda value, limit: value >= limit),
    "under": ("under {limit}", lambda value, limit: value < limit),
}


@dataclass(frozen=True, slots=True)
class Rank:
    """How the runs are ranked, ``sign`` being 1 for the largest; and what is said of it."""

    figure: Callable[[Done], float | None]
    sign: int
    meaning: str


_LOAD = "Hard and easy are by load, which counts how long and how intense a run was."
_LENGTH = "Long and short are by distance."
_PACE = "Fast and slow are by the mean pace of the whole run; the best times over distances are among your records."
_RANKS = {
    "hardest": Rank(lambda done: done.load, 1, _LOAD),
    "easiest": Rank(lambda done: done.load, -1, _LOAD),
    "longest": Rank(lambda done: done.distance_m, 1, _LENGTH),
    "shortest": Rank(lambda done: done.distance_m, -1, _LENGTH),
    "fastest": Rank(lambda done: done.pace_s_per_km, -1, _PACE),
    "slowest": Rank(lambda done: done.pace_s_per_km, 1, _PACE),
    "hilliest": Rank(lambda done: done.ascent_m, 1, "Hilly is by the metres climbed."),
}


@dataclass(frozen=True, slots=True)
class CountingAnswers:
    runs: RunList

    async def counted(self, inquiry: Inquiry) -> Answer:
        """How many runs are over or under a size, with the last and the longest of them. Raises NoData."""
        intent, done = inquiry.intent, await self._done(inquiry)
        book = inquiry.book()
        words, fits = _SIZES[intent.topic or "over"]
        if intent.distance_m is not None:
            book.distance("limit", intent.distance_m, QUESTION)
            limit, sizes = intent.distance_m, [one.distance_m for one in done]
        else:
            limit, sizes = intent.target_s or 0.0, [one.time_s for one in done]
            book.duration("limit", limit, QUESTION)
        fitting = [one for one, size in zip(done, sizes, strict=True) if size is not None and fits(size, limit)]
        book.count("runs", len(fitting), _COUNTED)
        book.count("runs.all", len(done), _COUNTED)
        when = _when(book, intent.span)
        noun = "run" if intent.sport in {None, RUNNING} else "activity"
        many = "runs" if noun == "run" else "activities"
        lines = [f"{{runs}} of your {counted(book, 'runs.all', noun, many)} {when} {_be(fitting)} {words}."]
        if fitting:
            longest = max(fitting, key=lambda one: (one.distance_m or 0.0, one.time_s or 0.0))
            lines.append(f"The latest of them: {_described(book, fitting[-1], '.latest')}.")
            if longest is not fitting[-1]:
                lines.append(f"The longest of them: {_described(book, longest, '.longest')}.")
        missing = "Those without the figure asked for are not counted." if None in sizes else ""
        return Answer(observations(book, lines), book.compose(missing), book.facts, suggestions=_SUGGESTIONS)

    async def extreme(self, inquiry: Inquiry) -> Answer:
        """The run that was the most of something, and the next after it. Raises NoData."""
        intent, done = inquiry.intent, await self._done(inquiry)
        book, name = inquiry.book(), intent.topic or "longest"
        rank, when = _RANKS[name], _when(book, intent.span)
        ranked = [(value, one) for one in done if (value := rank.figure(one)) is not None]
        ranked.sort(key=lambda pair: rank.sign * pair[0], reverse=True)
        if not ranked:
            said = f"I find no run of yours {when} with the figure that would tell."
            return Answer(book.compose(said), book.compose(rank.meaning), book.facts, suggestions=_SUGGESTIONS)
        book.count("runs", len(ranked), _COUNTED)
        first = ranked[0][1]
        what = "run" if intent.sport in {None, RUNNING} else "activity"
        lines = [f"Your {name} {what} {when}: {_described(book, first)}."]
        if len(ranked) > 1:
            lines.append(f"Next comes {_described(book, ranked[1][1], '.second')}.")
        unknown = " Some have no such figure and are left out." if len(ranked) < len(done) else ""
        return Answer(
            observations(book, lines),
            book.compose(rank.meaning + unknown),
            book.facts,
            suggestions=_SUGGESTIONS,
            subject=first.activity_id,
        )

    async def _done(self, inquiry: Inquiry) -> list[Done]:
        intent = inquiry.intent
        done = await self.runs.of(inquiry.runner, inquiry.athlete, intent.sport or RUNNING, intent.span)
        if not done and not await inquiry.runner.source.newest(limit=1, sport=intent.sport or RUNNING):
            raise nothing_yet()
        return done


def _when(book: FactBook, span: Span | None) -> str:
    if span is None:
        return "of all years"
    add_period(book, "period", span)
    return f"{within(span)} {{period}}"


def _be(fitting: list[Done]) -> str:
    return "is" if len(fitting) == 1 else "are"


def _described(book: FactBook, done: Done, suffix: str = "") -> str:
    """Day, distance, time, pace, climb and load of a run, as far as they are known."""
    source = Source(SourceKind.ACTIVITY, str(done.activity_id))
    book.date(f"date{suffix}", done.day, source)
    parts = []
    if done.distance_m:
        book.distance(f"distance{suffix}", done.distance_m, source)
        parts.append(f"{{distance{suffix}}}")
    if done.time_s:
        book.duration(f"duration{suffix}", done.time_s, source)
        parts.append(f"{{duration{suffix}}}")
    if done.pace_s_per_km:
        book.pace(f"pace{suffix}", done.pace_s_per_km, source)
        parts.append(f"{{pace{suffix}}}")
    if done.ascent_m:
        book.height(f"ascent{suffix}", done.ascent_m, source)
        parts.append(f"{{ascent{suffix}}} climbed")
    if done.load is not None:
        book.number(f"load{suffix}", done.load, "load", source)
        parts.append(f"load {{load{suffix}}}")
    return f"{{date{suffix}}}, {', '.join(parts)}" if parts else f"{{date{suffix}}}"
