"""How many true sentences are not let by: the rules' own openings to the corpus of questions, as if a model wrote them.

Every one of them is right. Those that are rejected are mostly rows of a list, with no words to say what a figure is.
"""

from __future__ import annotations

import pytest

from services.coach_agent.domain.chat.intents import read_intent
from services.coach_agent.domain.facts import Passage
from services.coach_agent.domain.wording.ground import Ground, sentences_of
from services.coach_agent.domain.wording.verifier import Verifier
from shared.errors import ServiceError
from shared.zones import zone
from tests.unit.coach_agent.chat.test_corpus import questions
from tests.unit.coach_agent.chat.world import TODAY, World, build

LET_BY_AT_LEAST = 0.75


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    zone("UTC")  # zones are read from files once
    return build()


async def test_most_true_sentences_are_let_by(worlds):
    verdicts = {}
    for question in questions():
        world = worlds[question["world"]]
        try:
            answer = await world.coach.answer(world.runner, read_intent(question["ask"], TODAY))
        except ServiceError:
            continue
        primary = None if answer.subject is None else str(answer.subject)
        ground = Ground.of(answer.facts, answer.passage, TODAY, primary=primary, latest=primary)
        verifier = Verifier(ground)
        for sentence in sentences_of(answer.opening if answer.facts else Passage()):
            whole = sentence if sentence[-1] in ".!?" else f"{sentence}."
            verdicts[sentence] = verifier.verify(whole)[1]
    let_by = sum(not rejections for rejections in verdicts.values())
    assert len(verdicts) > 100
    assert let_by / len(verdicts) >= LET_BY_AT_LEAST, {text: found for text, found in verdicts.items() if found}
