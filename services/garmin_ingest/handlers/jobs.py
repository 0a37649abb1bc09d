"""Jobs over HTTP: as they stand, or as they go on."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.domain.import_job import ImportJobs
from services.garmin_ingest.domain.imports import Job
from services.garmin_ingest.domain.watch_job import JobWatch, is_over
from services.garmin_ingest.handlers.cursor import to_cursor
from services.garmin_ingest.handlers.import_bodies import JobAnswer, JobList, JobsQuery
from shared.http.context import signed_in_user
from shared.http.event_stream import EventStream, accepts_events, event_stream
from shared.http.parsing import path_uuid
from shared.http.rendering import dumps, json_response

_COME_BACK_S = 1.0
# For somebody who follows too many at once: the answer is where it stands, and the client asks again.
_COME_BACK_LATER_S = 5.0


@dataclass(frozen=True, slots=True)
class JobHandlers:
    jobs: ImportJobs
    watch: JobWatch

    async def list_jobs(self, _: web.Request, query: JobsQuery) -> web.Response:
        """The caller's jobs, newest first, each with the outcome of up to 10 files that failed and of the newest 10."""
        page = await self.jobs.page(signed_in_user(), query.limit, query.after())
        last = page.items[-1] if page.has_more else None
        cursor = None if last is None else to_cursor(last.created_at, last.job_id)
        return json_response(JobList(items=[JobAnswer.of(job) for job in page.items], next_cursor=cursor))

    async def show_job(self, request: web.Request) -> web.StreamResponse:
        """One job: its state, its progress, and the outcome of up to 200 files that failed and of the newest 200.

        With Accept: text/event-stream as events: "progress" at each change with the newest 10 items, "done" with the
        whole answer when the job is over, "error" with the envelope of what went wrong. The stream ends after some
        minutes while the job works, and the client comes back.
        """
        if not accepts_events(request):
            return json_response(JobAnswer.of(await self.jobs.get(signed_in_user(), path_uuid(request, "job_id"))))
        job = await self.watch.now(signed_in_user(), path_uuid(request, "job_id"))
        async with event_stream(request) as events:
            with self.watch.place(job.user_id) as has_place:
                await events.retry_after(_COME_BACK_S if has_place else _COME_BACK_LATER_S)
                await _tell(events, job)
                if has_place and not is_over(job):
                    await self._follow(events, job)
        return events.response

    async def _follow(self, events: EventStream, job: Job) -> None:
        async with aclosing(self.watch.changes(job)) as changes:
            async for changed in changes:
                if changed is not None:
                    await _tell(events, changed)
                    if is_over(changed):
                        return
                if not await events.keep_alive():
                    return


async def _tell(events: EventStream, job: Job) -> None:
    data = dumps(JobAnswer.of(job).model_dump(by_alias=True, mode="json"))
    await events.send("done" if is_over(job) else "progress", data)
