"""A language model words an answer, sentence by verified sentence, within its time and its budget; or the rules do.

The chain is primary, secondary, rules. A provider that is away, slow or talks garbage hands on to the next; a text that
is not borne out is repaired once, then the rules answer. What has been shown is never taken back: a sentence that fails
later ends the model's part.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from dataclasses import dataclass
from functools import partial

from services.coach_agent.domain.facts import Fact, Passage
from services.coach_agent.domain.wording.draft import Draft
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.ports import (
    Audience,
    KeptWords,
    LanguageModel,
    ModelFailed,
    Observer,
    Spent,
    UsageLedger,
    Use,
    WordingLimits,
    WordsCache,
)
from services.coach_agent.domain.wording.prompt import Prompt, facts_text, prompt_of
from services.coach_agent.domain.wording.tools import LookUp, Toolbox, tools_for
from services.coach_agent.domain.wording.verifier import VERIFIER_VERSION, Verifier
from shared.errors import ServiceError, UpstreamUnavailable
from shared.logs import get_logger

_log = get_logger("wording")

# The first of several providers may use this share of what is left until the first sentence is due.
_SHARE = 0.6
# Where a provider does not say what it used: of English text about four characters are a token.
_CHARACTERS_OF_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to be worded. ``data_version`` grows when the runner's data changes; ``plan`` is what they pay for."""

    user_id: uuid.UUID
    question_id: uuid.UUID
    question: str
    ground: Ground
    data_version: str
    plan: str
    look_up: LookUp


@dataclass(frozen=True, slots=True)
class Worded:
    """``is_whole`` is False where the model's part was cut short and the rules are to go on."""

    passage: Passage
    facts: tuple[Fact, ...]
    model: str
    is_whole: bool
    subject: str | None


@dataclass(slots=True)
class _Work:
    """One task under way."""

    task: Task
    audience: Audience
    toolbox: Toolbox
    first_by_s: float
    draft: Draft | None = None
    may_repair: bool = True


class Writer:
    def __init__(
        self,
        models: tuple[LanguageModel, ...],
        *,
        cache: WordsCache,
        ledger: UsageLedger,
        observer: Observer,
        limits: WordingLimits,
    ) -> None:
        self._models = models
        self._cache = cache
        self._ledger = ledger
        self._observer = observer
        self._limits = limits

    @property
    def has_models(self) -> bool:
        return bool(self._models)

    async def word(self, task: Task, audience: Audience) -> Worded | None:
        """The model's words; None where the rules are to answer. A runner who goes away ends the provider's call."""
        writing = asyncio.create_task(self._word(task, audience))
        gone = asyncio.create_task(audience.gone())
        try:
            await asyncio.wait({writing, gone}, return_when=asyncio.FIRST_COMPLETED)
            return writing.result() if writing.done() else None
        finally:
            for each in (writing, gone):
                each.cancel()
            await asyncio.gather(writing, gone, return_exceptions=True)

    async def _word(self, task: Task, audience: Audience) -> Worded | None:
        prompt = prompt_of(task.question, task.ground)
        names = ",".join(model.name for model in self._models)
        key = prompt.key(names, task.data_version, str(VERIFIER_VERSION))
        toolbox = self._toolbox(task)
        if (kept := await self._cache.get(task.user_id, key)) is not None:
            return await self._again(kept, audience, toolbox)
        if await self._is_capped(task):
            return None
        work = _Work(task, audience, toolbox, _from_now(self._limits.first_sentence_s, audience))
        worded = await self._chain(work, prompt)
        if worded is not None and worded.is_whole:
            assert work.draft is not None
            await self._cache.put(task.user_id, key, KeptWords(worded.model, work.draft.written, tuple(toolbox.calls)))
        return worded

    def _toolbox(self, task: Task) -> Toolbox:
        def log(tool: str, which: str, reason: str) -> None:
            granted = reason.startswith("granted")
            # A name that a model has made up is text of its own, and is not written down.
            name = tool if tool in {one.name for one in toolbox.tools} else "unknown"
            self._observer.tool_called(name, granted=granted)
            _log.info("tool call of a model", questionId=str(task.question_id), tool=name, which=which, reason=reason)

        toolbox = Toolbox(tools_for(task.question, task.ground.today), task.look_up, task.ground, log)
        return toolbox

    async def _again(self, kept: KeptWords, audience: Audience, toolbox: Toolbox) -> Worded | None:
        """A text that was let by before, looked at again with the facts as they are now."""
        with contextlib.suppress(ServiceError):
            for name, which in kept.calls:
                await toolbox.call(name, which)
        draft = self._draft(toolbox, audience, kept.model)
        if await draft.feed(kept.text):
            await draft.finish()
        self._observer.ended(kept.model, "kept")
        return _worded(draft, kept.model) if draft.passages else None

    async def _is_capped(self, task: Task) -> bool:
        try:
            spent = await self._ledger.spent_micro_usd(task.user_id)
        except ServiceError:
            # What was spent is not known, and a cap is a cap.
            return True
        capped = spent >= self._limits.cap_of(task.plan)
        if capped:
            self._observer.ended(self._models[0].name, "capped")
        return capped

    async def _chain(self, work: _Work, prompt: Prompt) -> Worded | None:
        loop = asyncio.get_running_loop()
        for index, model in enumerate(self._models):
            left_s = work.first_by_s - loop.time()
            if left_s <= 0:
                break
            is_last = index == len(self._models) - 1
            outcome = await self._ask(work, model, prompt, until_s=loop.time() + left_s * (1 if is_last else _SHARE))
            self._observer.ended(model.name, outcome)
            assert work.draft is not None
            if work.draft.passages:
                return _worded(work.draft, model.name, is_whole=outcome == "worded")
            if outcome == "rejected":
                break
        return None

    async def _ask(self, work: _Work, model: LanguageModel, prompt: Prompt, *, until_s: float) -> str:
        """One provider's turn: its text, and one repair. Slowness and garbage count against its breaker."""
        work.draft = self._draft(work.toolbox, work.audience, model.name)
        try:
            async with model.breaker.guard(), asyncio.timeout_at(until_s) as limit:
                await self._write(work, model, prompt, limit)
                if not work.draft.passages and work.draft.rejections and work.may_repair:
                    work.may_repair = False
                    limit.reschedule(work.first_by_s)
                    repairing = prompt.repairing(work.draft.text, work.draft.rejections)
                    work.draft = self._draft(work.toolbox, work.audience, model.name)
                    await self._write(work, model, repairing, limit)
                _require_words(work.draft)
        except (ModelFailed, TimeoutError, UpstreamUnavailable) as error:
            cause = error.cause if isinstance(error, ModelFailed) else type(error).__name__
            _log.warning("model failed", model=model.name, cause=cause, begun=bool(work.draft.passages))
            return "failed"
        if work.draft.rejections:
            return "cut" if work.draft.passages else "rejected"
        return "worded"

    async def _write(self, work: _Work, model: LanguageModel, prompt: Prompt, limit: asyncio.Timeout) -> None:
        draft, spent = work.draft, Spent()
        assert draft is not None
        try:
            writing = model.write(prompt, work.toolbox.tools, partial(_call, work), spent)
            async with contextlib.aclosing(writing) as pieces:
                async for piece in pieces:
                    is_first = not draft.passages
                    if not await draft.feed(piece):
                        return
                    if is_first and draft.passages:
                        limit.reschedule(_from_now(self._limits.stream_s, work.audience))
            await draft.finish()
        except ModelFailed:
            if not draft.text and spent.input_tokens is None and spent.requests == 1:
                # Who refuses, or breaks off before the first word, asks for nothing.
                spent.requests = 0
            raise
        finally:
            await asyncio.shield(self._record(work, model, prompt, spent))

    async def _record(self, work: _Work, model: LanguageModel, prompt: Prompt, spent: Spent) -> None:
        """What the call used, as the provider says or by length where it has not said; also for one that broke off."""
        if not spent.requests:
            return
        assert work.draft is not None
        guessed = spent.requests * prompt.characters // _CHARACTERS_OF_TOKEN
        inputs = guessed if spent.input_tokens is None else spent.input_tokens
        outputs = len(work.draft.text) // _CHARACTERS_OF_TOKEN if spent.output_tokens is None else spent.output_tokens
        use = Use(model.name, spent.requests, inputs, outputs, model.price.of(inputs, outputs))
        try:
            await self._ledger.add(work.task.user_id, use)
        except ServiceError as error:
            _log.error("use of a model not written down", model=model.name, code=error.code)

    def _draft(self, toolbox: Toolbox, audience: Audience, model: str) -> Draft:
        return Draft(Verifier(toolbox.ground), audience, partial(self._observer.rejected, model))


async def _call(work: _Work, name: str, which: object) -> str:
    """What a tool answers a model."""
    try:
        found = await work.toolbox.call(name, which)
    except ServiceError as error:
        return f"nothing found: {error.code}"
    if found is None:
        return "refused"
    assert work.draft is not None
    work.draft.verifier.widen(work.toolbox.ground)
    return facts_text(found)


def _from_now(seconds: float, audience: Audience) -> float:
    """A time of the loop, before the asker's own time is over."""
    return asyncio.get_running_loop().time() + min(seconds, audience.left_s())


def _require_words(draft: Draft) -> None:
    """Raises ModelFailed for an answer in which nothing was said."""
    if not draft.passages and not draft.rejections:
        raise ModelFailed("nothing was said")


def _worded(draft: Draft, model: str, *, is_whole: bool = True) -> Worded:
    pieces = tuple(piece for passage in draft.passages for piece in passage.pieces)
    ground = draft.verifier.ground
    return Worded(
        Passage(pieces), tuple(ground.facts.values()), model, is_whole and not draft.rejections, ground.primary
    )
