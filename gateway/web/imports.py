"""Taking files: each gets an outcome in words, and what takes longer becomes a job whose progress can be watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.forms import TOKEN_FIELD
from gateway.web.ports import UPLOAD_PATH
from gateway.web.visit import Visit
from shared.http.parsing import path_uuid

_RUNNING = frozenset({"queued", "running"})
_WORDS = {
    "imported": "Imported",
    "duplicate": "You have this one already",
    "skipped": "Not an activity, left out",
    "failed": "Not imported",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; ``detail`` is the envelope's sentence, or what the file is where it is no activity."""

    file_name: str
    status: str
    words: str
    detail: str
    activity_ids: tuple[str, ...]

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Outcome:
        status = str(item["status"])
        detail = (item.get("error") or {}).get("message") or item.get("kind") or ""
        return cls(
            file_name=str(item["fileName"]),
            status=status,
            words=_WORDS.get(status, status),
            detail=str(detail),
            activity_ids=tuple(map(str, item.get("activityIds") or filter(None, [item.get("activityId")]))),
        )


@dataclass(frozen=True, slots=True)
class JobView:
    """``done`` and ``total`` count files; total is 0 until they have been counted."""

    job_id: str
    state: str
    running: bool
    done: int
    total: int
    outcomes: tuple[Outcome, ...]

    @classmethod
    def of(cls, job: Mapping[str, Any]) -> JobView:
        progress = job["progress"] or {}
        return cls(
            job_id=str(job["id"]),
            state=str(job["state"]),
            running=job["state"] in _RUNNING,
            done=int(progress.get("done") or 0),
            total=int(progress.get("total") or 0),
            outcomes=outcomes_of(job["items"]),
        )


async def take_files(visit: Visit) -> web.Response:
    """Pass the files on as they come. The form token is in the address, since the body is not ours to read."""
    request = visit.request
    visit.site.guard.check(request.query.get(TOKEN_FIELD), visit.session.seed, UPLOAD_PATH)
    reply = await visit.site.backend.stream(request, "garmin_ingest", "/api/v1/activities/import", caller=visit.caller)
    if reply.status == 202:
        return await _accepted(visit, str(reply.json["jobId"]))
    outcomes = outcomes_of(reply.json["results"])
    return visit.render("_outcomes.html" if visit.wants_fragment else "outcomes.html", outcomes=outcomes, job=None)


async def show_job(visit: Visit) -> web.Response:
    job = JobView.of(await visit.get("garmin_ingest", f"/api/v1/jobs/{path_uuid(visit.request, 'job_id')}"))
    return visit.render("_outcomes.html" if visit.wants_fragment else "outcomes.html", outcomes=job.outcomes, job=job)


async def _accepted(visit: Visit, job_id: str) -> web.Response:
    if not visit.wants_fragment:
        return visit.see(f"{UPLOAD_PATH}/{job_id}")
    waiting = JobView(job_id, "queued", running=True, done=0, total=0, outcomes=())
    return visit.render("_outcomes.html", outcomes=(), job=waiting)


def outcomes_of(items: Sequence[Mapping[str, Any]]) -> tuple[Outcome, ...]:
    return tuple(Outcome.of(item) for item in items)
