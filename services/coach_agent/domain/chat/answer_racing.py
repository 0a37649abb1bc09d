"""Answers about how fast a runner is: predictions with their range, records, and the paces to train at."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.answer_fitness import RACING, missing_words
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import QUESTION, Inquiry, add_period, nothing_yet, observations
from services.coach_agent.domain.chat.race_names import name_of, said
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind
from services.coach_agent.domain.fitness.best_efforts import recent_efforts
from services.coach_agent.domain.fitness.models import FitnessState, PaceRange, Prediction, Record, TrainingPaces
from services.coach_agent.domain.fitness.predictions import RACES_M, predict_races
from services.coach_agent.domain.fitness.records import personal_records
from services.coach_agent.domain.fitness.service import Fitness

_SOURCE = Source(SourceKind.FITNESS, "predictions")
_SHOWN_RECORDS = (1000, 5000, 10_000, 21_098, 42_195)
_SHOWN_RECORDS_MILES = (1609, 5000, 10_000, 21_098, 42_195)


@dataclass(frozen=True, slots=True)
class RacingAnswers:
    fitness: Fitness

    async def predictions(self, inquiry: Inquiry) -> Answer:
        """Race times, each with its range. Raises NoData without any activity."""
        state, asked_m = await self._state(inquiry), inquiry.intent.distance_m
        found = await self._predicted(inquiry, state, asked_m)
        book = inquiry.book()
        if not found:
            return _no_prediction(book, state, asked_m)
        lines = [_add_prediction(book, prediction) for prediction in found]
        if asked_m is not None:
            lines += _more_about(book, found[0], inquiry)
        if inquiry.intent.topic == "index" and state.now.index is not None:
            book.number("raceIndex", state.now.index.value, "index", _SOURCE, decimals=1)
            lines.insert(0, "Your race-equivalence index is {raceIndex}; these are the times it stands for.")
        detail = (
            "The time is the race-equivalence index of your best efforts of the last months turned round, "
            "and the range "
            "is what such predictions usually miss by. A flat course, cool air and training for the distance "
            "are assumed."
        )
        missing = missing_words(state, RACING)
        return Answer(
            observations(book, lines),
            book.compose(" ".join([detail, *missing])),
            book.facts,
            suggestions=(
                "How are my race predictions calculated?",
                "What are my training paces?",
                "What are my records?",
            ),
        )

    async def records(self, inquiry: Inquiry) -> Answer:
        """The fastest times over set distances, of a period where one is named. Raises NoData without any activity."""
        state, span = await self._state(inquiry), inquiry.intent.span
        records = state.records
        if span is not None:
            history = await self.fitness.history(inquiry.runner.user_id)
            early = history.day >= span.first.toordinal()
            records = personal_records(replace(history, is_run=history.is_run & early), span.last)
        book = inquiry.book()
        for record in records:
            _add_record(book, record)
        if span is not None:
            add_period(book, "period", span)
        asked_m = inquiry.intent.distance_m
        if asked_m is not None:
            return _one_record(book, records, asked_m)
        if not records:
            where = " in {period}" if span is not None else " yet"
            return Answer(book.compose(f"None of your runs holds a best time{where}."), Passage(), book.facts)
        shown = _SHOWN_RECORDS_MILES if book.units is Units.MILES else _SHOWN_RECORDS
        lines = [_record_line(book, record) for record in records if record.distance_m in shown]
        detail = (
            "They are the fastest stretches of these lengths within any run, by elapsed time, so a race on a "
            "course that "
            "measures short is not among them. The shorter and longer ones stand on the Fitness page."
        )
        return Answer(
            observations(book, lines or [_record_line(book, records[-1])]),
            book.compose(detail),
            book.facts,
            suggestions=("Predict my race times", "Am I getting faster?"),
        )

    async def paces(self, inquiry: Inquiry) -> Answer:
        """Training paces from the index. Raises NoData without any activity."""
        state = await self._state(inquiry)
        book = inquiry.book()
        if state.now.paces is None:
            words = missing_words(state, RACING) or ["There is too little to tell your paces from yet."]
            return Answer(
                book.compose(" ".join(words[:2])),
                Passage(("Until then run easy enough to talk in whole sentences.",)),
                book.facts,
                suggestions=("What are my zones?", "What should I run tomorrow?"),
            )
        _add_paces(book, state.now.paces)
        wanted = inquiry.intent.topic
        names = [wanted] if wanted in _PACES else list(_PACES)
        lines = [_PACES[name] for name in names]
        detail = (
            "They are for flat ground and cool air, from the race-equivalence index of your best efforts of the last "
            "months. On hills and in heat go by effort."
        )
        return Answer(
            observations(book, lines),
            book.compose(detail),
            book.facts,
            suggestions=("What are my zones?", "Predict my race times"),
        )

    async def _state(self, inquiry: Inquiry) -> FitnessState:
        state = await self.fitness.state(inquiry.runner)
        if "activities" in state.now.missing:
            raise nothing_yet()
        return state

    async def _predicted(self, inquiry: Inquiry, state: FitnessState, asked_m: float | None) -> tuple[Prediction, ...]:
        if asked_m is None or any(asked_m == race for race in RACES_M):
            return tuple(p for p in state.now.predictions if asked_m in {None, p.distance_m})
        if state.now.index is None:
            return ()
        history = await self.fitness.history(inquiry.runner.user_id)
        return predict_races(recent_efforts(history, inquiry.today), state.now.index, (asked_m,)).races


def _no_prediction(book: FactBook, state: FitnessState, asked_m: float | None) -> Answer:
    what = f"for the {said(book, asked_m)}" if asked_m is not None else "for a race"
    words = missing_words(state, RACING)[:2]
    return Answer(
        book.compose(" ".join([f"I cannot give you a time {what} yet.", *words])),
        Passage(("A hard run over a few kilometres, or a parkrun, is the quickest way to one.",)),
        book.facts,
        suggestions=("What are my records?", "What should I run tomorrow?"),
    )


def _add_prediction(book: FactBook, prediction: Prediction) -> str:
    label = f"predicted{name_of(prediction.distance_m)}"
    time = prediction.time_s
    for suffix, value in (("", time.value), (".low", time.low), (".high", time.high)):
        book.duration(f"{label}{suffix}", value, _SOURCE)
    if prediction.riegel_s is not None:
        book.duration(f"{label}.riegel", prediction.riegel_s, Source(SourceKind.FITNESS, "predictions.riegel"))
    name = said(book, prediction.distance_m)
    return f"{name[0].upper()}{name[1:]}: about {{{label}}}, between {{{label}.low}} and {{{label}.high}}."


def _more_about(book: FactBook, prediction: Prediction, inquiry: Inquiry) -> list[str]:
    """Pace, second opinion and the time aimed at, of one race."""
    label = f"predicted{name_of(prediction.distance_m)}"
    km = prediction.distance_m / 1000.0
    for suffix, value in (
        ("", prediction.time_s.value),
        (".low", prediction.time_s.low),
        (".high", prediction.time_s.high),
    ):
        book.pace(f"racePace{suffix}", value / km, _SOURCE)
    lines = ["That is a pace of {racePace}; set out no faster than {racePace.low}."]
    if inquiry.intent.target_s is not None:
        lines.insert(0, _target(book, prediction, inquiry.intent.target_s))
    if f"{label}.riegel" in book:
        lines.append(f"Riegel's formula, as a second opinion, says {{{label}.riegel}}.")
    return lines


def _target(book: FactBook, prediction: Prediction, target_s: float) -> str:
    book.duration("target", target_s, QUESTION)
    book.pace("targetPace", target_s / (prediction.distance_m / 1000.0), QUESTION)
    time = prediction.time_s
    if target_s >= time.high:
        return "Your goal of {target} is slower than all of this range: you should be able to run it."
    if target_s >= time.value:
        return "Your goal of {target} lies within the range and behind the likely time: it is realistic."
    if target_s >= time.low:
        return "Your goal of {target} lies within the range but ahead of the likely time: it takes a good day."
    return "Your goal of {target} is faster than all of this range: not now, but training moves the range."


def _add_record(book: FactBook, record: Record) -> None:
    label, source = f"fastest{name_of(record.distance_m)}", Source(SourceKind.ACTIVITY, str(record.activity_id))
    book.duration(label, record.elapsed_s, source)
    book.date(f"date.{label}", record.day, source)
    book.pace(f"pace.{label}", 1000.0 * record.elapsed_s / record.distance_m, source)


def _record_line(book: FactBook, record: Record) -> str:
    label, name = f"fastest{name_of(record.distance_m)}", said(book, record.distance_m)
    return f"{name[0].upper()}{name[1:]}: {{{label}}} on {{date.{label}}}, {{pace.{label}}}."


def _one_record(book: FactBook, records: tuple[Record, ...], asked_m: float) -> Answer:
    asked = next((record for record in records if abs(record.distance_m - asked_m) < 2.0), None)
    suggestions = ("What are my records?", "Predict my race times")
    if asked is not None:
        detail = "It is the fastest stretch of this length within any of your runs, by elapsed time."
        return Answer(
            book.compose(_record_line(book, asked)), book.compose(detail), book.facts, suggestions=suggestions
        )
    name = said(book, asked_m)
    others = [_record_line(book, record) for record in records[-2:]]
    opening = (
        f"I find no run of yours as long as the {name}"
        if _too_long(records, asked_m)
        else f"I keep no best time for the {name}"
    )
    return Answer(
        book.compose(
            ". ".join([opening, *(["The longest best times I have:"] if others else [])]).rstrip(":")
            + (":" if others else ".")
        ),
        observations(book, others),
        book.facts,
        suggestions=suggestions,
    )


def _too_long(records: tuple[Record, ...], asked_m: float) -> bool:
    return all(record.distance_m < asked_m for record in records)


_PACES = {
    "easy": "Easy and long runs: {easyPaceFast} to {easyPaceSlow}.",
    "marathon": "Marathon pace: {marathonPaceFast} to {marathonPaceSlow}.",
    "threshold": "Threshold and tempo: {thresholdPaceFast} to {thresholdPaceSlow}.",
    "intervals": "Intervals of a few minutes: {intervalPaceFast} to {intervalPaceSlow}.",
    "repetition": "Short repetitions: {repetitionPaceFast} to {repetitionPaceSlow}.",
}


def _add_paces(book: FactBook, paces: TrainingPaces) -> None:
    source = Source(SourceKind.FITNESS, "trainingPaces")
    ranges: dict[str, PaceRange] = {
        "easy": paces.easy, "marathon": paces.marathon, "threshold": paces.threshold, "interval": paces.interval,
        "repetition": paces.repetition,
    }  # fmt: skip
    for name, pace in ranges.items():
        book.pace(f"{name}PaceFast", pace.fast_s_per_km, source)
        book.pace(f"{name}PaceSlow", pace.slow_s_per_km, source)
