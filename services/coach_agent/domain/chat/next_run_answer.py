"""The next run put into words: the session first, then why, then what to watch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.examples import EXAMPLES
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind, join
from services.coach_agent.domain.insights.next_run import (
    TEMPO_BLOCK_S,
    Recent,
    Rule,
    Session,
    choose_session,
    easy_pace_range,
    usual_duration_s,
)
from services.coach_agent.domain.reviews.run_facts import add_key_figures
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.session_kind import SessionType

SHOWN_RUNS = 3
# Shares of threshold heart rate that a session keeps to; easy and long runs end where Friel's zone 2 does.
_THRESHOLD_SHARES = {SessionType.RECOVERY: (0.70, 0.80), SessionType.TEMPO: (0.94, 1.0)}

_REASONS = {
    Rule.AFTER_RACE: "You raced on {date.last}; the legs need easy days before they profit from work again.",
    Rule.AFTER_HARD: "Your last run was a hard or long one, and hard days do not stand side by side.",
    Rule.LOAD_JUMP: "The last week holds a load of {load.week}, far above your weeks before; let it sink in first.",
    Rule.DAYS_IN_A_ROW: "You have run {daysInARow} days in a row.",
    Rule.RETURN: "Your last run was on {date.last}, so this one is only about getting back into it.",
    Rule.FEW_RUNS: "With {recentRuns} runs in the last {recentDays} days, regular easy running does the most for you.",
    Rule.TOO_OFTEN_HARD: "Each of your last runs went above the easy zones too often; what is missing is easy time.",
    Rule.LONG_DUE: "Your last long run is a week or more ago, and nothing hard stands in its way.",
    Rule.QUALITY_DUE: "You are rested from your last hard session, and the week has room for one.",
    Rule.STEADY: "Long run and hard session are both recent, so this day belongs to easy running.",
}

_CUES = {
    SessionType.TEMPO: (
        "Warm up for {warmUp}, then hold the effort for {tempoBlock}; if it is a fight early on, end it there."
    ),
    SessionType.LONG: "Start slower than feels right; eat and drink on the way, and finish able to go on.",
}
_EASY_CUE = "You should be able to talk throughout. If the legs are heavy after {warmUp}, go home: that counts too."


def answer_next_run(readings: Sequence[Reading], athlete: Athlete, *, day: dt.date, today: dt.date) -> Answer:
    """Advice for ``day`` from the runs of the last weeks, newest first; at least one."""
    recent = Recent(day, tuple(readings))
    session = choose_session(recent)
    book = FactBook(athlete.profile.units)
    labels = add_last_runs(book, readings)
    _add_context(book, recent)
    _add_targets(book, session, readings, athlete)
    book.date("sessionDate", day, Source(SourceKind.MESSAGE, "question"))
    said = [
        book.compose(f"{when_words(day, today)}: {_session_words(session, book)}."),
        book.compose(_REASONS[session.rule]),
        recent_words(book, readings, labels, "It rests on your last runs"),
        book.compose(_CUES.get(session.type, _EASY_CUE)),
    ]
    return Answer(
        opening=join((Passage(("- ",)) + passage for passage in said), "\n"),
        detail=book.compose(_description(session, book)),
        facts=book.facts,
        chart=_load_chart(readings),
        suggestions=EXAMPLES[:3],
    )


def when_words(day: dt.date, today: dt.date) -> str:
    """Today, tomorrow, or the slot of ``sessionDate``."""
    return {0: "Today", 1: "Tomorrow"}.get((day - today).days, "On {sessionDate}")


def add_last_runs(book: FactBook, readings: Sequence[Reading]) -> list[str]:
    """The facts of the last runs, and the suffixes of their labels."""
    return [_add_run(book, reading) for reading in readings[:SHOWN_RUNS]]


def _load_chart(readings: Sequence[Reading]) -> ChartRequest | None:
    drawn = tuple(reading.metrics.activity_id for reading in reversed(readings) if reading.load is not None)
    return ChartRequest("recentLoad", drawn) if drawn else None


def _add_run(book: FactBook, reading: Reading) -> str:
    """The facts of one of the last runs under its day; a second run of the same day gets a number."""
    day, suffix, again = reading.metrics.local_date, f".{reading.metrics.local_date}", 2
    while f"date{suffix}" in book:
        suffix, again = f".{day}.{again}", again + 1
    add_key_figures(book, reading, suffix)
    return suffix


def _add_context(book: FactBook, recent: Recent) -> None:
    source = Source(SourceKind.FITNESS, "recent-runs")
    book.date("date.last", recent.readings[0].metrics.local_date, source)
    book.count("daysInARow", recent.days_in_a_row, source)
    book.count("recentRuns", len(recent.within(14)), source)
    book.count("recentDays", 14, source)
    book.duration("usualDuration", usual_duration_s(recent.readings), source)
    week = recent.load(1, 7)
    if week:
        book.number("load.week", week, "load", source)


def _add_targets(book: FactBook, session: Session, readings: Sequence[Reading], athlete: Athlete) -> None:
    plan = Source(SourceKind.PLAN, session.rule)
    book.duration("sessionDuration", session.duration_s, plan)
    book.duration("warmUp", 600, Source(SourceKind.DEFINITION, "warm-up"))
    book.duration("tempoBlock", TEMPO_BLOCK_S, plan)
    hard = session.type is SessionType.TEMPO
    if any(reading.zone_times is not None for reading in readings):
        low, high = _THRESHOLD_SHARES.get(session.type, (0.80, 0.89))
        book.heart_rate("sessionHeartRateLow", low * athlete.threshold_bpm, plan)
        book.heart_rate("sessionHeartRateHigh", high * athlete.threshold_bpm, plan)
    threshold = athlete.threshold_pace.value
    if hard:
        if threshold is not None:
            book.pace("sessionPaceFast", threshold, plan)
            book.pace("sessionPaceSlow", threshold * 1.04, plan)
    elif (easy := easy_pace_range(readings)) is not None:
        book.pace("sessionPaceFast", easy.low, plan)
        book.pace("sessionPaceSlow", easy.high, plan)


def _session_words(session: Session, book: FactBook) -> str:
    what = {
        SessionType.RECOVERY: "a recovery run of {sessionDuration}",
        SessionType.EASY: "an easy run of {sessionDuration}",
        SessionType.LONG: "a long run of {sessionDuration}",
        SessionType.TEMPO: "a tempo run of {sessionDuration} with {tempoBlock} at threshold effort,",
    }[session.type]
    targets = []
    if "sessionHeartRateLow" in book:
        targets.append("{sessionHeartRateLow} to {sessionHeartRateHigh}")
    if "sessionPaceFast" in book:
        targets.append("{sessionPaceFast} to {sessionPaceSlow}")
    by_feel = "as hard as you could hold for an hour" if session.type is SessionType.TEMPO else "easy enough to talk"
    words = f"{what} at {', about '.join(targets)}" if targets else f"{what.removesuffix(',')}, {by_feel}"
    return f"{words}, or a day off" if session.rest else words


def recent_words(book: FactBook, readings: Sequence[Reading], suffixes: Sequence[str], lead: str) -> Passage:
    parts = []
    for reading, suffix in zip(readings, suffixes, strict=False):
        figure = "distance" if f"distance{suffix}" in book else "duration"
        load = f", load {{load{suffix}}}" if f"load{suffix}" in book else ""
        parts.append(f"{{date{suffix}}}, {reading.kind.type} ({{{figure}{suffix}}}{load})")
    return book.compose(f"{lead}: {'; '.join(parts)}.")


def _description(session: Session, book: FactBook) -> str:
    said = [_length_words(session)]
    if session.type is SessionType.TEMPO:
        said.append("Hold the effort even; the last minutes should feel as controlled as the first.")
    if "load.week" in book:
        said.append("The last days add up to a load of {load.week}.")
    if not book.has("sessionHeartRateLow"):
        said.append("Your recent runs hold no heart rate, so the effort is given by feel.")
    return " ".join(said)


def _length_words(session: Session) -> str:
    if session.held:
        return "It is as long as the rest of your weeks carries: run more on the other days, and it may grow."
    if session.type is SessionType.LONG:
        return "It is a small step up from your longest run of the last weeks, and no more."
    if session.type is SessionType.RECOVERY or session.rule is Rule.RETURN:
        return "It is shorter than your usual {usualDuration} on purpose."
    return "Your usual run takes {usualDuration}, and there is no reason to go far from that."
