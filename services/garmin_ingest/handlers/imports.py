"""Imports over HTTP."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.domain.import_request import ImportRequest
from services.garmin_ingest.domain.ports import IncomingStore
from services.garmin_ingest.handlers.import_bodies import ImportAnswer, QueuedAnswer
from services.garmin_ingest.handlers.uploads import Uploads, received
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.idempotency import replayed_or_run
from shared.http.rendering import json_response


@dataclass(frozen=True, slots=True)
class ImportHandlers:
    requests: ImportRequest
    incoming: IncomingStore

    async def import_activities(self, request: web.Request) -> web.StreamResponse:
        """Import FIT, TCX and GPX files, also as .gz or in a ZIP.

        A multipart form with one or more fields ``file``, 64 MiB each, 2 GiB for a ZIP. Each file has its own outcome.
        More than 8 MiB in all, or a ZIP, is imported by a job: 202 with its id.
        """
        async with received(request, self.incoming, signed_in_user()) as uploads:
            return await replayed_or_run(request, lambda: self._import(uploads), fingerprint=uploads.fingerprint)

    async def _import(self, uploads: Uploads) -> web.Response:
        outcome = await self.requests.run(signed_in_user(), uploads.files, signed_in_caller().zone)
        if isinstance(outcome, uuid.UUID):
            uploads.handed_over = True
            return json_response(QueuedAnswer(job_id=outcome), status=202)
        return json_response(ImportAnswer.of(outcome))
