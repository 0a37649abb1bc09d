"""How do I get to my race? Making a plan, its weeks and sessions, and what if."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from gateway.web.goal_view import RACES, WEEKDAYS, OutOfReach, goal_body
from gateway.web.measures import Measures
from gateway.web.plan_view import PlanView, WhatIf
from gateway.web.runs import measures_of
from gateway.web.session_view import KINDS
from gateway.web.visit import Form, Visit
from gateway.web.ways import safe_return
from shared.errors import Kind, ServiceError, ValidationFailed
from shared.http.envelope import STATUS_OF_KIND
from shared.http.parsing import path_uuid

PLANS: Final = "/api/v1/training-plans"
ACTIVE: Final = f"{PLANS}/active"
FEED: Final = f"{ACTIVE}/calendar-link"
_STATUSES = frozenset({"done", "missed", "skipped", "planned"})
_GOAL_FIELDS = ("goal", "raceDate", "distanceM", "targetTime", "daysPerWeek", "longRunDay")
_ADDED_FIELDS = ("workout", "minutes", "date")
# A calendar or a workout is a file, whatever the service calls it.
_FILES = {"calendar.ics": "text/calendar", "workout.fit": "application/octet-stream"}
ADDABLE = ("easy", "recovery", "tempo", "intervals")
_NOTICES = {
    "made": "Your plan is made. It adapts each night and after each run, and says what changed.",
    "closed": "The address for calendar apps is closed.",
    "ended": "The plan is ended. Your runs stay, and you can make another one.",
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the page answers to: an error beside the part of the page that ``at`` names, or the result of a what-if."""

    at: str = ""
    error: ServiceError | None = None
    typed: Form | None = None
    what_if: WhatIf | None = None
    calendar_address: str = ""


async def show_plan(visit: Visit) -> web.Response:
    return await _page(visit, _Said())


async def make_plan(visit: Visit) -> web.Response:
    """A goal that is out of reach leaves the form as it was, with the nearest one beside it."""
    form = await visit.form()
    try:
        await visit.call("coach_agent", "POST", PLANS, body=goal_body(form))
    except ServiceError as error:
        return await _page(visit, _Said("goal", error, _typed(form)))
    return visit.see("/plan?done=made")


async def change_session(visit: Visit) -> web.Response:
    """Mark a session, or move it within its week; what a rule forbids is said beside it."""
    form, session_id = await visit.form(), path_uuid(visit.request, "session_id")
    status = form.get("status", "")
    body = {"status": status} if status in _STATUSES else {"date": form.get("date", "")}
    try:
        await visit.call("coach_agent", "PATCH", f"{ACTIVE}/workouts/{session_id}", body=body)
    except ServiceError as error:
        return await _page(visit, _Said(str(session_id), error))
    return visit.see(f"{safe_return(form.get('back'), otherwise='/plan')}#session-{session_id}")


async def ask_what_if(visit: Visit) -> web.Response:
    """What would come of skipping, moving or adding a session, or of another goal; nothing is changed."""
    form = await visit.form()
    at = "goal" if form.get("what") == "goal" else "what-if"
    try:
        question, body = _question(form)
        reply = await visit.call("coach_agent", "POST", f"{PLANS}/what-if", body=body)
    except ServiceError as error:
        return await _page(visit, _Said(at, error, _typed(form)))
    what_if = WhatIf.of(reply.json, visit.moments, question=question)
    return await _page(visit, _Said(at, typed=_typed(form), what_if=what_if))


async def end_plan(visit: Visit) -> web.Response:
    await visit.form()
    await visit.call("coach_agent", "DELETE", ACTIVE)
    return visit.see("/plan?done=ended")


async def open_feed(visit: Visit) -> web.Response:
    """An address that a calendar app can follow. It is in this answer alone, as nobody can read it again."""
    await visit.form()
    path = (await visit.call("coach_agent", "POST", FEED)).json["path"]
    return await _page(visit, _Said("calendar", calendar_address=visit.whole_address(path)))


async def close_feed(visit: Visit) -> web.Response:
    """Closing what is not open is done already."""
    await visit.form()
    try:
        await visit.call("coach_agent", "DELETE", FEED)
    except ServiceError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
    return visit.see("/plan?done=closed")


async def download_calendar(visit: Visit) -> web.Response:
    return await _file(visit, f"{ACTIVE}/calendar.ics")


async def download_workout(visit: Visit) -> web.Response:
    return await _file(visit, f"{ACTIVE}/workouts/{path_uuid(visit.request, 'session_id')}/workout.fit")


async def _file(visit: Visit, path: str) -> web.Response:
    reply = await visit.call("coach_agent", "GET", path)
    name = path.rpartition("/")[2]
    disposition = reply.headers.get("Content-Disposition", f'attachment; filename="pace42-{name}"')
    return web.Response(body=reply.body, content_type=_FILES[name], headers={"Content-Disposition": disposition})


def _question(form: Form) -> tuple[str, dict[str, Any]]:
    """The question in words, and the body that asks it."""
    what, session_id = form.get("what", ""), form.get("session", "")
    named = form.get("name", "").strip()[:80] or "this session"
    if what == "goal":
        return "another goal", {"goal": goal_body(form)}
    if what == "skip":
        return f"you skip {named}", {"changes": [{"kind": "skip", "workoutId": session_id}]}
    if what == "move":
        change = {"kind": "move", "workoutId": session_id, "date": form.get("date", "")}
        return f"you move {named}", {"changes": [change]}
    return _added(form)


def _added(form: Form) -> tuple[str, dict[str, Any]]:
    workout = form.get("workout", "")
    if workout not in ADDABLE:
        raise ValidationFailed("Choose what kind of session to add.")
    try:
        minutes = int(form.get("minutes", ""))
    except ValueError as error:
        issue = "must be a number of minutes"
        raise ValidationFailed(f"The time {issue}.", details=[{"field": "minutes", "issue": issue}]) from error
    change = {"kind": "add", "date": form.get("date", ""), "workout": workout, "durationS": 60 * minutes}
    return f"you add: {KINDS[workout].lower()}, {minutes} min", {"changes": [change]}


def _typed(form: Form) -> Form:
    return {name: form.get(name, "") for name in (*_GOAL_FIELDS, *_ADDED_FIELDS)}


async def _page(visit: Visit, said: _Said) -> web.Response:
    body, units = await asyncio.gather(_active(visit), measures_of(visit))
    plan = None if body is None else PlanView.of(body, units, visit.moments)
    return visit.render(
        "plan.html",
        status=200 if said.error is None else STATUS_OF_KIND[said.error.kind],
        plan=plan,
        races=RACES,
        weekdays=WEEKDAYS,
        addable=[(kind, KINDS[kind]) for kind in ADDABLE],
        at=said.at,
        what_if=said.what_if,
        wish=said.typed if said.at == "goal" and said.typed else _usual(plan),
        added=said.typed or {},
        calendar_address=said.calendar_address,
        today=visit.moments.today,
        notice=_NOTICES.get(visit.request.query.get("done", "")),
        **_about_error(visit, said, units),
    )


async def _active(visit: Visit) -> Mapping[str, Any] | None:
    try:
        body: Mapping[str, Any] = await visit.get("coach_agent", ACTIVE)
    except ServiceError as error:
        if error.kind is Kind.NOT_FOUND:
            return None
        raise
    return body


def _about_error(visit: Visit, said: _Said, units: Measures) -> dict[str, Any]:
    if said.error is None:
        return {"problem": None, "out_of_reach": None}
    return {
        "problem": visit.problem(said.error),
        "out_of_reach": OutOfReach.of(said.error, units, visit.moments),
    }


def _usual(plan: PlanView | None) -> Form:
    """What the form begins with: the goal of the plan, else a race of four days a week."""
    if plan is not None:
        return plan.goal.fields
    usual = {"goal": "race", "distanceM": "10000", "daysPerWeek": "4", "longRunDay": "sunday"}
    return dict.fromkeys(_GOAL_FIELDS, "") | usual
