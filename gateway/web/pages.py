"""THE table of pages, and what each request for one goes through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from gateway.web import (
    account,
    charts,
    coach,
    docs,
    fitness,
    imports,
    jobs,
    memory,
    notes,
    plan,
    rating,
    runs,
    sign_in,
    sources,
    today,
)
from gateway.web.forms import require_own_origin
from gateway.web.ports import UPLOAD_PATH
from gateway.web.visit import Site, Visit
from shared.errors import Kind, ServiceError
from shared.http.envelope import from_framework, internal_error
from shared.logs import get_logger

_log = get_logger("pages")
_SAFE_METHODS = frozenset({"GET", "HEAD"})

PageHandler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """``private`` pages are for people who have signed in. A page that takes a form checks its token itself."""

    method: str
    path: str
    handler: PageHandler
    private: bool = True


PAGES = (
    Page("GET", "/", sign_in.welcome, private=False),
    Page("GET", "/sign-up", sign_in.show_sign_up, private=False),
    Page("POST", "/sign-up", sign_in.sign_up, private=False),
    Page("GET", "/sign-in", sign_in.show_sign_in, private=False),
    Page("POST", "/sign-in", sign_in.sign_in, private=False),
    Page("POST", "/sign-out", sign_in.sign_out, private=False),
    Page("GET", "/today", today.show_today),
    Page("POST", "/today/notes", notes.add_note),
    Page("POST", "/today/notes/{note_id}/end", notes.end_note),
    Page("POST", "/today/notes/{note_id}/delete", notes.delete_note),
    Page("POST", "/ratings", rating.rate),
    Page("GET", "/runs", runs.show_list),
    Page("POST", UPLOAD_PATH, imports.take_files),
    Page("GET", "/runs/{activity_id}", runs.show_run),
    Page("GET", "/runs/{activity_id}/original", runs.download_original),
    Page("POST", "/runs/{activity_id}/delete", runs.delete_run),
    Page("GET", "/jobs/{job_id}", jobs.show_job),
    Page("GET", "/jobs/{job_id}/events", jobs.follow_job),
    Page("GET", "/charts/{chart_id}.svg", charts.show_image),
    Page("GET", "/charts/{chart_id}/table", charts.show_table),
    Page("GET", "/fitness", fitness.show_fitness),
    Page("GET", "/plan", plan.show_plan),
    Page("POST", "/plan", plan.make_plan),
    Page("POST", "/plan/what-if", plan.ask_what_if),
    Page("POST", "/plan/end", plan.end_plan),
    Page("POST", "/plan/calendar-link", plan.open_feed),
    Page("POST", "/plan/calendar-link/close", plan.close_feed),
    Page("GET", "/plan/calendar.ics", plan.download_calendar),
    Page("POST", "/plan/sessions/{session_id}", plan.change_session),
    Page("GET", "/plan/sessions/{session_id}/workout.fit", plan.download_workout),
    Page("GET", "/coach", coach.show_coach),
    Page("POST", "/coach", coach.ask),
    Page("GET", "/coach/{conversation_id}", coach.show_conversation),
    Page("POST", "/coach/{conversation_id}/delete", coach.delete_conversation),
    Page("GET", "/sources", sources.show_sources),
    Page("POST", "/sources/connect", sources.connect),
    Page("GET", "/sources/code", sources.show_code),
    Page("POST", "/sources/code", sources.enter_code),
    Page("GET", sources.START_PATH, sources.start_at_garmin),
    Page("GET", "/sources/return", sources.return_from_garmin),
    Page("POST", "/sources/sync", sources.sync),
    Page("POST", "/sources/check", sources.check),
    Page("POST", "/sources/disconnect", sources.disconnect),
    Page("GET", "/account", account.show_account),
    Page("POST", "/account", account.change_account),
    Page("GET", "/account/memory", memory.show_memory),
    Page("POST", "/account/memory/{memory_id}/delete", memory.forget),
    Page("GET", "/docs", docs.show_docs, private=False),
)


def add_pages(app: web.Application, site: Site) -> None:
    for page in PAGES:
        handler = _served(site, page)
        if page.method == "GET":
            app.router.add_get(page.path, handler)  # and HEAD
        else:
            app.router.add_route(page.method, page.path, handler)


def _served(site: Site, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        visit = Visit(site, request)
        response = await _answer(visit, page)
        visit.finish(response)
        return response

    return serve


async def _answer(visit: Visit, page: Page) -> web.StreamResponse:
    try:
        if visit.request.method not in _SAFE_METHODS:
            require_own_origin(visit.request)
        if page.private:
            await visit.enter()
        return await page.handler(visit)
    except ServiceError as error:
        _log.info("refused", code=error.code, kind=error.kind.value)
        if page.private and error.kind is Kind.UNAUTHENTICATED:
            return visit.ask_to_sign_in(error)
        return visit.refuse(error)
    except web.HTTPException as error:
        return visit.refuse(from_framework(error)[0])
    except Exception:  # noqa: BLE001 - a bug is logged with its stack and shown, as a page, without
        _log.exception("unexpected")
        return visit.refuse(internal_error())
