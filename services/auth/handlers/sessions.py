"""Sessions over HTTP: keep alive, list, end."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from aiohttp import web

from services.auth.domain.sessions import Sessions
from services.auth.handlers.bodies import PageQuery, RefreshBody, RefreshedAnswer, SessionItem, SessionList
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response, no_content


@dataclass(frozen=True, slots=True)
class SessionHandlers:
    sessions: Sessions

    async def refresh(self, _: web.Request, body: RefreshBody) -> web.Response:
        """Trade a refresh token for the next pair.

        Each refresh token works once; its immediate predecessor gives the same successor again for ten seconds, so that
        a lost answer or two tabs do not end the session. Anything older ends it.
        """
        return json_response(RefreshedAnswer.of(await self.sessions.refresh(body.refresh_token)))

    async def log_out(self, _: web.Request) -> web.Response:
        """End the caller's session."""
        caller = signed_in_caller()
        await self.sessions.log_out(signed_in_user(), caller.session_id or uuid.UUID(int=0))
        return no_content()

    async def list_sessions(self, _: web.Request, query: PageQuery) -> web.Response:
        """The living sessions of the caller, the latest sign-in first."""
        current_id = signed_in_caller().session_id
        found, cursor = await self.sessions.page(signed_in_user(), before=query.cursor, limit=query.limit)
        items = [SessionItem.of(session, current_id) for session in found]
        return json_response(SessionList(items=items, next_cursor=cursor))

    async def end_session(self, request: web.Request) -> web.Response:
        """End one of the caller's sessions."""
        await self.sessions.end(signed_in_user(), path_uuid(request, "session_id"))
        return no_content()
