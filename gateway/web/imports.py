"""Taking files: each gets an outcome in words, and what takes longer becomes a job whose progress can be watched."""

from __future__ import annotations

from aiohttp import web

from gateway.web.forms import TOKEN_FIELD
from gateway.web.job_view import JobView, outcomes_of
from gateway.web.ports import UPLOAD_PATH
from gateway.web.visit import Visit


async def take_files(visit: Visit) -> web.Response:
    """Pass the files on as they come. The form token is in the address, since the body is not ours to read."""
    request = visit.request
    visit.site.guard.check(request.query.get(TOKEN_FIELD), visit.session.seed, UPLOAD_PATH)
    reply = await visit.site.backend.stream(request, "garmin_ingest", "/api/v1/activities/import", caller=visit.caller)
    if reply.status == 202:
        return _accepted(visit, str(reply.json["jobId"]))
    outcomes = outcomes_of(reply.json["results"])
    return visit.render("_outcomes.html" if visit.wants_fragment else "outcomes.html", outcomes=outcomes)


def _accepted(visit: Visit, job_id: str) -> web.Response:
    if not visit.wants_fragment:
        return visit.see(f"/jobs/{job_id}")
    return visit.render("_job.html", job=JobView.just_begun(job_id, "import", visit.moments))
