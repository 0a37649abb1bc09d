"""The next run: what plan, notes, readiness and load leave of it, the same as the advice of the day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.chat.answer_plan import plan_sentence, targets
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, observations
from services.coach_agent.domain.chat.next_run_answer import add_last_runs, answer_next_run, recent_words, when_words
from services.coach_agent.domain.chat.yes_or_no import word_for
from services.coach_agent.domain.facts import Passage, Source, SourceKind, join
from services.coach_agent.domain.insights.daily import advice_words
from services.coach_agent.domain.insights.deciding import DayDecision, DayDecisions
from services.coach_agent.domain.insights.rules import SENTENCES, Rule


@dataclass(frozen=True, slots=True)
class NextRunAnswers:
    decisions: DayDecisions

    async def next_run(self, inquiry: Inquiry) -> Answer:
        """Advice for a day to come, today included; a yes or a no first where one is wanted. Raises NoData."""
        decided = await self._decision(inquiry)
        answer, about = _advised(inquiry, decided), inquiry.intent.topic
        if about is None:
            return answer
        word = Passage((word_for(about, decided.decision, decided.situation.suggestion),))
        return dataclasses.replace(answer, opening=join((word, answer.opening), "\n"))

    async def why(self, inquiry: Inquiry) -> Answer:
        """What the advice rests on: the advice without its first line."""
        answer = _advised(inquiry, await self._decision(inquiry))
        pieces = answer.opening.pieces
        reasons = Passage(pieces[pieces.index("\n") + 1 :]) if "\n" in pieces else answer.opening
        return dataclasses.replace(answer, opening=reasons, chart=None)

    async def _decision(self, inquiry: Inquiry) -> DayDecision:
        return await self.decisions.of(inquiry.runner, inquiry.intent.day or inquiry.today + dt.timedelta(1))


def _advised(inquiry: Inquiry, decided: DayDecision) -> Answer:
    rules = decided.decision.rules
    if rules[0] is not Rule.SUGGESTED:
        return _decided(inquiry, decided)
    answer = answer_next_run(decided.readings, inquiry.athlete, day=decided.situation.day, today=inquiry.today)
    further = [SENTENCES[rule] for rule in rules[1:]]
    return answer if not further else _with_lines(answer, further)


def _decided(inquiry: Inquiry, decided: DayDecision) -> Answer:
    """The day's decision: what to do, each rule that speaks, and the last runs behind it."""
    decision, day, readings = decided.decision, decided.situation.day, decided.readings
    book = inquiry.book()
    book.date("sessionDate", day, Source(SourceKind.PLAN, decision.rules[0]))
    decided.add_facts(book)
    lines = [f"{when_words(day, inquiry.today)}: {advice_words(decision)}.", *(SENTENCES[r] for r in decision.rules)]
    workout = decision.workout
    if workout is not None and decision.rules[0] is Rule.PLANNED:
        lines += [plan_sentence(workout.reason), targets(book, workout)]
    told = [observations(book, lines)]
    if readings:
        suffixes = add_last_runs(book, readings)
        told.append(Passage(("- ",)) + recent_words(book, readings, suffixes, "Your last runs"))
    return Answer(
        join(told, "\n"),
        Passage(
            ("When you are ill or hurt, note it on the Today page: advice and plan go by it until you close the note.",)
        ),
        book.facts,
        suggestions=("Why?", "How recovered am I?", "What is on my plan this week?"),
    )


def _with_lines(answer: Answer, sentences: Sequence[str]) -> Answer:
    """Further rules behind the advice; those that hold no slots."""
    said = [Passage((f"- {sentence}",)) for sentence in sentences if "{" not in sentence]
    return dataclasses.replace(answer, opening=join((answer.opening, *said), "\n"))
