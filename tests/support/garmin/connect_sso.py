"""Garmin's sign-in as its phone app uses it, simulated: sign-in page, log-in, code, and the token end-point.

No public recording of these answers exists. Their shapes are what the garminconnect library sends and reads; that a
log-in without the cookies of the sign-in page is answered with 429 is the library's own observation.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any

from aiohttp import web

from tests.support.garmin.connect_tokens import ConnectTokens
from tests.support.garmin.world import GarminWorld, SimulatedAccount

_PAGE_COOKIE, _MFA_COOKIE = "SESSION", "GARMIN-SSO-MFA"


class SignIn:
    def __init__(self, world: GarminWorld, tokens: ConnectTokens) -> None:
        self._world = world
        self._tokens = tokens
        self._pages: set[str] = set()
        self._waiting: dict[str, SimulatedAccount] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mobile/sso/en_US/sign-in", self._page),
            web.post("/mobile/api/login", self._log_in),
            web.post("/{flow:mobile|portal}/api/mfa/verifyCode", self._verify),
            web.post("/di-oauth2-service/oauth/token", self._token),
        ]

    async def _page(self, _: web.Request) -> web.Response:
        response = web.Response(text="<html><head><title>GARMIN</title></head></html>", content_type="text/html")
        page = secrets.token_hex(8)
        self._pages.add(page)
        response.set_cookie(_PAGE_COOKIE, page)
        return response

    async def _log_in(self, request: web.Request) -> web.Response:
        if request.cookies.get(_PAGE_COOKIE) not in self._pages:
            return web.json_response({"error": {"status-code": "429"}}, status=429)
        body = await request.json()
        account = self._world.accounts.get(body["username"])
        if account is None or body["password"] != account.password:
            return _answer("INVALID_USERNAME_PASSWORD", status=401)
        if account.refused_as is not None:
            return _answer(account.refused_as)
        if account.mfa_code is None:
            return self._success(account)
        response = _answer("MFA_REQUIRED", customerMfaInfo={"mfaLastMethodUsed": "email"})
        cookie = secrets.token_hex(8)
        self._waiting[cookie] = account
        response.set_cookie(_MFA_COOKIE, cookie)
        return response

    async def _verify(self, request: web.Request) -> web.Response:
        account = self._waiting.get(request.cookies.get(_MFA_COOKIE, ""))
        body = await request.json()
        if account is None or body["mfaVerificationCode"] != account.mfa_code:
            return _answer("MFA_CODE_INVALID", status=401)
        return self._success(account)

    def _success(self, account: SimulatedAccount) -> web.Response:
        return _answer("SUCCESSFUL", serviceTicketId=self._tokens.ticket(account), serviceURL="https://example.com")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        client_id = str(form["client_id"])
        basic = "Basic " + base64.b64encode(f"{client_id}:".encode()).decode()
        issued = None
        if request.headers.get("Authorization") == basic and form["grant_type"] == "refresh_token":
            issued = self._tokens.refresh(str(form["refresh_token"]), client_id)
        elif request.headers.get("Authorization") == basic:
            issued = self._tokens.redeem(str(form["service_ticket"]), client_id)
        if issued is None:
            return web.json_response({"error": "invalid_grant", "error_description": "simulated"}, status=400)
        return web.json_response(issued)


def _answer(kind: str, *, status: int = 200, **fields: Any) -> web.Response:
    body = {"responseStatus": {"type": kind, "message": "", "httpStatus": "OK"}, **fields}
    return web.json_response(body, status=status)
