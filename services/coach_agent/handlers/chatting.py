"""Questions and conversations over HTTP, as one answer or sentence by sentence."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

from services.coach_agent.domain.chat.answering import Chat
from services.coach_agent.domain.ports import ConversationStore
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.bodies import (
    ConversationAnswer,
    ConversationItem,
    ExchangeAnswer,
    PageQuery,
    QuestionBody,
)
from services.coach_agent.handlers.listening import Listener
from shared.errors import ServiceError
from shared.http.context import signed_in_user
from shared.http.event_stream import accepts_events
from shared.http.idempotency import REPLAYED_HEADER
from shared.http.parsing import path_uuid
from shared.http.rendering import dumps, json_response, no_content
from shared.http.selecting import selected

LISTENER: web.RequestKey[Listener] = web.RequestKey("listener", Listener)

# After a full stop with a space, or at the end of a line: what is sent is never half a sentence.
_SENTENCE = re.compile(r".+?(?:[.?!](?= )|\n+|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ChatHandlers:
    asking: Asking
    chat: Chat
    conversations: ConversationStore

    async def ask(self, request: web.Request, body: QuestionBody) -> web.StreamResponse:
        """Ask the coach. With Accept: text/event-stream the answer comes sentence by sentence."""
        listener = request[LISTENER] = Listener(request)
        runner, again = self.asking.runner(), _request_id(request, body)
        try:
            exchange = await self.chat.ask(runner, body.message, body.conversation_id, request=again, audience=listener)
        except ServiceError as error:
            if not listener.has_begun:
                raise
            return await listener.end(error)
        return json_response(ExchangeAnswer.of(exchange))

    async def list_conversations(self, _: web.Request, query: PageQuery) -> web.Response:
        """The runner's conversations, the newest first."""
        found, cursor = await self.conversations.page(signed_in_user(), before=query.cursor, limit=query.limit)
        items = [ConversationItem.of(conversation).model_dump(by_alias=True) for conversation in found]
        return json_response({"items": selected(items, query.fields, of=ConversationItem), "nextCursor": cursor})

    async def show_conversation(self, request: web.Request) -> web.Response:
        """One conversation with its questions and replies."""
        conversation_id = path_uuid(request, "conversation_id")
        conversation, exchanges = await self.conversations.get(signed_in_user(), conversation_id)
        messages = [ExchangeAnswer.of(exchange) for exchange in exchanges]
        item = ConversationItem.of(conversation)
        return json_response(ConversationAnswer(**item.model_dump(), messages=messages))

    async def delete_conversation(self, request: web.Request) -> web.Response:
        """Delete a conversation."""
        await self.conversations.delete(signed_in_user(), path_uuid(request, "conversation_id"))
        return no_content()


def _request_id(request: web.Request, body: QuestionBody) -> uuid.UUID | None:
    """The same for each request with the same Idempotency-Key and body of one user; None without a key."""
    key = request.headers.get("Idempotency-Key")
    return None if key is None else uuid.uuid5(signed_in_user(), f"{key} {body.conversation_id} {body.message}")


async def as_accepted(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """The answer to a question as events where these are accepted; a refusal stays as it is.

    ``token`` is each sentence, then come its facts and charts, and ``done`` with all of it. A model's sentences have
    been sent already, as they came. What can fail before the first of them fails with a status of its own.
    """
    if answer.prepared or not accepts_events(request) or answer.status != HTTPStatus.OK:
        return answer
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    listener = request.get(LISTENER) or Listener(request)
    kept = {name: answer.headers[name] for name in (REPLAYED_HEADER,) if name in answer.headers}
    events = await listener.events(kept)
    for name, data in _events(answer.body, listener.heard):
        await events.send(name, data)
    return await listener.end()


def _events(exchange: bytes, heard: str) -> Iterator[tuple[str, bytes]]:
    reply = orjson.loads(exchange)["reply"]
    for sentence in _unheard(reply["text"], heard.rstrip()):
        yield "token", dumps({"text": sentence})
    for fact in reply["facts"]:
        yield "fact", dumps(fact)
    for chart in reply["charts"]:
        yield "chart", dumps(chart)
    yield "done", exchange


def _unheard(text: str, heard: str) -> list[str]:
    rest = text.removeprefix(heard)
    sentences = _SENTENCE.findall(rest.lstrip())
    space = rest[: len(rest) - len(rest.lstrip())]
    return [space + sentences[0], *sentences[1:]] if sentences else []
