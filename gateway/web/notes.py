"""What the runner tells the coach about their life: an injury, an illness, a journey, a race."""

from __future__ import annotations

from aiohttp import web

from gateway.web import today
from gateway.web.visit import Form, Visit
from shared.errors import ServiceError
from shared.http.parsing import path_uuid

_FIELDS = ("kind", "text", "from", "to")


async def add_note(visit: Visit) -> web.Response:
    """What is refused is said at the form, which keeps what was typed."""
    form = await visit.form()
    body = {name: form.get(name, "").strip() or None for name in _FIELDS}
    try:
        await visit.call("coach_agent", "POST", today.NOTES, body=body)
    except ServiceError as error:
        return await today.page(visit, error=error, typed={name: form.get(name, "") for name in _FIELDS})
    return visit.see("/today?done=noted#notes")


async def end_note(visit: Visit) -> web.Response:
    """Without a last day the note is opened again."""
    form, note_id = await visit.form(), path_uuid(visit.request, "note_id")
    await visit.call("coach_agent", "PATCH", f"{today.NOTES}/{note_id}", body={"to": _last_day(form)})
    return visit.see(f"/today?closed={note_id}#notes" if _last_day(form) else "/today?done=reopened#notes")


async def delete_note(visit: Visit) -> web.Response:
    await visit.form()
    await visit.call("coach_agent", "DELETE", f"{today.NOTES}/{path_uuid(visit.request, 'note_id')}")
    return visit.see("/today?done=deleted#notes")


def _last_day(form: Form) -> str | None:
    return form.get("to", "").strip() or None
