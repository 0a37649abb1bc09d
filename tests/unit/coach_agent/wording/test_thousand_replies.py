"""A thousand wrong replies through the writer: no wrong sentence is heard, and no number that is no fact.

What is heard is looked at by a reader of its own, who knows nothing of the verifier: it takes the facts' own texts out
of what was heard, and no digit, numeral or number word may be left.
"""

from __future__ import annotations

import random
import re
import unicodedata
import uuid
from collections.abc import AsyncGenerator

import pytest

from services.coach_agent.domain.wording.ports import Price, Spent, WordingLimits
from services.coach_agent.domain.wording.rejections import RejectionKind
from services.coach_agent.domain.wording.writer import Task, Worded, Writer
from shared.resilience import Breaker
from tests.support.clock import FakeClock
from tests.unit.coach_agent.wording import grounds
from tests.unit.coach_agent.wording.mutations import GOOD, WAYS, Wrong, wrong_replies

ANSWERS = {name: getattr(grounds, name)() for name in GOOD}
COUNT = 1000

_COUNTING = {
    *("zero", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    *("hundred", "thousand", "third", "fourth", "fifth", "sixth", "seventh", "tenth", "twice"),
    *("thrice", "double", "triple", "dozen", "zwei", "drei", "trois", "cinco", "ii"),
    *("iii", "iv", "vi", "vii", "xii"),
}


class Told:
    """A model that says one text to everything, in pieces of a seeded length."""

    name, price = "told", Price()

    def __init__(self, text: str, choose: random.Random) -> None:
        self.breaker = Breaker("told", FakeClock())
        self._text, self._choose = text, choose

    async def write(self, prompt, tools, call, spent: Spent) -> AsyncGenerator[str]:
        spent.requests += 1
        left = self._text
        while left:
            size = self._choose.randint(1, 40)
            yield left[:size]
            left = left[size:]


class Kept:
    """No cache, no bill, and a list of what was seen and heard."""

    def __init__(self) -> None:
        self.heard = ""
        self.kinds: list[RejectionKind] = []

    async def get(self, user_id, key):
        return None

    async def put(self, user_id, key, words) -> None: ...

    async def spent_micro_usd(self, user_id) -> int:
        return 0

    async def add(self, user_id, use) -> None: ...

    def rejected(self, model, kind) -> None:
        self.kinds.append(kind)

    def ended(self, model, outcome) -> None: ...

    def tool_called(self, tool, *, granted) -> None: ...

    async def hear(self, sentence: str) -> None:
        self.heard += sentence

    @property
    def has_begun(self) -> bool:
        return bool(self.heard)

    def left_s(self) -> float:
        return 30.0

    async def gone(self) -> None:
        await grounds.forever()


async def _told(wrong: Wrong, choose: random.Random) -> tuple[Worded | None, Kept]:
    kept = Kept()
    model = Told(" ".join(wrong.sentences), choose)
    writer = Writer((model,), cache=kept, ledger=kept, observer=kept, limits=WordingLimits(else_micro_usd=1))
    task = Task(
        user_id=uuid.uuid4(), question_id=uuid.uuid4(), question="How was it?",
        ground=grounds.ground(ANSWERS[wrong.name]), data_version="1", plan="free", look_up=grounds.nothing,
    )  # fmt: skip
    return await writer.word(task, kept), kept


def numbers_left(text: str, facts) -> list[str]:
    """What a reader finds who crosses out the facts, the longest first, and looks for anything that counts."""
    for fact in sorted({fact.text for fact in facts}, key=len, reverse=True):
        text = text.replace(fact, " ")
    digits = [one for one in text if one.isnumeric() or unicodedata.category(one).startswith("N")]
    return digits + [word for word in re.findall(r"\w+", text.lower()) if word in _COUNTING]


@pytest.mark.parametrize("seed", range(4))
async def test_not_one_number_or_wrong_sentence_of_a_thousand_replies_is_heard(seed):
    choose = random.Random(seed)
    found = set()
    for wrong in wrong_replies(COUNT // 4, seed):
        worded, kept = await _told(wrong, choose)
        facts = ANSWERS[wrong.name].facts
        right = wrong.sentences[: wrong.index]
        assert numbers_left(kept.heard, facts) == [], wrong
        assert len(re.findall(r"[.!?](?= |$)", kept.heard)) == len(re.findall(r"[.!?](?= |$)", " ".join(right))), wrong
        assert (worded is None) == (wrong.index == 0), wrong
        found.add(wrong.way)
    assert found == {way.__name__.strip("_") for way in WAYS}


async def test_the_good_replies_themselves_are_heard_whole():
    choose = random.Random(1)
    for name, sentences in GOOD.items():
        for start in range(len(sentences) - 2):
            some = sentences[start : start + 3]
            worded, kept = await _told(Wrong(name, "none", some, 3), choose)
            assert worded is not None, (some, kept.kinds)
            assert worded.is_whole, (some, kept.kinds)
            assert worded.passage.text == kept.heard


def test_the_reader_sees_what_counts():
    facts = ANSWERS["drifting"].facts
    assert numbers_left("You ran 13.20 km at 148 bpm, and 7 more.", facts) == ["7"]
    assert numbers_left("That is twice \u2167 of it.", facts) == ["\u2167", "twice"]
