"""What the gateway asks: the keys that verify tokens, and the tokens that no longer count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from services.auth.domain.ports import RevocationFeed
from services.auth.handlers.bodies import FeedAnswer, FeedItem, FeedQuery
from shared.http.rendering import json_response

# Enough that a gateway that was away for minutes catches up in a few reads.
_FEED_PAGE = 1000


@dataclass(frozen=True, slots=True)
class InternalHandlers:
    public_keys: Mapping[str, Any]
    feed: RevocationFeed

    async def show_public_keys(self, _: web.Request) -> web.Response:
        """The public keys that verify access tokens (RFC 7517)."""
        return json_response(dict(self.public_keys))

    async def read_feed(self, _: web.Request, query: FeedQuery) -> web.Response:
        """What has been revoked since ``after``."""
        entries = await self.feed.after(query.after, limit=_FEED_PAGE)
        return json_response(FeedAnswer(items=[FeedItem.of(entry) for entry in entries]))
