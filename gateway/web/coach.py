"""Ask anything: conversations, questions and answers."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from gateway.web.answer import Answer, lay_out
from gateway.web.asking import CHAT, tell
from gateway.web.rating import Rated
from gateway.web.visit import Form, Visit
from shared.errors import ServiceError, ValidationFailed
from shared.http.envelope import STATUS_OF_KIND
from shared.http.event_stream import accepts_events
from shared.http.parsing import path_uuid
from shared.zones import zone

# What the coach offers before the first question; every answer brings its own suggestions.
EXAMPLES = (
    "Analyze my last run",
    "How was my run yesterday?",
    "Compare my last run with the one before",
    "What should I run tomorrow?",
)
_CONVERSATIONS = "/api/v1/conversations"
_CONVERSATIONS_SHOWN = "30"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer, and what may be asked next."""

    message_id: str
    question: str
    answer: Answer
    suggestions: tuple[str, ...]

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Exchange:
        reply = item["reply"]
        return cls(
            message_id=str(item["messageId"]),
            question=str(item["message"]),
            answer=lay_out(reply, str(item["answeredBy"])),
            suggestions=tuple(map(str, reply.get("suggestions", ()))),
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in the list; ``day`` is when it was last spoken in, where the runner is."""

    conversation_id: str
    title: str
    day: str

    @classmethod
    def of(cls, item: Mapping[str, Any], zone_name: str) -> Listed:
        updated = dt.datetime.fromisoformat(item["updatedAt"]).astimezone(zone(zone_name))
        return cls(str(item["id"]), str(item["title"]), f"{updated.day} {updated:%b %Y, %H:%M}")


@dataclass(frozen=True, slots=True)
class Allowance:
    """The questions of the runner's day."""

    remaining: int
    limit: int


async def show_coach(visit: Visit) -> web.Response:
    """A new conversation; ``?ask=`` puts a question into the box without sending it."""
    return await _page(visit, None, question=visit.request.query.get("ask", "")[:2000])


async def show_conversation(visit: Visit) -> web.Response:
    return await _page(visit, path_uuid(visit.request, "conversation_id"))


async def ask(visit: Visit) -> web.StreamResponse:
    """Send a question. A script gets the answer as events or as a piece of page, everybody else the page of the
    conversation.
    """
    form = await visit.form()
    conversation_id = _conversation_id(form)
    body: dict[str, Any] = {"message": form.get("message", "").strip()}
    if conversation_id is not None:
        body["conversationId"] = str(conversation_id)
    headers = {"Idempotency-Key": _idempotency_key(form)}
    try:
        if not body["message"]:
            raise ValidationFailed("Type a question first.")
        if accepts_events(visit.request):
            return await tell(visit, body, headers, partial(_piece, visit))
        reply = await visit.call("coach_agent", "POST", CHAT, body=body, headers=headers)
    except ServiceError as error:
        if visit.wants_fragment:
            return visit.refuse(error)
        return await _page(visit, conversation_id, question=body["message"], error=error)
    item = reply.json
    if not visit.wants_fragment:
        return visit.see(f"/coach/{item['conversationId']}#m-{item['messageId']}")
    return web.Response(text=await _piece(visit, item), content_type="text/html")


async def _piece(visit: Visit, item: Mapping[str, Any]) -> str:
    """A question with its answer as it stands in the page."""
    return visit.render_text(
        "_exchange.html",
        exchange=Exchange.of(item),
        rated=Rated(),
        address=f"/coach/{item['conversationId']}",
        conversation_id=item["conversationId"],
        ask_key=ask_key(),
        allowance=await _allowance(visit),
    )


async def delete_conversation(visit: Visit) -> web.Response:
    await visit.form()
    await visit.call("coach_agent", "DELETE", f"{_CONVERSATIONS}/{path_uuid(visit.request, 'conversation_id')}")
    return visit.see("/coach")


async def _page(
    visit: Visit, conversation_id: uuid.UUID | None, *, question: str = "", error: ServiceError | None = None
) -> web.Response:
    listed, thread, allowance = await asyncio.gather(
        visit.get("coach_agent", _CONVERSATIONS, limit=_CONVERSATIONS_SHOWN),
        _thread(visit, conversation_id),
        _allowance(visit),
    )
    return visit.render(
        "coach.html",
        status=200 if error is None else STATUS_OF_KIND[error.kind],
        conversations=[Listed.of(item, visit.caller.zone) for item in listed["items"]],
        conversation_id=None if conversation_id is None else str(conversation_id),
        address=None if conversation_id is None else f"/coach/{conversation_id}",
        exchanges=[Exchange.of(item) for item in thread],
        rated=Rated.in_address(visit),
        examples=EXAMPLES,
        question=question,
        ask_key=ask_key(),
        allowance=allowance,
        problem=None if error is None else visit.problem(error),
    )


async def _thread(visit: Visit, conversation_id: uuid.UUID | None) -> list[Mapping[str, Any]]:
    if conversation_id is None:
        return []
    conversation = await visit.get("coach_agent", f"{_CONVERSATIONS}/{conversation_id}")
    return list(conversation["messages"])


async def _allowance(visit: Visit) -> Allowance | None:
    """None while the subscription cannot be read: the page is worth showing without it."""
    try:
        subscription = await visit.get("subscription", "/api/v1/subscription")
    except ServiceError:
        return None
    return Allowance(subscription["usage"]["remaining"], subscription["limits"]["questionsPerDay"])


def _conversation_id(form: Form) -> uuid.UUID | None:
    try:
        return uuid.UUID(form.get("conversation", ""))
    except ValueError:
        return None


def ask_key() -> str:
    """Goes into a form, so that sending it twice can be told from asking twice."""
    return secrets.token_urlsafe(12)


def _idempotency_key(form: Form) -> str:
    """One key for one question from one rendering of a form: a page restored by "back" may ask something else."""
    parts = (form.get("ask_key", ""), form.get("conversation", ""), form.get("message", ""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
