"""Good replies made wrong, each in one known way, by a seeded hand."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.unit.coach_agent.wording import replies

GOOD = {"drifting": replies.DRIFTING, "compared": replies.COMPARED, "advised": replies.ADVISED}

_SLOT = re.compile(r"\{fact:[\w.\-]+\}")
_NUMBER_WORDS = (
    *("two", "three", "seven", "eleven", "fifteen", "twenty", "forty-five", "ninety", "a hundred", "third", "fifth"),
    *("half", "a quarter", "twice", "double", "a dozen", "tenth", "fifty", "zwei", "trois", "cinco", "V", "XII", "iii"),
)
_DIGITS = "٤٥६৭၃４５⑥⑦²³½⅔Ⅷⅻ〇㊂𝟗𝟜🄋➑"
# What no sentence about a run may hold in the place of the slot that stood there.
_STRANGERS = {
    "drifting": ("{fact:cadence}", "{fact:pace}", "{fact:averageHeartRate}", "{fact:distance}", "{fact:load}"),
    "compared": ("{fact:cadence}", "{fact:averageHeartRate.previous}", "{fact:load.previous}"),
    "advised": ("{fact:cadence.2026-11-15}", "{fact:averageHeartRate.2026-11-15}", "{fact:load.2026-11-15}"),
}


@dataclass(frozen=True)
class Wrong:
    """``sentences`` of which the one at ``index`` is wrong."""

    name: str
    way: str
    sentences: tuple[str, ...]
    index: int


def _with_slot(choose: random.Random, name: str) -> str:
    return choose.choice([text for text in GOOD[name] if _SLOT.search(text)])


def _replace_slot(choose: random.Random, text: str, by: Callable[[str], str]) -> str:
    slots = list(_SLOT.finditer(text))
    slot = choose.choice(slots)
    return text[: slot.start()] + by(slot[0]) + text[slot.end() :]


def _digits(choose: random.Random, name: str) -> str:
    return _replace_slot(choose, _with_slot(choose, name), lambda _: str(choose.randint(0, 999)))


def _number_word(choose: random.Random, name: str) -> str:
    return _replace_slot(choose, _with_slot(choose, name), lambda _: choose.choice(_NUMBER_WORDS))


def _added_word(choose: random.Random, name: str) -> str:
    words = choose.choice(GOOD[name]).split(" ")
    words.insert(choose.randrange(len(words)), choose.choice(_NUMBER_WORDS))
    return " ".join(words)


def _foreign_digit(choose: random.Random, name: str) -> str:
    text = choose.choice(GOOD[name])
    at = choose.choice([match.start() for match in re.finditer(" ", text)])
    return text[:at] + " " + choose.choice(_DIGITS) + text[at:]


def _glued(choose: random.Random, name: str) -> str:
    wrap = choose.choice(("{}5", "1{}", "{}.5", "-{}", "{}:30", "4:{}", "{}%", "{} km", "{} bpm", "{} per mile", "{}k"))
    return _replace_slot(choose, _with_slot(choose, name), wrap.format)


def _unknown(choose: random.Random, name: str) -> str:
    made_up = choose.choice(("{fact:vo2}", "{fact:pace.tomorrow}", "{pace}", "{fact:}", "{fact:pace", "{{fact:pace}}"))
    return _replace_slot(choose, _with_slot(choose, name), lambda _: made_up)


def _claimed(choose: random.Random, name: str) -> str:
    claim = choose.choice(
        (
            "That is your best run ever.", "You were faster than last month.", "Your fitness is improving.",
            "It beats your record.", "Your ride on Sunday helped.", "You ran again on Saturday evening.",
            "Your heart rate was lower than usual.", "What a great run!", "Your mileage keeps growing.",
            "There is no cadence in this recording.", "You have never run longer.", "Swimming helped as well.",
        )
    )  # fmt: skip
    del name
    return claim


def _medical(choose: random.Random, name: str) -> str:
    del name
    return choose.choice(
        (
            "You have shin splints.", "Take an aspirin before the next run.", "It looks like asthma.",
            "You may be suffering from an infection.", "A low dose of ibuprofen helps.", "This is a stress fracture.",
        )
    )  # fmt: skip


def _markup(choose: random.Random, name: str) -> str:
    text = choose.choice(GOOD[name])
    return choose.choice(
        ("**{}**", "<p>{}</p>", "See https://example.org: {}", "`x` {}", "[{}](x)", "{}\u200b")
    ).format(text)


def _stranger(choose: random.Random, name: str) -> str:
    """Another metric's slot where the words name one."""
    named = re.compile(
        r"(heart rate|pace|cadence|load|drift|decoupling|efficiency)\W+(?:\w+\W+){0,3}\{fact:", re.IGNORECASE
    )
    text = choose.choice([one for one in GOOD[name] if named.search(one) and ": hold" not in one])
    slot = next(_SLOT.finditer(text, named.search(text).end() - len("{fact:")))
    own = re.sub(r"[^a-z]", "", named.search(text)[1].lower())
    others = [one for one in _STRANGERS[name] if own not in one.lower()]
    return text[: slot.start()] + choose.choice(others) + text[slot.end() :]


def _turned(choose: random.Random, name: str) -> str:
    """The opposite of what the facts say."""
    del name
    return choose.choice(
        (
            "The latest run was {fact:paceDifference} slower.",
            "You ran {fact:pace} this time, slower than the {fact:pace.previous} of the run before.",
            "The latest run was longer, at {fact:distance} against {fact:distance.previous} in the run before.",
            "Each heartbeat bought {fact:efficiencyChange} less ground than in the run before.",
            "Your previous run took {fact:duration}.",
            "On {fact:date} you covered {fact:distance.previous}.",
        )
    )


WAYS = (
    _digits, _number_word, _added_word, _foreign_digit, _glued, _unknown, _claimed, _medical, _markup, _stranger,
    _turned,
)  # fmt: skip


def wrong_replies(count: int, seed: int) -> Iterator[Wrong]:
    choose = random.Random(seed)
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        name = "compared" if way is _turned else choose.choice(list(GOOD))
        sentences = choose.sample(GOOD[name], 3)
        index = choose.randrange(3)
        sentences[index] = way(choose, name)
        yield Wrong(name, way.__name__.strip("_"), tuple(sentences), index)
