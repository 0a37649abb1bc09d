"""Where Garmin sends what is new."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from services.garmin_ingest.domain.garmin.inbox import Inbox
from shared.errors import MalformedBody, UnsupportedMediaType
from shared.http.context import current
from shared.http.parsing import require_known_encoding

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class WebhookHandlers:
    inbox: Inbox

    async def receive_garmin(self, request: web.Request) -> web.Response:
        """Take a notification of Garmin's partner programme. It is stored and answered at once, and worked off later.

        The address is secret and may be limited to Garmin's own networks; for anybody else there is nothing here.
        """
        context = current()
        self.inbox.require_garmin(request.match_info["secret"], "" if context is None else context.client_address)
        if request.content_type != "application/json":
            raise UnsupportedMediaType("Send this as application/json.")
        require_known_encoding(request)
        await self.inbox.take(_pieces(request))
        return web.Response(status=HTTPStatus.OK)


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.content.iter_chunked(_PIECE):
            yield piece
    except (aiohttp.ClientPayloadError, HttpProcessingError, web.RequestPayloadError) as error:
        raise MalformedBody("The body of this request cannot be unpacked or ended early.") from error
