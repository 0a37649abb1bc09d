"""Questions and conversations over HTTP, as one answer or sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.chat import Chat
from services.coach_agent.domain.ports import ConversationStore
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.bodies import (
    ConversationAnswer,
    ConversationItem,
    ConversationList,
    ExchangeAnswer,
    PageQuery,
    QuestionBody,
)
from shared.http.context import REQUEST_ID_HEADER, current, signed_in_user
from shared.http.parsing import ApiModel, path_uuid
from shared.http.rendering import dumps, json_response, no_content

EVENT_STREAM = "text/event-stream"
# After a full stop with a space, or at the end of a line: what is sent is never half a sentence.
_SENTENCE = re.compile(r".+?(?:[.?!](?= )|\n+|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ChatHandlers:
    asking: Asking
    chat: Chat
    conversations: ConversationStore

    async def ask(self, request: web.Request, body: QuestionBody) -> web.StreamResponse:
        """Ask the coach. With Accept: text/event-stream the answer comes sentence by sentence."""
        exchange = await self.chat.ask(self.asking.runner(), body.message, body.conversation_id)
        answer = ExchangeAnswer.of(exchange)
        if EVENT_STREAM in request.headers.get("Accept", ""):
            return await _stream(request, answer)
        return json_response(answer)

    async def list_conversations(self, _: web.Request, query: PageQuery) -> web.Response:
        """The runner's conversations, the newest first."""
        found, cursor = await self.conversations.page(signed_in_user(), before=query.cursor, limit=query.limit)
        items = [ConversationItem.of(conversation) for conversation in found]
        return json_response(ConversationList(items=items, next_cursor=cursor))

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


async def _stream(request: web.Request, answer: ExchangeAnswer) -> web.StreamResponse:
    """The finished answer as events: ``token`` for each sentence, its facts and charts, and ``done`` with all of it.

    The answer is complete before the first byte is sent, so what can fail has failed with a status of its own.
    """
    context = current()
    response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "Cache-Control": "no-store"})
    if context is not None:
        response.headers[REQUEST_ID_HEADER] = context.request_id
    await response.prepare(request)
    for name, data in _events(answer):
        await response.write(b"event: " + name + b"\ndata: " + data + b"\n\n")
    await response.write_eof()
    return response


def _events(answer: ExchangeAnswer) -> Iterator[tuple[bytes, bytes]]:
    for sentence in _SENTENCE.findall(answer.reply.text):
        yield b"token", dumps({"text": sentence})
    for fact in answer.reply.facts:
        yield b"fact", _data(fact)
    for chart in answer.reply.charts:
        yield b"chart", _data(chart)
    yield b"done", _data(answer)


def _data(model: ApiModel) -> bytes:
    return dumps(model.model_dump(by_alias=True, mode="json"))
