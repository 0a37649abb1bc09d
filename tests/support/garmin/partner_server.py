"""The simulated partner programme: consent with PKCE, rotating tokens, backfills, and notifications it would send.

``consent`` is the page on which the runner agrees. Notifications wait in ``outbox`` until a test delivers them.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from yarl import URL

from tests.support.garmin.partner_summaries import ALL_PERMISSIONS, summaries, user_id
from tests.support.garmin.serving import application, served
from tests.support.garmin.world import GarminWorld, SimulatedAccount, SimulatedActivity

CLIENT_ID = "pace42-tests"
CLIENT_SECRET = "the partner's secret"
MOST_BACKFILL_S = 30 * 86_400


@dataclass
class Consent:
    account: SimulatedAccount
    challenge: str
    redirect_uri: str


@dataclass
class PartnerServer:
    """``base`` is its own address while it runs; ``files`` are one-time tokens of files that were announced."""

    world: GarminWorld
    base: str = ""
    codes: dict[str, Consent] = field(default_factory=dict)
    access: dict[str, SimulatedAccount] = field(default_factory=dict)
    refresh: dict[str, SimulatedAccount] = field(default_factory=dict)
    permissions: dict[int, list[str]] = field(default_factory=dict)
    backfills: list[tuple[str, int, int]] = field(default_factory=list)
    files: dict[str, SimulatedActivity] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        routes = [
            web.post("/di-oauth2-service/oauth/token", self._token),
            web.get("/wellness-api/rest/user/id", self._user_id),
            web.get("/wellness-api/rest/user/permissions", self._permissions),
            web.delete("/wellness-api/rest/user/registration", self._deregister),
            web.get("/wellness-api/rest/backfill/{kind}", self._backfill),
            web.get("/wellness-api/rest/activityFile", self._file),
            web.get("/wellness-api/rest/{kind}", self._summaries),
        ]
        async with served(application(self.world, routes)) as url:
            self.base = url
            yield url

    def consent(self, authorization_url: str, account: SimulatedAccount) -> tuple[str, str]:
        """What the page sends the browser back with: a code and the state. AssertionError for a wrong request."""
        asked = URL(authorization_url).query
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = Consent(account, asked["code_challenge"], asked["redirect_uri"])
        return code, asked["state"]

    def announce_file(self, account: SimulatedAccount, activity: SimulatedActivity) -> dict[str, Any]:
        """The element of a ping for one activity's file."""
        token = secrets.token_urlsafe(8)
        self.files[token] = activity
        return {
            "userId": user_id(account), "summaryId": f"{activity.activity_id}-file", "fileType": "FIT",
            "callbackURL": f"{self.base}/wellness-api/rest/activityFile?id={activity.activity_id}&token={token}",
            "startTimeInSeconds": int(activity.run.start.timestamp()), "activityId": activity.activity_id,
            "activityName": activity.name, "activityType": activity.type_key.upper(), "manual": False,
        }  # fmt: skip

    async def _token(self, request: web.Request) -> web.Response:
        form = {str(name): str(value) for name, value in (await request.post()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        account = self._by_code(form) if form["grant_type"] == "authorization_code" else self._by_refresh(form)
        if account is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.access[access], self.refresh[refresh] = account, account
        return web.json_response(
            {"access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": 86_400,
             "refresh_token_expires_in": 7_775_998, "scope": "PARTNER_READ", "jti": secrets.token_hex(8)}
        )  # fmt: skip

    def _by_code(self, form: dict[str, str]) -> SimulatedAccount | None:
        consent = self.codes.pop(form.get("code", ""), None)
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if consent is None or consent.challenge != proof or consent.redirect_uri != form.get("redirect_uri"):
            return None
        return consent.account

    def _by_refresh(self, form: dict[str, str]) -> SimulatedAccount | None:
        """Both old tokens end with the new ones."""
        account = self.refresh.pop(form.get("refresh_token", ""), None)
        self.access = {token: one for token, one in self.access.items() if one is not account}
        return account

    def _account(self, request: web.Request) -> SimulatedAccount:
        account = self.access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if account is None:
            raise web.HTTPUnauthorized
        return account

    def void(self) -> None:
        self.access.clear()
        self.refresh.clear()

    async def _user_id(self, request: web.Request) -> web.Response:
        return web.json_response({"userId": user_id(self._account(request))})

    async def _permissions(self, request: web.Request) -> web.Response:
        return web.json_response(self.permissions.get(self._account(request).garmin_id, ALL_PERMISSIONS))

    async def _deregister(self, request: web.Request) -> web.Response:
        account = self._account(request)
        self.access = {token: one for token, one in self.access.items() if one is not account}
        self.refresh = {token: one for token, one in self.refresh.items() if one is not account}
        self.outbox.append({"deregistrations": [{"userId": user_id(account)}]})
        return web.Response(status=204)

    async def _backfill(self, request: web.Request) -> web.Response:
        account, kind = self._account(request), request.match_info["kind"]
        if "HISTORICAL_DATA_EXPORT" not in self.permissions.get(account.garmin_id, ALL_PERMISSIONS):
            return web.json_response({"errorMessage": "permission"}, status=403)
        begin = int(request.query["summaryStartTimeInSeconds"])
        end = int(request.query["summaryEndTimeInSeconds"])
        if not begin < end <= begin + MOST_BACKFILL_S:
            return web.json_response({"errorMessage": "range"}, status=400)
        if (kind, begin, end) in self.backfills:
            return web.json_response({"errorMessage": "duplicate"}, status=409)
        self.backfills.append((kind, begin, end))
        first, last = (dt.datetime.fromtimestamp(at, dt.UTC) for at in (begin, end))
        self.outbox += self._notifications(account, kind, first, last)
        return web.Response(status=202)

    def _notifications(
        self, account: SimulatedAccount, kind: str, first: dt.datetime, last: dt.datetime
    ) -> list[dict[str, Any]]:
        found = [{kind: items}] if (items := summaries(account, kind, first, last)) else []
        if kind == "activities":
            runs = [one for one in account.newest_first() if first <= one.run.start < last]
            found += [{"activityFiles": [self.announce_file(account, one)]} for one in runs]
        return found

    async def _summaries(self, request: web.Request) -> web.Response:
        """What a ping of a summary leads to."""
        account = self._account(request)
        first, last = (
            dt.datetime.fromtimestamp(int(request.query[f"upload{end}TimeInSeconds"]), dt.UTC)
            for end in ("Start", "End")
        )
        return web.json_response(summaries(account, request.match_info["kind"], first, last))

    async def _file(self, request: web.Request) -> web.Response:
        account = self._account(request)
        activity = self.files.get(request.query["token"])
        if activity is None or activity.activity_id not in account.activities:
            raise web.HTTPGone
        del self.files[request.query["token"]]
        return web.Response(body=activity.original, content_type="application/octet-stream")
