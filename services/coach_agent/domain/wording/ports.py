"""What the wording needs from outside, as it wishes it were."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from services.coach_agent.domain.wording.prompt import Prompt
from services.coach_agent.domain.wording.rejections import RejectionKind
from services.coach_agent.domain.wording.tools import Tool
from shared.resilience import Breaker


class ModelFailed(Exception):
    """A provider that is away, refuses, or answers what is no answer. ``cause`` is a word for the log."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(slots=True)
class Spent:
    """What one call has used so far; None where the provider has not said."""

    requests: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Micro-dollars for a million tokens, so dollars for a million are these divided by a million."""

    input_micro_usd: int = 0
    output_micro_usd: int = 0

    def of(self, input_tokens: int, output_tokens: int) -> int:
        """In micro-dollars, rounded up: a cap is a cap."""
        exact = input_tokens * self.input_micro_usd + output_tokens * self.output_micro_usd
        return -(-exact // 1_000_000)


CallTool = Callable[[str, object], Awaitable[str]]


class LanguageModel(Protocol):
    """A model of one provider. ``breaker`` is the provider's."""

    @property
    def name(self) -> str: ...

    @property
    def price(self) -> Price: ...

    @property
    def breaker(self) -> Breaker: ...

    def write(self, prompt: Prompt, tools: tuple[Tool, ...], call: CallTool, spent: Spent) -> AsyncGenerator[str]:
        """The text in pieces as it comes; closing the iterator ends the call at the provider.

        What the model asks of a tool goes through ``call`` with the tool's name and argument, and its answer back to
        the model. Nothing is tried twice. Raises ModelFailed.
        """
        ...


@dataclass(frozen=True, slots=True)
class KeptWords:
    """A text that was let by, with its slots, and the calls whose facts it needs."""

    model: str
    text: str
    calls: tuple[tuple[str, str], ...]


class WordsCache(Protocol):
    """Texts of models by user and prompt; losing them loses nothing."""

    async def get(self, user_id: uuid.UUID, key: str) -> KeptWords | None: ...

    async def put(self, user_id: uuid.UUID, key: str, words: KeptWords) -> None: ...


@dataclass(frozen=True, slots=True)
class Use:
    """What a question cost with one model."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int


class UsageLedger(Protocol):
    """By day in UTC: a day of the runner's own could be had twice by moving to another zone."""

    async def spent_micro_usd(self, user_id: uuid.UUID) -> int:
        """Of today."""
        ...

    async def add(self, user_id: uuid.UUID, use: Use) -> None: ...


class Observer(Protocol):
    """Counts what happens, for operators."""

    def rejected(self, model: str, kind: RejectionKind) -> None: ...

    def ended(self, model: str, outcome: str) -> None:
        """``outcome`` is ``worded``, ``cut``, ``rejected``, ``failed``, ``kept`` or ``capped``."""
        ...

    def tool_called(self, tool: str, *, granted: bool) -> None: ...


class Audience(Protocol):
    """Whoever waits for the answer."""

    async def hear(self, sentence: str) -> None:
        """One sentence, verified and whole, with the white space before it."""
        ...

    @property
    def has_begun(self) -> bool:
        """Whether a sentence was heard."""
        ...

    def left_s(self) -> float:
        """The seconds that may still be spent on words."""
        ...

    async def gone(self) -> None:
        """Returns once nobody waits any more; may never."""
        ...


@dataclass(frozen=True, slots=True)
class WordingLimits:
    """Times in seconds; costs in micro-dollars a user and day by plan, ``else_micro_usd`` where a plan has no entry."""

    first_sentence_s: float = 8.0
    stream_s: float = 30.0
    daily_micro_usd: dict[str, int] = field(default_factory=dict)
    else_micro_usd: int = 0

    def cap_of(self, plan: str) -> int:
        return self.daily_micro_usd.get(plan, self.else_micro_usd)
