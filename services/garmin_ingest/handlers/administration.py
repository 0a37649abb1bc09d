"""Everybody's jobs, dead letters and connections over HTTP, for administrators."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.domain.administration import Administration, Deed
from services.garmin_ingest.domain.replay import Replay
from services.garmin_ingest.handlers.admin_bodies import (
    AdminConnectionAnswer,
    AdminConnectionList,
    AdminJobAnswer,
    AdminJobList,
    AdminJobsQuery,
    AdminPageQuery,
    DeadLetterAnswer,
    DeadLetterList,
    ReplayBody,
    RetriedAnswer,
)
from services.garmin_ingest.handlers.cursor import to_cursor
from services.garmin_ingest.handlers.import_bodies import QueuedAnswer
from shared.errors import NotFound
from shared.http.context import current, signed_in_user
from shared.http.rendering import json_response


@dataclass(frozen=True, slots=True)
class AdministrationHandlers:
    administration: Administration
    replay: Replay

    async def list_jobs_of_all(self, _: web.Request, query: AdminJobsQuery) -> web.Response:
        """The jobs of all users, newest first, without the names of their files."""
        page = await self.administration.jobs(query.wanted(), query.limit, query.after())
        last = page.items[-1] if page.has_more else None
        cursor = None if last is None else to_cursor(last.created_at, last.job_id)
        return json_response(AdminJobList(items=[AdminJobAnswer.of(job) for job in page.items], next_cursor=cursor))

    async def list_dead_letters(self, _: web.Request, query: AdminPageQuery) -> web.Response:
        """Work that gave up after all its tries or stopped its worker three times, the last first, with the reason."""
        page = await self.administration.letters(query.limit, query.after_letter())
        last = page.items[-1] if page.has_more else None
        cursor = None if last is None else to_cursor(last.failed_at, uuid.UUID(int=last.letter_id))
        items = [DeadLetterAnswer.of(letter) for letter in page.items]
        return json_response(DeadLetterList(items=items, next_cursor=cursor))

    async def retry_dead_letter(self, request: web.Request) -> web.Response:
        """Try dead work again, with all its tries. Asked twice, it is queued once."""
        letter_id = _letter_id(request)
        await self.administration.retry(letter_id, Deed(signed_in_user(), _request_id()))
        return json_response(RetriedAnswer(id=str(letter_id)), status=202)

    async def list_garmin_connections(self, _: web.Request, query: AdminPageQuery) -> web.Response:
        """The Garmin connections of all users, newest first, without the names of their accounts."""
        page = await self.administration.links(query.limit, query.after())
        last = page.items[-1] if page.has_more else None
        cursor = None if last is None else to_cursor(last.connected_at, last.connection_id)
        items = [AdminConnectionAnswer.of(link) for link in page.items]
        return json_response(AdminConnectionList(items=items, next_cursor=cursor))

    async def replay_originals(self, _: web.Request, body: ReplayBody) -> web.Response:
        """Read kept originals again with today's decoders, in the background.

        The job is the administrator's; its items are the originals, each with what it changed. Activities that were
        deleted stay so, and what a runner edited at Garmin is kept.
        """
        job_id = await self.replay.start(signed_in_user(), body.wanted(), request_id=_request_id())
        return json_response(QueuedAnswer(job_id=job_id), status=202)


def _request_id() -> str | None:
    context = current()
    return None if context is None else context.request_id


def _letter_id(request: web.Request) -> int:
    text = request.match_info["dead_letter"]
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound("There is no such dead letter.")
    return int(text)
