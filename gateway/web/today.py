"""What should I do today, and am I fine? The page that a runner comes home to."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.activity_view import Row
from gateway.web.coach import EXAMPLES, ask_key
from gateway.web.fitness import FITNESS
from gateway.web.measures import Measures
from gateway.web.parts import Part, part
from gateway.web.plan import ACTIVE
from gateway.web.plan_view import week_of
from gateway.web.rating import Rated
from gateway.web.runs import measures_of
from gateway.web.session_view import next_session, session_on
from gateway.web.sources import source_of
from gateway.web.sources_view import SourceView
from gateway.web.today_view import NOTE_KINDS, Advice, Note, Readiness, WeekSoFar
from gateway.web.visit import Form, Visit
from shared.errors import Kind, ServiceError
from shared.http.envelope import STATUS_OF_KIND

DAILY = "/api/v1/insights/daily"
NOTES = "/api/v1/insights/context"
_NOTES_SHOWN = "50"
_NO_DATA = frozenset({Kind.CONFLICT})
_NO_PLAN = frozenset({Kind.NOT_FOUND})
_NOTICES = {
    "noted": "Noted. The coach goes by it from now on.",
    "reopened": "The note holds again.",
    "deleted": "The note is deleted.",
}


@dataclass(frozen=True, slots=True)
class _Parts:
    """All that the page is made of, each part as far as it could be had."""

    advice: Part
    fitness: Part
    notes: Part
    last_runs: Part
    plan: Part
    units: Measures
    source: SourceView | None


async def show_today(visit: Visit) -> web.Response:
    return await page(visit)


async def page(visit: Visit, *, error: ServiceError | None = None, typed: Form | None = None) -> web.Response:
    """The page; ``error`` is said beside the form for a note, which keeps what was ``typed``."""
    parts = await _read(visit)
    fitness = parts.fitness.body
    rows = () if parts.last_runs.body is None else [Row.of(item, parts.units) for item in parts.last_runs.body["items"]]
    return visit.render(
        "today.html",
        status=200 if error is None else STATUS_OF_KIND[error.kind],
        day=visit.moments.today,
        nothing_yet=not rows and parts.last_runs.problem is None,
        advice=None if parts.advice.body is None else Advice.of(parts.advice.body),
        advice_problem=parts.advice.problem,
        rated=Rated.in_address(visit),
        readiness=None if fitness is None else Readiness.of(fitness["readiness"]),
        fitness_problem=parts.fitness.problem,
        **_about_plan(visit, parts),
        last_run=rows[0] if rows else None,
        last_run_problem=parts.last_runs.problem,
        source=parts.source if parts.source and parts.source.connected else None,
        later_sync=None,
        examples=EXAMPLES,
        ask_key=ask_key(),
        **_about_notes(visit, parts.notes, error=error, typed=typed),
    )


async def _read(visit: Visit) -> _Parts:
    monday = visit.moments.today - dt.timedelta(days=visit.moments.today.weekday())
    of_coach = asyncio.gather(
        part(visit, visit.get("coach_agent", DAILY), none_for=_NO_DATA),
        part(visit, visit.get("coach_agent", FITNESS, **{"from": monday.isoformat()})),
        part(visit, visit.get("coach_agent", NOTES, open="true", limit=_NOTES_SHOWN)),
        part(visit, visit.get("coach_agent", ACTIVE), none_for=_NO_PLAN),
    )
    (advice, fitness, notes, plan), last_runs, units, source = await asyncio.gather(
        of_coach,
        part(visit, visit.get("garmin_ingest", "/api/v1/activities", sport="running", limit="1")),
        measures_of(visit),
        source_of(visit),
    )
    return _Parts(advice, fitness, notes, last_runs, plan, units, source)


def _about_plan(visit: Visit, parts: _Parts) -> Mapping[str, Any]:
    """The session of the day and the next one, and the week beside what is planned for it."""
    plan, fitness, moments = parts.plan.body, parts.fitness.body, visit.moments
    this_week = week_of(plan, moments.today)
    planned_m = None if this_week is None else this_week["distanceM"]
    return {
        "has_plan": plan is not None,
        "in_plan": this_week is not None,
        "plan_problem": parts.plan.problem,
        "session": session_on(plan, moments.today, parts.units, moments),
        "next_session": next_session(plan, moments.today, parts.units, moments),
        "week": None if fitness is None else WeekSoFar.of(fitness["weeks"], parts.units, moments, planned_m=planned_m),
    }


def _about_notes(visit: Visit, notes: Part, *, error: ServiceError | None, typed: Form | None) -> Mapping[str, Any]:
    query = visit.request.query
    return {
        "notes": () if notes.body is None else [Note.of(item, visit.moments) for item in notes.body["items"]],
        "notes_problem": notes.problem,
        "note_kinds": NOTE_KINDS,
        "typed": typed or {},
        "problem": None if error is None else visit.problem(error),
        "notice": _NOTICES.get(query.get("done", "")),
        "closed": _closed(query.get("closed")),
    }


def _closed(text: str | None) -> str | None:
    """The note that was just said to be over, so that it can be opened again."""
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return None
