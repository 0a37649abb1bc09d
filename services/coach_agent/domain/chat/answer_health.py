"""Answers to what hurts or ails: safe, without diagnosis or medication, and kept in mind where the runner wants it."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry
from services.coach_agent.domain.facts import Passage, Source, SourceKind, join
from services.coach_agent.domain.insights.models import NoteKind
from services.coach_agent.domain.insights.notes import NewNote, Notes

_INJURY = (
    "- Stop when it hurts: pain that changes how you run, gets worse as you go or is there when you walk means no "
    "running today.\n"
    "- Until it is gone, only what does not hurt: walking, easy cycling or swimming.\n"
    "- Come back with a short easy run, and hold off hard sessions and hills until several runs in a row felt normal.\n"
    "- See a doctor or a physiotherapist when it is sharp, swollen, sore to the touch on the bone, or no "
    "better after a "
    "week of rest."
)
_ILLNESS = (
    "- With fever, aching limbs, a cough from the lungs or a stomach that is not right: no running at all.\n"
    "- With a plain cold and nothing below the neck, a short easy run or a walk is the most; rest loses you nothing.\n"
    "- Wait until you have felt well for a whole day, then begin with easy runs and leave hard sessions out for the "
    "first days.\n"
    "- See a doctor when fever stays, or when breathing or your heart feel wrong."
)
_MEDICATION = (
    "- About medicines ask a doctor or a pharmacist; a coach cannot know what is safe for you.\n"
    "- If you need something to get through a run, the run can wait: pain is what tells you to stop.\n"
    "- What I can do is take the load off: easy days, a shorter week, or a plan that goes around it."
)
_TEXTS = {"injury": _INJURY, "illness": _ILLNESS, "medication": _MEDICATION}
_NO_JUDGEMENT = "I cannot tell from here what it is, and I do not try to. "
_OFFER = 'Say "note it", and I leave hard sessions out of advice and plan until you close the note on the Today page.'
_SUGGESTIONS = ("What should I run tomorrow?", "Do I need a rest day?")


def answer_health(inquiry: Inquiry) -> Answer:
    topic = inquiry.intent.topic or "injury"
    offer, suggestions = ("", _SUGGESTIONS) if inquiry.intent.said is None else (_OFFER, ("Note it", *_SUGGESTIONS))
    return Answer(
        Passage((_TEXTS[topic],)), Passage(((_NO_JUDGEMENT + offer).strip(),)), (), suggestions=suggestions
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoteAnswers:
    notes: Notes

    async def note(self, inquiry: Inquiry) -> Answer:
        """Keep what ails the runner from today on, in their own words, with the advice where it was not given yet.

        Raises Conflict past 50 open notes.
        """
        kind = NoteKind.ILLNESS if inquiry.intent.topic == "illness" else NoteKind.INJURY
        await self.notes.add(inquiry.runner, NewNote(kind, inquiry.intent.said or kind.value, inquiry.today, None))
        book = inquiry.book()
        book.date("date.note", inquiry.today, Source(SourceKind.MESSAGE, "note"))
        noted = book.compose(
            f"Noted as an {kind.value} from {{date.note}} on: no hard sessions until you close the note."
        )
        advice = Passage() if inquiry.intent.confirmed else Passage((_TEXTS[kind.value],))
        return Answer(
            join((noted, advice), "\n"),
            book.compose("You find it on the Today page, where you can also change or delete it."),
            book.facts,
            suggestions=_SUGGESTIONS,
        )
