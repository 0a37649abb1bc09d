"""A text as it comes from a model: what was let by of it, and what was held against it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from services.coach_agent.domain.facts import Passage
from services.coach_agent.domain.wording.ports import Audience
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.sentences import SentenceSplitter
from services.coach_agent.domain.wording.verifier import Verifier

# "At most 120 words before the detail": a text that goes on is ended with the sentence that passes it.
MOST_WORDS = 120
# What was cut off by a limit of the provider is no sentence.
_WHOLE = re.compile(r"[.!?\u2026][\"')\u201d]*\s*$")


@dataclass(slots=True)
class Draft:
    """``text`` is all that came, ``written`` what was let by, with its slots. ``count`` is told of each rejection."""

    verifier: Verifier
    audience: Audience
    count: Callable[[RejectionKind], None]
    passages: list[Passage] = field(default_factory=list)
    rejections: tuple[Rejection, ...] = ()
    text: str = ""
    written: str = ""
    _splitter: SentenceSplitter = field(default_factory=SentenceSplitter)
    _words: int = 0
    # The white space behind the last sentence; it is heard with the next one, if there is a next one.
    _gap: str = ""

    async def feed(self, piece: str) -> bool:
        """Take what came; False once nothing more is wanted."""
        self.text += piece
        for sentence in self._splitter.feed(piece):
            if not await self._take(sentence):
                return False
        return True

    async def finish(self) -> None:
        """Nothing more comes."""
        if _WHOLE.search(rest := self._splitter.rest()):
            await self._take(rest)

    async def _take(self, sentence: str) -> bool:
        if self._words >= MOST_WORDS:
            return False
        own = sentence if self.passages else sentence.lstrip()
        passage, self.rejections = self.verifier.verify(own)
        for rejection in self.rejections:
            self.count(rejection.kind)
        if self.rejections:
            return False
        self.passages.append(passage)
        self.written += own
        self._words += len(own.split())
        text = passage.text.rstrip()
        await self.audience.hear(self._gap + text)
        self._gap = passage.text[len(text) :]
        return True
