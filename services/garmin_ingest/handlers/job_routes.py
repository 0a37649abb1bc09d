"""The rows of the table about jobs."""

from __future__ import annotations

from services.garmin_ingest.handlers import import_bodies
from services.garmin_ingest.handlers.jobs import JobHandlers
from shared.errors import NotFound
from shared.http.event_stream import EVENT_STREAM
from shared.http.routing import Access, Route

_V1 = "/api/v1"


def of_jobs(jobs: JobHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path=f"{_V1}/jobs", handler=jobs.list_jobs, access=Access.USER, tag="Jobs",
            query=import_bodies.JobsQuery, returns=import_bodies.JobList,
        ),
        Route(
            method="GET", path=f"{_V1}/jobs/{{job_id}}", handler=jobs.show_job, access=Access.USER, tag="Jobs",
            returns=import_bodies.JobAnswer, errors=(NotFound,), media_types=("application/json", EVENT_STREAM),
        ),
    ]  # fmt: skip
