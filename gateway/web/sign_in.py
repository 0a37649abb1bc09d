"""Welcome, sign-up, sign-in, sign-out."""

from __future__ import annotations

from aiohttp import web

from gateway.web.visit import Form, Visit
from gateway.web.ways import FIRST, HOME, safe_return
from shared.errors import ServiceError
from shared.http.envelope import STATUS_OF_KIND
from shared.logs import get_logger
from shared.zones import known_zones

_log = get_logger("sign_in")
# Where each of the two forms leads to by itself.
_LEADS_TO = {"sign_up.html": FIRST, "sign_in.html": HOME}


async def welcome(visit: Visit) -> web.Response:
    """What Pace42 is; whoever is signed in is at home already."""
    return visit.see(HOME) if visit.session.tokens else visit.render("welcome.html")


async def show_sign_up(visit: Visit) -> web.Response:
    if visit.session.tokens:
        return visit.see(HOME)
    return visit.render("sign_up.html", form={}, next=safe_return(visit.request.query.get("next"), otherwise=FIRST))


async def show_sign_in(visit: Visit) -> web.Response:
    if visit.session.tokens:
        return visit.see(_next(visit))
    return visit.render("sign_in.html", form={}, next=_next(visit), ended="ended" in visit.request.query)


async def sign_up(visit: Visit) -> web.Response:
    form = await visit.form()
    body = {"email": form.get("email", ""), "password": form.get("password", "")}
    if name := form.get("displayName", "").strip():
        body["displayName"] = name
    # Filled in by the browser's script; whoever has none sets their zone on the account page.
    if (zone := form.get("timezone", "")) in known_zones():
        body["timezone"] = zone
    return await _begin(visit, "/api/v1/auth/signup", body, template="sign_up.html", form=form)


async def sign_in(visit: Visit) -> web.Response:
    form = await visit.form()
    body = {"email": form.get("email", "").strip(), "password": form.get("password", "")}
    return await _begin(visit, "/api/v1/auth/login", body, template="sign_in.html", form=form)


async def _begin(visit: Visit, path: str, body: dict[str, str], *, template: str, form: Form) -> web.Response:
    """Ask auth for a session; what it refuses is said beside the form, which keeps everything but the password."""
    address = safe_return(form.get("next"), otherwise=_LEADS_TO[template])
    try:
        # auth shows it in the list of sessions.
        device = {"User-Agent": visit.request.headers.get("User-Agent", "unknown browser")}
        reply = await visit.call("auth", "POST", path, body=body, headers=device)
    except ServiceError as error:
        kept = {name: form.get(name, "") for name in ("email", "displayName")}
        return visit.render(
            template,
            status=STATUS_OF_KIND[error.kind],
            form=kept,
            next=address,
            ended=False,
            problem=visit.problem(error),
        )
    visit.sign_in(reply.json["tokens"])
    return visit.see(address)


async def sign_out(visit: Visit) -> web.Response:
    """End the session in this browser in any case, and at auth where that can be reached."""
    await visit.form()
    try:
        await visit.enter()
        await visit.call("auth", "POST", "/api/v1/auth/logout")
    except ServiceError as error:
        _log.info("signed out here only", code=error.code)
    visit.sign_out()
    return visit.see("/sign-in")


def _next(visit: Visit) -> str:
    return safe_return(visit.request.query.get("next"))
