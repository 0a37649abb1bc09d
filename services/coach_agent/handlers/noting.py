"""The runner's notes over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.note_bodies import NoteAnswer, NoteBody, NoteEndBody, NoteQuery
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response, no_content
from shared.http.selecting import selected


@dataclass(frozen=True, slots=True)
class NoteHandlers:
    asking: Asking
    notes: Notes

    async def add(self, _: web.Request, body: NoteBody) -> web.Response:
        """Tell the coach of an injury, an illness, a journey, a race or anything else; it counts until closed."""
        return json_response(NoteAnswer.of(await self.notes.add(self.asking.runner(), body.new)), status=201)

    async def show_page(self, _: web.Request, query: NoteQuery) -> web.Response:
        """The runner's notes, the latest first."""
        found, cursor = await self.notes.page(
            self.asking.runner(), open_only=query.open_only, before=query.cursor, limit=query.limit
        )
        items = [NoteAnswer.of(note).model_dump(by_alias=True) for note in found]
        return json_response({"items": selected(items, query.fields, of=NoteAnswer), "nextCursor": cursor})

    async def end(self, request: web.Request, body: NoteEndBody) -> web.Response:
        """Say until when a note holds, or, with null, that it still does."""
        note_id = path_uuid(request, "note_id")
        return json_response(NoteAnswer.of(await self.notes.end(self.asking.runner(), note_id, body.last_day)))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a note."""
        await self.notes.delete(self.asking.runner(), path_uuid(request, "note_id"))
        return no_content()
