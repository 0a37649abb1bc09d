"""Whether the words around a slot speak of what its fact is: the metric, its qualifiers, and no unit a second time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.coach_agent.domain.facts import Fact, SourceKind
from services.coach_agent.domain.wording.natures import natures_of
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.sentences import SlotAt, without_slots
from services.coach_agent.domain.wording.topics import (
    QUALIFIERS,
    Meaning,
    Qualifier,
    Topic,
    meaning_of,
    mentions,
    pattern,
)

_UNIT_AFTER = re.compile(
    r"\s*[-/]?\s*(?:or so |or more |full |whole )?(?:(?:each|every|an?|per) )?"
    r"(?:km\b|kms\b|kilomet\w+|k\b|mi\b|miles?\b|m\b|met(?:er|re)s?\b|ft\b|feet\b|bpm\b|beats\b|spm\b|steps\b"
    r"|%|percent|per ?cent|°|degrees?\b|celsius|fahrenheit|min(?:ute)?s?\b|hours?\b|hrs?\b|h\b"
    r"|sec(?:ond)?s?\b|s\b|kph|mph"
    r"|/\s?(?:km|mi)|watts?\b|w\b|kg\b|am\b|pm\b|o'clock|days?\b|weeks?\b|months?\b|runs?\b"
    r"|points?\b|heartbeats?\b"
    r"|sessions?\b|times\b|years?\b|reps?\b|repeats?\b)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s*[-]?\s*(?:full |whole )?(?:days?|weeks?|runs?|sessions?|times|years?|reps?|repeats?|easy|hard|long)\b",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(r"(?:[$€£#~]|\bkm|\bbpm|\bminus|\bplus|\btimes)\s*$|\bzone\s*$", re.IGNORECASE)
# Two figures with nothing between; "zone {zone} {share}" names what the second is of.
_GLUED = re.compile(r"(?<!\{fact:zone\d)\}\s*$")
_ZONE_LABEL = re.compile(r"^zone(\d)$")
_OF_ZONE = re.compile(r"^(?:timeInZone|shareOfZone|zone)(\d)(?:Low|High)?")
_BREAK = re.compile(
    r"[,;:\u2014\u2013()]| - |\b(?:while|whereas|although|though|because|but|so|and (?:you|your|it|the|then))\b",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"[\s,]*(?:and|or|to|then|\u2013|-|with|plus|,|versus|vs\.?|against)?[\s,]*(?:then|also)?\s*", re.IGNORECASE
)
_LINKS = frozenset(
    {
        *(
            "was",
            "were",
            "is",
            "are",
            "be",
            "been",
            "being",
            "has",
            "had",
            "have",
            "of",
            "to",
            "from",
            "a",
            "an",
            "the",
        ),
        *("your", "its", "my", "at", "averaged", "averaging", "averages", "average", "reached", "reaching", "hit"),
        *("hitting", "stayed", "staying", "sat", "sitting", "held", "holding", "settled", "settling", "stood", "came"),
        *("coming", "ran", "ended", "ending", "finished", "rose", "rising", "fell", "falling", "climbed", "climbing"),
        *(
            "dropped",
            "dropping",
            "went",
            "going",
            "touched",
            "started",
            "starting",
            "around",
            "about",
            "near",
            "nearly",
        ),
        *("roughly", "only", "just", "in", "out", "up", "down", "under", "below", "above", "over", "between", "which"),
        *("that", "it", "this", "while", "steady", "lower", "higher", "still", "then", "and", "by", "mean", "overall"),
        "you",
    }
)
_PREPOSITIONS = re.compile(r"\b(?:at|in|for|over|with|on|within|after|by)(?: (?:an?|the|your))?\s*$", re.IGNORECASE)
# Words that take figures of one sort only: "you covered ...", "it took ...", "in ...".
_TAKERS = (
    (r"covered|logged", {"distance"}),
    (r"took|lasted|taking|lasting", {"duration", "record"}),
    (r"climbed|climbing", {"ascent"}),
    (r"you ran|you run", {"distance", "duration", "share", "pace"}),
    (r"in", {"duration", "record", "date", "count", "period", "zone"}),
)
_PORTIONS = "|".join(one.words for one in QUALIFIERS if one.group == "portion")
_PORTION_BEHIND = re.compile(rf"\s*(?:in|for|over|during|of) (?:the |your )?(?:{_PORTIONS})\b", re.IGNORECASE)
_ATTACHED_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Place:
    """A slot with its fact, the words since the slot before it and those up to the next."""

    slot: SlotAt
    fact: Fact
    meaning: Meaning
    before: str
    after: str


def binding_of(sentence: str, found: list[tuple[SlotAt, Fact]]) -> Iterator[Rejection]:
    places = list(_places(sentence, found))
    words = without_slots(sentence)
    named: list[Topic] = []
    yield from _zones(places)
    for index, place in enumerate(places):
        yield from _unit(sentence, place)
        yield from natures_of(place.before, place.fact, place.after)
        listed, named = _named_before(place, named, first=index == 0)
        expected = listed[0] if len(listed) > 1 and _is_list(places[index:], len(listed)) else None
        yield from _topic(place, [expected] if expected else _nearest(place, listed), words)
        named = listed[1:] if expected is not None else listed[-1:]
        yield from _taken(place)
        yield from _qualifiers(place, words, _suffixes_told(places))


def _places(sentence: str, found: list[tuple[SlotAt, Fact]]) -> Iterator[_Place]:
    """What follows a slot and belongs to it ("{...} of climbing", "{...} in the first half") is not before the next."""
    ends = [0, *(slot.end for slot, _ in found)]
    starts = [*(slot.start for slot, _ in found), len(sentence)]
    for index, (slot, fact) in enumerate(found):
        before, after = sentence[ends[index] : slot.start], sentence[slot.end : starts[index + 1]]
        if index > 0:
            before = before[_attached_length(before) :]
        yield _Place(slot, fact, meaning_of(fact), before, after)


def _zones(places: list[_Place]) -> Iterator[Rejection]:
    """A zone's number is a fact too, and must be that of the figures beside it."""
    numbers = {match[1] for place in places if (match := _ZONE_LABEL.match(place.fact.label))}
    for place in places:
        match = _OF_ZONE.match(place.fact.label)
        if match and match[1] not in numbers:
            yield Rejection(
                RejectionKind.METRIC, f"Say of which zone {{fact:{place.fact.id}}} is, with the slot of its number."
            )
        elif match and len(numbers) > 1:
            yield Rejection(RejectionKind.METRIC, "Speak of one zone in one sentence.")


def _attached_length(after: str) -> int:
    portion = _PORTION_BEHIND.match(after)
    if portion is not None:
        return portion.end()
    found = mentions(after)
    return found[0][1] if found and _attached(after) is not None else 0


def _nearest(place: _Place, listed: list[Topic]) -> list[Topic]:
    """The topic named last; any of them where a colon or the like stands between ("by heart rate, not pace: hold")."""
    found = mentions(place.before)
    is_apart = found and re.search(r"[:;]", place.before[found[-1][1] :])
    return listed if is_apart else listed[-1:]


def _unit(sentence: str, place: _Place) -> Iterator[Rejection]:
    after, before = sentence[place.slot.end :], sentence[: place.slot.start]
    counts = place.fact.unit == "count" or place.meaning.topic.name == "count"
    is_unit = _UNIT_AFTER.match(after) and not (counts and _COUNTED.match(after))
    touches = re.match(r"[\w%°]|[.,:/]\w", after) or re.search(r"\w$|\w[.,:/]$|[-+\u00b1~]$", before)
    is_zone = _ZONE_LABEL.match(place.fact.label) is not None and before.rstrip().lower().endswith("zone")
    if is_unit or touches or _GLUED.search(before) or (_UNIT_BEFORE.search(before) and not is_zone):
        yield Rejection(
            RejectionKind.UNIT,
            f"{{fact:{place.fact.id}}} brings its own unit ({place.fact.text}); write none beside it.",
        )


def _named_before(place: _Place, named: list[Topic], *, first: bool) -> tuple[list[Topic], list[Topic]]:
    """The topics that this slot may be of by the words before it: new ones, or those of a list that goes on."""
    found = [topic for _, _, topic in mentions(place.before)]
    if found:
        return list(dict.fromkeys(found)), named
    if not first and not _JOINT.fullmatch(place.before):
        return [], named
    return named, named


def _is_list(places: list[_Place], length: int) -> bool:
    """Whether as many slots follow one another, joined by "and" and the like, as topics were named."""
    joined = [place for place in places[1:length] if _JOINT.fullmatch(place.before)]
    return len(places) >= length and len(joined) == length - 1


def _topic(place: _Place, expected: list[Topic], words: str) -> Iterator[Rejection]:
    own = place.meaning.topic
    attached = _attached(place.after)
    if expected and own not in expected and (attached != own or _is_linked(place.before)) and not _stands_apart(place):
        yield _wrong(place, expected[0].name)
    elif attached is not None and attached != own and own not in expected:
        yield _wrong(place, attached.name)
    elif not place.meaning.speaks_for_itself and not _is_named(own, place, words):
        yield Rejection(
            RejectionKind.METRIC, f"Say what {{fact:{place.fact.id}}} is ({own.name}) in the same sentence."
        )


def _taken(place: _Place) -> Iterator[Rejection]:
    own = place.meaning.topic.name
    for words, topics in _TAKERS:
        taker = re.search(
            rf"\b({words})(?: (?:an?|the|about|for|just|only|another|some))?\s*$", place.before, re.IGNORECASE
        )
        if taker and own not in topics:
            yield _wrong(place, f'what one says "{taker[1]}" of')
            return


def _wrong(place: _Place, said: str) -> Rejection:
    own = place.meaning.topic.name
    return Rejection(
        RejectionKind.METRIC, f"{{fact:{place.fact.id}}} is a fact of {own}, but the words around it speak of {said}."
    )


def _is_named(topic: Topic, place: _Place, words: str) -> bool:
    if topic.name == "count":
        return _COUNTED.match(place.after) is not None or pattern(topic.words).search(words) is not None
    return pattern(topic.words).search(words) is not None


def _attached(after: str) -> Topic | None:
    """A topic named straight after a slot: "{...} of climbing", "{...} average heart rate"."""
    clause = _BREAK.split(after)[0]
    words = re.match(rf"\s*((?:[\w'-]+\s*){{0,{_ATTACHED_WORDS}}})", clause)
    near = words[1] if words else ""
    found = mentions(near)
    if not found:
        return None
    between = near[: found[0][0]].split()
    allowed = {"of", "average", "mean", "maximum", "max", "total", "your", "the", "a", "an"}
    return found[0][2] if all(word.lower() in allowed for word in between) else None


def _is_linked(before: str) -> bool:
    """Whether the topic named last runs straight into the slot: "heart rate was", "a heart rate of"."""
    found = mentions(before)
    if not found:
        return True
    between = re.findall(r"[\w'-]+", before[found[-1][1] :].lower())
    return all(word in _LINKS or word.endswith("ly") for word in between)


def _stands_apart(place: _Place) -> bool:
    """As in "You held your pace well at {averageHeartRate}": a figure after a preposition of its own."""
    return (
        place.meaning.speaks_for_itself
        and bool(mentions(place.before))
        and not _is_linked(place.before)
        and _PREPOSITIONS.search(place.before) is not None
    )


def _suffixes_told(places: list[_Place]) -> set[str]:
    """What stands behind the point of the dates and stretches of time that the sentence gives as slots."""
    return {place.fact.label.partition(".")[2] for place in places if place.meaning.topic.name in {"date", "period"}}


def _qualifiers(place: _Place, words: str, told: set[str]) -> Iterator[Rejection]:
    """A qualifier that is owed must be in the sentence; one of the same group that is not the fact's, not beside it."""
    own = place.meaning.qualifiers
    for one in own:
        # Of which run a figure is, is looked at elsewhere.
        is_of_run = place.fact.source.kind is SourceKind.ACTIVITY
        is_told = one.group == "suffix" and (is_of_run or place.fact.label.partition(".")[2] in told)
        if one.owed and not is_told and not pattern(one.words).search(words):
            yield Rejection(
                RejectionKind.METRIC,
                f"Say that {{fact:{place.fact.id}}} is of the {one.name}; it is not the plain figure.",
            )
    behind = _PORTION_BEHIND.match(place.after)
    for group in ("statistic", "portion"):
        clause = behind[0] if behind and group == "portion" else _BREAK.split(place.before)[-1]
        mine = [one for one in own if one.group == group]
        said = [one for one in QUALIFIERS if one.group == group and pattern(one.words).search(clause)]
        if said and not any(one in said for one in mine) and (mine or not _is_loose(said)):
            yield Rejection(
                RejectionKind.METRIC,
                f"{{fact:{place.fact.id}}} is not of the {said[0].name} that the words beside it name.",
            )


def _is_loose(said: list[Qualifier]) -> bool:
    """A plain figure of a run is its average, and words such as "start" and "end" rarely name a portion."""
    return all(one.name in {"average", "first quarter", "last quarter"} for one in said)
