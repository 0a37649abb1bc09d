"""Language models through pydantic-ai: any server that speaks OpenAI's language, and Gemini.

pydantic-ai and the SDKs behind it are large, so they are imported where a model is configured and nowhere else, in a
thread, since that takes a second. Nothing is tried twice here, no redirect is followed, and telemetry carries no text.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.coach_agent.domain.wording.ports import CallTool, LanguageModel, ModelFailed, Price, Spent
from services.coach_agent.domain.wording.prompt import Prompt
from services.coach_agent.domain.wording.tools import MOST_CALLS, Tool
from shared.http.outgoing import Outgoing
from shared.resilience import Breaker
from shared.telemetry import Telemetry

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters

# An answer has some 120 words; models that think first need room for that.
_MOST_TOKENS = 2000
_MOST_CHARACTERS = 20_000
# Longer than any wait of the wording, which has its own clock and ends calls itself.
_SDK_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """``kind`` is ``openai`` or ``gemini``; ``key`` may be empty for a server that asks for none."""

    kind: str
    base_url: str
    model: str
    price: Price
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PydanticAiModel:
    """One model of one provider."""

    name: str
    price: Price
    breaker: Breaker
    model: Model = field(repr=False)
    instrument: Any = field(default=None, repr=False)

    async def write(self, prompt: Prompt, tools: tuple[Tool, ...], call: CallTool, spent: Spent) -> AsyncGenerator[str]:
        try:
            messages = _messages(prompt)
            for turn in range(MOST_CALLS + 1):
                offered = tools if turn < MOST_CALLS else ()
                answers: list[ModelResponse] = []
                # Closed here and now, so that a caller who has enough ends the connection at once.
                async with aclosing(self._turn(messages, _parameters(offered), spent, answers)) as pieces:
                    async for piece in pieces:
                        yield piece
                if not await _answer_tools(answers[0], call, messages):
                    return
        except ModelFailed:
            raise
        except Exception as error:  # noqa: BLE001 - what SDKs raise changes with their releases; the text stays inside
            raise ModelFailed(type(error).__name__) from None

    async def _turn(
        self,
        messages: list[ModelMessage],
        parameters: ModelRequestParameters,
        spent: Spent,
        answers: list[ModelResponse],
    ) -> AsyncGenerator[str]:
        """One request: its text in pieces; the whole response is added to ``answers``."""
        from pydantic_ai.direct import model_request_stream

        spent.requests += 1
        size = 0
        async with model_request_stream(
            self.model,
            messages,
            model_settings={"max_tokens": _MOST_TOKENS, "max_retries": 0, "timeout": _SDK_TIMEOUT_S},
            model_request_parameters=parameters,
            instrument=self.instrument,
        ) as stream:
            async for event in stream:
                if piece := _text_of(event):
                    size += len(piece)
                    if size > _MOST_CHARACTERS:
                        raise ModelFailed("an answer without an end")
                    yield piece
            usage = stream.usage
            if usage.input_tokens or usage.output_tokens:
                spent.input_tokens = (spent.input_tokens or 0) + usage.input_tokens
                spent.output_tokens = (spent.output_tokens or 0) + usage.output_tokens
            answers.append(stream.get())


def _messages(prompt: Prompt) -> list[ModelMessage]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart

    first = ModelRequest(parts=[SystemPromptPart(prompt.instructions), UserPromptPart(prompt.message)])
    if not prompt.earlier:
        return [first]
    return [
        first,
        ModelResponse(parts=[TextPart(prompt.earlier)]),
        ModelRequest(parts=[UserPromptPart(prompt.reasons)]),
    ]


def _parameters(tools: tuple[Tool, ...]) -> ModelRequestParameters:
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    return ModelRequestParameters(
        function_tools=[
            ToolDefinition(
                name=tool.name,
                description=tool.description,
                parameters_json_schema={
                    "type": "object",
                    "properties": {"which": {"type": "string", "enum": list(tool.choices)}},
                    "required": ["which"],
                    "additionalProperties": False,
                },
            )
            for tool in tools
        ]
    )


def _text_of(event: object) -> str:
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


async def _answer_tools(response: ModelResponse, call: CallTool, messages: list[ModelMessage]) -> bool:
    """Put what the model asked for, and the answers, behind the messages; False where it asked for nothing."""
    from pydantic_ai.messages import ModelRequest, ToolCallPart, ToolReturnPart

    asked = [part for part in response.parts if isinstance(part, ToolCallPart)]
    if not asked:
        return False
    returned = []
    for part in asked:
        which = _argument(part)
        returned.append(ToolReturnPart(part.tool_name, await call(part.tool_name, which), part.tool_call_id))
    messages += [response, ModelRequest(parts=returned)]
    return True


def _argument(part: Any) -> object:
    """The one argument; None where what came is not just that."""
    try:
        arguments = part.args_as_dict()
    except Exception:  # noqa: BLE001 - a model's arguments are its own text
        return None
    return arguments["which"] if isinstance(arguments, dict) and arguments.keys() == {"which"} else None


async def open_models(
    chosen: tuple[ModelSettings, ...],
    outgoing: Outgoing,
    telemetry: Telemetry,
    breaker_of: Callable[[str], Breaker],
) -> tuple[LanguageModel, ...]:
    """The models in the order in which they are asked. Imports what they need without holding up the loop."""
    if not chosen:
        return ()
    return await asyncio.to_thread(_build, chosen, outgoing, telemetry, breaker_of)


def _build(
    chosen: tuple[ModelSettings, ...],
    outgoing: Outgoing,
    telemetry: Telemetry,
    breaker_of: Callable[[str], Breaker],
) -> tuple[LanguageModel, ...]:
    from pydantic_ai.models.instrumented import InstrumentationSettings

    instrument = InstrumentationSettings(
        tracer_provider=telemetry.provider, include_content=False, include_binary_content=False
    )
    return tuple(
        PydanticAiModel(one.model, one.price, breaker_of(one.kind), _model(one, outgoing), instrument) for one in chosen
    )


def _model(settings: ModelSettings, outgoing: Outgoing) -> Model:
    import httpx2

    from services.coach_agent.clients.guarded_transport import GuardedTransport

    client = httpx2.AsyncClient(
        transport=GuardedTransport(outgoing), follow_redirects=False, trust_env=False, timeout=_SDK_TIMEOUT_S
    )
    if settings.kind == "gemini":
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        provider = GoogleProvider(api_key=settings.key, base_url=settings.base_url, http_client=client)
        return GoogleModel(settings.model, provider=provider)
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    # The SDK refuses an empty key, and would otherwise look for one in the environment.
    openai = OpenAIProvider(base_url=settings.base_url, api_key=settings.key or "none", http_client=client)
    return OpenAIChatModel(settings.model, provider=openai)
