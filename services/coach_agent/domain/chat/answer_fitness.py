"""Answers about where a runner stands: fitness, fatigue and form, and how rested they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, nothing_yet, observations
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind, unverified_numbers
from services.coach_agent.domain.fitness.models import FitnessState, Light, ReadinessReason, Signal
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.plans.rules import LOWEST_FORM

COMPARED_DAYS = 28
FRESH_FORM = 5.0
HIGH_RATIO, LOW_RATIO = 1.5, 0.8
SAME_FITNESS = 1.0
# What stands in the way of figures of either kind, by the keys of ``Now.missing``.
STANDING = ("fitness", "break", "heartRate", "load", "pending", "newest")
RACING = ("predictions", "position", "pending", "newest")
_SOURCE = Source(SourceKind.FITNESS, "state")
_SUGGESTIONS = ("What does form mean?", "Am I getting faster?", "What should I run tomorrow?")


@dataclass(frozen=True, slots=True)
class FitnessAnswers:
    fitness: Fitness

    async def fitness_now(self, inquiry: Inquiry) -> Answer:
        """Fitness, fatigue and form, and where they came from. Raises NoData without any activity."""
        state = await self.fitness.state(inquiry.runner)
        if "activities" in state.now.missing:
            raise nothing_yet()
        book = inquiry.book()
        span = inquiry.intent.span
        since = span.first if span is not None and span.days >= 14 else inquiry.today - dt.timedelta(COMPARED_DAYS)
        if state.now.fitness is None:
            words = missing_words(state, STANDING) or ["There is too little to tell that from yet."]
            return Answer(book.compose(" ".join(words)), Passage(), book.facts, suggestions=_SUGGESTIONS[2:])
        _add_now(book, state, since)
        said = [_direction(book), _form(book), _balance(book), _week(book, state)]
        return Answer(
            observations(book, said),
            book.compose(_detail(book, state)),
            book.facts,
            suggestions=_SUGGESTIONS,
        )

    async def readiness(self, inquiry: Inquiry) -> Answer:
        """The light of today with its reasons."""
        state = await self.fitness.state(inquiry.runner)
        book, readiness = inquiry.book(), state.readiness
        lines = [line for reason in readiness.reasons if (line := _reason(book, reason))]
        opening = _LIGHTS[readiness.light]
        if readiness.light is Light.UNKNOWN and not lines:
            lines = ["Nights from your watch (sleep, heart-rate variability, resting heart rate) are what is missing."]
        unknown = [_SIGNALS[reason.signal] for reason in readiness.reasons if reason.light is Light.UNKNOWN]
        detail = f"Not enough is known of your {', '.join(unknown)} to count it. " if unknown and lines else ""
        detail += "Each signal is held against what is usual for you, never against other people."
        return Answer(
            observations(book, [opening, *lines]),
            book.compose(detail),
            book.facts,
            suggestions=("What should I run today?", "What does readiness mean?"),
        )


def missing_words(state: FitnessState, keys: tuple[str, ...]) -> list[str]:
    """What is missing of ``keys`` in sentences, in their order; these come without numbers of their own."""
    missing = state.now.missing
    return [missing[key] for key in keys if key in missing and not unverified_numbers(missing[key], ())]


def _add_now(book: FactBook, state: FitnessState, since: dt.date) -> None:
    now, series = state.now, state.series
    for label, value in (("fitness", now.fitness), ("fatigue", now.fatigue), ("form", now.form)):
        if value is not None:
            book.number(label, value, "load", _SOURCE)
    for label, value, decimals in (
        ("ramp", now.ramp, 1), ("acuteChronicRatio", now.acute_chronic_ratio, 2), ("monotony", now.monotony, 1),
    ):  # fmt: skip
        if value is not None:
            book.number(label, value, "ratio" if label != "ramp" else "load", _SOURCE, decimals=decimals)
    if series is None:
        return
    place = series.index(max(since, series.first_day))
    if 0 <= place < len(series.fitness) - 7:
        book.number("fitness.previous", float(series.fitness[place]), "load", _SOURCE)
        book.date("date.previous", series.first_day + dt.timedelta(place), _SOURCE)
        change = abs(float(series.fitness[-1]) - float(series.fitness[place]))
        book.number("fitnessChange", change, "load", _SOURCE)
    book.number("load.week", float(series.load[-7:].sum()), "load", _SOURCE)


def _direction(book: FactBook) -> str:
    if "fitness.previous" not in book:
        return "Fitness stands at {fitness}; it takes some more weeks to say which way it goes."
    change = book["fitness"].value - book["fitness.previous"].value
    if abs(change) <= SAME_FITNESS:
        return "You are holding your fitness: {fitness} today, {fitness.previous} on {date.previous}."
    if change > 0:
        return "You are getting fitter: fitness is {fitness} today, up from {fitness.previous} on {date.previous}."
    return "Your fitness is lower than it was: {fitness} today, down from {fitness.previous} on {date.previous}."


def _form(book: FactBook) -> str:
    if not book.has("form", "fatigue"):
        return ""
    form = book["form"].value
    if form < LOWEST_FORM:
        return "Form is {form} with fatigue at {fatigue}: you are deep in the red, so the next days should be easy."
    if form > FRESH_FORM:
        return "Form is {form} with fatigue at {fatigue}: you are fresh, ready to race or to train harder."
    return "Form is {form} with fatigue at {fatigue}: tired in the way that training makes you, and no more."


def _balance(book: FactBook) -> str:
    if "acuteChronicRatio" not in book:
        return ""
    ratio = book["acuteChronicRatio"].value
    if ratio > HIGH_RATIO:
        return "The last week is far above your month: the acute:chronic ratio is {acuteChronicRatio}, so hold back."
    if ratio < LOW_RATIO:
        return "The last week is below your month: the acute:chronic ratio is {acuteChronicRatio}, so there is room."
    return "The last week fits your month: the acute:chronic ratio is {acuteChronicRatio}."


def _week(book: FactBook, state: FitnessState) -> str:
    if "load.week" not in book:
        return ""
    last = state.windows[0] if state.windows else None
    if last is None or not last.runs:
        return "The last week holds a load of {load.week}."
    book.count("runs.week", last.runs, _SOURCE)
    return f"The last week holds a load of {{load.week}} in {{runs.week}} {'run' if last.runs == 1 else 'runs'}."


def _detail(book: FactBook, state: FitnessState) -> str:
    said = [_MEANING]
    if "ramp" in book:
        said.append("Over the last week fitness changed by {ramp}.")
    if "monotony" in book:
        said.append("Monotony of the week is {monotony}; easy and free days among the others keep it low.")
    return " ".join([*said, *missing_words(state, STANDING)])


_LIGHTS = {
    Light.GREEN: "You are ready: nothing in your nights and your load stands in the way of a hard session.",
    Light.AMBER: "Take care: one sign says that you are not quite recovered, so keep the session within itself.",
    Light.RED: "Not today: the signs say that you are not recovered, so rest or run easy.",
    Light.UNKNOWN: "There is not enough data to say how ready you are.",
}
_MEANING = (
    "Fitness is your daily load averaged over weeks, fatigue the same over days, and form what is left when "
    "yesterday's fatigue is taken from yesterday's fitness."
)
_SIGNALS = {
    Signal.HRV: "heart-rate variability",
    Signal.RESTING_HEART_RATE: "resting heart rate",
    Signal.SLEEP: "sleep",
    Signal.LOAD: "load of the last days",
}


def _reason(book: FactBook, reason: ReadinessReason) -> str:
    if reason.value is None or reason.usual is None:
        return ""
    label, source = reason.signal.value, Source(SourceKind.WELLNESS, reason.signal.value)
    if reason.signal is Signal.LOAD:
        source = _SOURCE
    for name, value in ((label, reason.value), (f"{label}.usual", reason.usual)):
        if reason.unit == "s":
            book.duration(name, value, source)
        elif reason.unit == "bpm":
            book.heart_rate(name, value, source)
        else:
            book.number(name, value, reason.unit, source)
    unit = " ms" if reason.unit == "ms" else ""
    mark = {Light.GREEN: "as usual", Light.AMBER: "a little off", Light.RED: "clearly off"}.get(reason.light, "")
    said = f"{_SIGNALS[reason.signal].capitalize()}: {{{label}}}{unit}, usually {{{label}.usual}}{unit}"
    return f"{said} ({mark})." if mark else f"{said}."
