"""Whether the words around a slot speak of the run, the day or the time that its fact is of.

A sentence that names no run speaks of the run asked about. Whoever gives a figure of another run says so.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from services.coach_agent.domain.facts import Fact
from services.coach_agent.domain.wording.ground import Ground, Subject, date_of
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.sentences import SlotAt

_NAMES_OF_DAYS = tuple(name.lower() for name in calendar.day_name)
_WEEKDAY = re.compile(rf"\b(?P<day>{'|'.join(_NAMES_OF_DAYS)})(?:'s|s)?\b", re.IGNORECASE)
_NAMES_OF_MONTHS = tuple(name.lower() for name in calendar.month_name)[1:]
# Without its capital "may" is a verb, and "march" is something that feet do.
_MONTH = re.compile(rf"\b(?:{'|'.join(calendar.month_name[1:])})\b")
_OTHER = re.compile(
    r"\b(?:(?:the )?(?:run|one|time|session|outing) before|(?:the |your |my )?(?:previous|prior|earlier|other"
    r"|preceding) (?:run|one|session|outing|time|effort)s?|the previous|last time|previously|(?:against|after|than|from"
    r"|and|with|to) (?=\{fact:[\w.\-]+\} (?:before|previously|earlier|last time)))\b"
    r"|\b(?:the other(?= (?:took|covered|lasted|was|had))|before that"
    r"|earlier(?=,? you)|the first (?:of them|run|one))\b"
    r"|(?<=\} )(?:before|previously|earlier)\b",
    re.IGNORECASE,
)
_LATEST = re.compile(r"\b(?:last|latest|most recent|newest) (?:run|one|session|outing)\b", re.IGNORECASE)
_THIS = re.compile(r"\bthis (?:run|one|session|outing|time|effort|easy|long)\b|\bthe latest\b", re.IGNORECASE)
_PLURAL = re.compile(
    r"\b(?:(?:your|the|these|those) (?:\w+ )?(?:recent|last|latest|past)? ?(?:\w+ )?runs|recent runs|recently)\b",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:today|now|currently|last night|tonight|this morning|this afternoon|this evening)\b", re.IGNORECASE
)
_YESTERDAY = re.compile(r"(?<!before )\byesterday\b", re.IGNORECASE)
_BEFORE_YESTERDAY = re.compile(r"\bday before yesterday\b", re.IGNORECASE)
# Too vague to be any run's or day's.
_LONG_AGO = re.compile(
    r"\b(?:days?|weeks?|months?|years?|a while|a time|long) ago\b|\bday after tomorrow\b|\bover the weekend\b",
    re.IGNORECASE,
)
_TOMORROW = re.compile(r"\b(?:tomorrow|next (?:run|session|one|day|easy|long))\b", re.IGNORECASE)
_NEXT_TIME = re.compile(r"\bnext time\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:(?P<which>this|last|next|past|previous|recent|coming|current|final)(?: few| several)? (?P<unit>weeks?"
    r"|months?|years?|days|season|weekend)|(?P<every>per week|a week|weekly|monthly|per month|a month|so far"
    r"|year to date))\b",
    re.IGNORECASE,
)
# Of windows of their own, which no word for a stretch of time has to name.
_STANDING = re.compile(r"^(?:fitness|fatigue|form|ramp|acuteChronic|monotony|strain|readiness|hrv|resting|sleep)")
_GOES_ON = re.compile(r"\b(?:it|its|that run|that day|that session|there|then)\b", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:tomorrow|next|aim|target|plan\w*|keep|hold|try|let|run|start|begin|stay|should|could|will|suggest\w*|today|"
    r"going|ceiling|limit|from here|forecast|expect\w*|feels?|rain|wind|weather|dew|until|race)\b",
    re.IGNORECASE,
)

# "Yesterday and on Tuesday": a figure is of both, or of neither.
_AND = re.compile(r"\s*,?\s*(?:and|or)\s+(?:on |in )?", re.IGNORECASE)

_Holds = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that say of what is spoken; ``holds`` tells whether that may be a fact's subject."""

    start: int
    text: str
    holds: _Holds


class Whose:
    """Reads sentence after sentence, since "its pace" goes on where the sentence before ended."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._last: _Phrase | None = None

    def widen(self, ground: Ground) -> None:
        self._ground = ground

    def of(self, sentence: str, found: list[tuple[SlotAt, Fact]]) -> Iterator[Rejection]:
        phrases = sorted(self._phrases(sentence, found), key=lambda one: one.start)
        current = self._last if not phrases and _GOES_ON.search(sentence) else None
        if current is None and not phrases:
            yield from self._left_open(found)
        for index, (slot, fact) in enumerate(found):
            until = found[index + 1][0].start if index + 1 < len(found) else len(sentence)
            before = [one for one in phrases if one.start < slot.start]
            behind = [one for one in phrases if slot.end <= one.start <= until]
            current = before[-1] if before else current
            said = [one for one in (current, *behind[:1]) if one is not None]
            yield from self._judged(sentence, fact, said)
            if before[1:] and _AND.fullmatch(sentence[before[-2].start + len(before[-2].text) : before[-1].start]):
                yield from self._judged(sentence, fact, before[-2:-1])
        yield from self._without_run(phrases, found)
        self._last = phrases[-1] if phrases else current

    def _left_open(self, found: list[tuple[SlotAt, Fact]]) -> Iterator[Rejection]:
        """After a sentence of another run a reader takes what names no run for that one's."""
        ground, last = self._ground, self._last
        if last is None or ground.primary is None:
            return
        runs = {run: Subject(run=run, day=day) for run, day in ground.days.items()}
        primary = runs.pop(ground.primary, Subject(run=ground.primary))
        if last.holds(primary) or not any(last.holds(other) for other in runs.values()):
            return
        for _, fact in found:
            if ground.subject_of(fact).run == ground.primary and fact.unit != "date":
                yield _wrong(fact, f'"{last.text.strip()}", which the sentence before speaks of')

    def _judged(self, sentence: str, fact: Fact, said: list[_Phrase]) -> Iterator[Rejection]:
        subject = self._ground.subject_of(fact)
        if subject.is_timeless or fact.unit == "date" or any(one.holds(subject) for one in said):
            return
        if said:
            yield _wrong(fact, f'"{said[-1].text.strip()}"')
        elif subject.is_planned and not _AHEAD.search(sentence):
            yield _wrong(fact, "what has been")
        elif self._is_of_another_run(subject, fact):
            yield _wrong(fact, "the run asked about")

    def _is_of_another_run(self, subject: Subject, fact: Fact) -> bool:
        """Where no run was asked about, a record and the like have plain labels and need no run named beside them."""
        if subject.run is None or subject.run == self._ground.primary:
            return False
        return self._ground.primary is not None or "." in fact.label

    def _without_run(self, phrases: list[_Phrase], found: list[tuple[SlotAt, Fact]]) -> Iterator[Rejection]:
        """A day in the past on which, as far as is known, nothing was run is an invention."""
        if found:
            return
        known = [Subject(run=run, day=day) for run, day in self._ground.days.items()]
        for phrase in phrases:
            if _is_past_day(phrase.text) and not any(phrase.holds(subject) for subject in known):
                yield Rejection(RejectionKind.SUBJECT, f'Nothing is known of "{phrase.text}"; leave it out.')

    def _phrases(self, sentence: str, found: list[tuple[SlotAt, Fact]]) -> Iterator[_Phrase]:
        ground, today = self._ground, self._ground.today
        for slot, fact in found:
            if fact.unit == "date":
                yield _Phrase(slot.start, fact.text, partial(_is_dated, fact, ground))
            elif fact.label.startswith("period"):
                yield _Phrase(slot.start, fact.text, partial(_is_of_suffix, ground.subject_of(fact).suffix))
        for words, holds in (
            (_OTHER, partial(_is_other, ground)),
            (_LATEST, partial(_is_latest, ground)),
            (_THIS, partial(_is_primary, ground)),
            (_PLURAL, _is_a_run),
            (_TODAY, partial(_is_today, today)),
            (_BEFORE_YESTERDAY, partial(_is_of, today - dt.timedelta(days=2))),
            (_LONG_AGO, _is_nothing),
            (_YESTERDAY, partial(_is_of, today - dt.timedelta(days=1))),
            (_NEXT_TIME, partial(_is_aim, ground)),
            (_TOMORROW, partial(_is_next, today + dt.timedelta(days=1))),
        ):
            yield from (_Phrase(match.start(), match[0], holds) for match in words.finditer(sentence))
        for match in _WEEKDAY.finditer(sentence):
            weekday = _NAMES_OF_DAYS.index(match["day"].lower())
            yield _Phrase(match.start(), match[0], partial(_is_weekday, today, weekday))
        for match in _MONTH.finditer(sentence):
            yield _Phrase(match.start(), match[0], partial(_is_month, _NAMES_OF_MONTHS.index(match[0].lower()) + 1))
        for match in _PERIOD.finditer(sentence):
            yield _Phrase(match.start(), match[0], partial(_is_period, match))


def _is_of(day: dt.date, subject: Subject) -> bool:
    return subject.day == day


def _is_nothing(_: Subject) -> bool:
    return False


def _is_today(today: dt.date, subject: Subject) -> bool:
    """What is planned may be for today, and where a runner stands is where they stand today."""
    stands = subject.period is not None and not subject.suffix and _STANDING.search(subject.period) is not None
    return subject.day == today or subject.is_planned or stands


def _is_dated(date: Fact, ground: Ground, subject: Subject) -> bool:
    """A date that is written as a slot: of the fact's day, of its run, of its plan, or of what shares its suffix."""
    own, day = ground.subject_of(date), date_of(date)
    is_of_run = own.run is not None and own.run == subject.run
    is_ahead = subject.is_planned and day >= ground.today
    return subject.day == day or is_of_run or is_ahead or _is_of_suffix(own.suffix, subject)


def _is_of_suffix(suffix: str, subject: Subject) -> bool:
    return subject.period is not None and subject.suffix == suffix


def _is_other(ground: Ground, subject: Subject) -> bool:
    return subject.run is not None and subject.run != ground.primary


def _is_primary(ground: Ground, subject: Subject) -> bool:
    return subject.run is not None and subject.run == ground.primary


def _is_latest(ground: Ground, subject: Subject) -> bool:
    return subject.run is not None and subject.run == ground.latest


def _is_a_run(subject: Subject) -> bool:
    return subject.run is not None


def _is_aim(ground: Ground, subject: Subject) -> bool:
    """What to aim for next time may be a figure of the run asked about."""
    return subject.is_planned or _is_primary(ground, subject)


def _is_next(tomorrow: dt.date, subject: Subject) -> bool:
    return subject.is_planned or subject.day == tomorrow


def _is_month(month: int, subject: Subject) -> bool:
    return subject.day is not None and subject.day.month == month


def _is_weekday(today: dt.date, weekday: int, subject: Subject) -> bool:
    """A weekday is the one of the week around today."""
    if subject.day is None:
        return subject.is_planned
    return subject.day.weekday() == weekday and abs((subject.day - today).days) <= 7


def _is_period(match: re.Match[str], subject: Subject) -> bool:
    """Facts of a stretch of time say which by their label and source: "load.week", "distance.lastMonth", "28d"."""
    if subject.is_planned or (subject.period is not None and _STANDING.search(subject.period)):
        return True
    if subject.period is None:
        return False
    said = subject.period.lower()
    unit = (match["unit"] or match["every"] or "").lower().rstrip("s")
    which = (match["which"] or "").lower()
    names = {"week": r"week|7d", "day": r"day|\dd\b|week", "month": r"month|28d|4w", "year": r"year"}
    is_unit = next((re.search(words, said) is not None for name, words in names.items() if name in unit), True)
    is_last = re.search(r"last|previous|before", said) is not None
    return is_unit and not (which in {"this", "current"} and is_last)


def _is_past_day(text: str) -> bool:
    return _YESTERDAY.fullmatch(text) is not None or _WEEKDAY.fullmatch(text) is not None


def _wrong(fact: Fact, said: str) -> Rejection:
    return Rejection(RejectionKind.SUBJECT, f"{{fact:{fact.id}}} is not a fact of {said}; say whose it is.")
