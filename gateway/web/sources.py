"""Is my data arriving? The health of each source, and the ways to connect, mend and disconnect one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from gateway.web.forms import TOKEN_FIELD
from gateway.web.job_view import JobView
from gateway.web.problem import Problem
from gateway.web.sources_view import EVERYTHING_FROM, SourceView
from gateway.web.visit import Form, Visit
from shared.errors import ServiceError
from shared.http.envelope import STATUS_OF_KIND

CONNECTION = "/api/v1/garmin/connection"
_SYNC = "/api/v1/garmin/sync"
# The scope of the token in the address that leads to Garmin's own page: a link cannot send a form.
START_PATH = "/sources/start"

# What a runner chooses from, the usual one first, and the days before today that it means; None for all there is.
RANGES: Mapping[str, tuple[str, int | None]] = {
    # The further back, the longer the first sync takes; two years are what the coach looks at.
    "two": ("The last 2 years", 730),
    "all": ("Everything", None),
    "year": ("The last 12 months", 365),
    "quarter": ("The last 3 months", 91),
    "today": ("Only from today on", 0),
}
_NOTICES = {
    "connected": "Connected. Your runs are being fetched, and from now on new ones arrive by themselves.",
    "kept": "Disconnected. What Pace42 needed to log in is deleted, and your runs stay.",
    "deleted": "Disconnected. What came from Garmin is being deleted, and files you brought in yourself stay.",
}


async def show_sources(visit: Visit) -> web.Response:
    return await _page(visit)


async def connect(visit: Visit) -> web.Response:
    """Log in at Garmin, which may take half a minute; a code that Garmin asks for has a page of its own."""
    form = await visit.form()
    kind = form.get("kind", "")
    fields = ("key",) if kind == "personalApiKey" else ("username", "password")
    body = {"kind": kind, **{name: form.get(name, "").strip() for name in fields if name != "password"}}
    if "password" in fields:
        body["password"] = form.get("password", "")
    if first := _first_day(visit, form.get("range", "")):
        body["importFrom"] = first
    try:
        await visit.call("garmin_ingest", "POST", CONNECTION, body=body)
    except ServiceError as error:
        if error.code == "GARMIN_MFA_REQUIRED" and (challenge := _challenge_of(error)):
            return visit.see(f"/sources/code?challenge={quote(challenge, safe='')}")
        # Neither password nor key comes back to the page.
        kept = {name: form.get(name, "").strip() for name in ("username", "range")}
        return await _page(visit, at=kind, error=error, typed=kept)
    return visit.see("/sources?done=connected")


async def show_code(visit: Visit) -> web.Response:
    return visit.render("sources_code.html", challenge=visit.request.query.get("challenge", ""))


async def enter_code(visit: Visit) -> web.Response:
    form = await visit.form()
    challenge = form.get("challenge", "")
    # People type the gap that Garmin shows in the middle.
    body = {"challengeId": challenge, "code": "".join(form.get("code", "").split())}
    try:
        await visit.call("garmin_ingest", "POST", f"{CONNECTION}/mfa", body=body)
    except ServiceError as error:
        return visit.render(
            "sources_code.html",
            status=STATUS_OF_KIND[error.kind],
            challenge=challenge,
            problem=visit.problem(error),
        )
    return visit.see("/sources?done=connected")


async def start_at_garmin(visit: Visit) -> web.Response:
    """Off to Garmin's own page. A link and no form, because our policy lets no form lead to another site."""
    visit.site.guard.check(visit.request.query.get(TOKEN_FIELD), visit.session.seed, START_PATH)
    try:
        start = await visit.get("garmin_ingest", "/api/v1/garmin/oauth/start")
    except ServiceError as error:
        return await _page(visit, at="officialPartner", error=error)
    return visit.see(str(start["authorizationUrl"]))


async def return_from_garmin(visit: Visit) -> web.Response:
    """Where Garmin sends the runner back to: the code counts only for the visitor who is signed in here."""
    sent = {name: visit.request.query[name] for name in ("code", "state") if name in visit.request.query}
    try:
        await visit.call("garmin_ingest", "GET", "/api/v1/garmin/oauth/callback", query=sent)
    except ServiceError as error:
        return await _page(visit, at="officialPartner", error=error)
    return visit.see("/sources?done=connected")


async def sync(visit: Visit) -> web.Response:
    """Ask for what is new, or for certain days; a page that opens asks by script and gets the job alone."""
    form = await visit.form()
    body = {name: form[name] for name in ("from", "to") if form.get(name)}
    try:
        reply = await visit.call("garmin_ingest", "POST", _SYNC, body=body)
    except ServiceError as error:
        if visit.wants_fragment:
            raise
        return await _page(visit, at=form.get("part", "sync"), error=error, typed=form)
    job_id = str(reply.json["jobId"])
    if visit.wants_fragment:
        return visit.render("_job.html", job=JobView.just_begun(job_id, "sync", visit.moments))
    return visit.see(f"/sources?job={job_id}")


async def check(visit: Visit) -> web.Response:
    await visit.form()
    try:
        reply = await visit.call("garmin_ingest", "POST", f"{CONNECTION}/check")
    except ServiceError as error:
        return await _page(visit, at="check", error=error)
    return await _page(visit, checks=reply.json)


async def disconnect(visit: Visit) -> web.Response:
    form = await visit.form()
    data = "delete" if form.get("data") == "delete" else "keep"
    try:
        await visit.call("garmin_ingest", "DELETE", CONNECTION, query={"data": data})
    except ServiceError as error:
        return await _page(visit, at="disconnect", error=error)
    return visit.see(f"/sources?done={'deleted' if data == 'delete' else 'kept'}")


async def source_of(visit: Visit) -> SourceView | None:
    """The state of the Garmin account; None where that cannot be told, which no other page fails over."""
    try:
        return SourceView.of(await visit.get("garmin_ingest", CONNECTION), visit.moments)
    except ServiceError:
        return None


async def job_of(visit: Visit, job_id: str | None) -> JobView | None:
    """The job called ``job_id``; None where there is none, or none of this runner."""
    try:
        path = f"/api/v1/jobs/{uuid.UUID(job_id or '')}"
        return JobView.of(await visit.get("garmin_ingest", path), visit.moments)
    except (ValueError, ServiceError):
        return None


async def _page(
    visit: Visit,
    *,
    at: str = "",
    error: ServiceError | None = None,
    typed: Form | None = None,
    checks: Mapping[str, Any] | None = None,
) -> web.Response:
    """The page; ``error`` is said beside the form that ``at`` names."""
    query = visit.request.query
    try:
        source = SourceView.of(await visit.get("garmin_ingest", CONNECTION), visit.moments)
        away = None
    except ServiceError as missing:
        source, away = None, visit.problem(missing)
    problem: Problem | None = None if error is None else visit.problem(error)
    return visit.render(
        "sources.html",
        status=200 if error is None else STATUS_OF_KIND[error.kind],
        source=source,
        away=away,
        job=await job_of(visit, query.get("job") or (source.job_id if source else None)),
        problem=problem,
        at=_place(at, source),
        typed=typed or {},
        checks=checks,
        notice=_NOTICES.get(query.get("done", "")),
        ranges=[(name, words) for name, (words, _) in RANGES.items()],
        start_address=f"{START_PATH}?{TOKEN_FIELD}={visit.form_token(START_PATH)}",
    )


def _place(at: str, source: SourceView | None) -> str:
    """Where on the page an error about ``at`` can be said: at its form, or on top where that is not shown."""
    if source is None:
        return "top"
    connecting = {way.kind for way in source.ways if way.available} if source.wants_connecting else set()
    connected = {"sync", "check", "days", "gaps", "disconnect"} if source.connected else set()
    return at if at in connecting | connected else "top"


def _first_day(visit: Visit, chosen: str) -> str | None:
    """The first day to bring in; None for whoever connects again and leaves it as it was."""
    if chosen not in RANGES:
        return None
    _, days = RANGES[chosen]
    first = EVERYTHING_FROM if days is None else visit.moments.today - dt.timedelta(days=days)
    return first.isoformat()


def _challenge_of(error: ServiceError) -> str | None:
    found = next((detail["challengeId"] for detail in error.details if "challengeId" in detail), None)
    return None if found is None else str(found)
