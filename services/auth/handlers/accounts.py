"""Sign-up, log-in and the profile over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.auth.domain.models import ProfileChange
from services.auth.domain.profile import Profiles
from services.auth.domain.sign_in import SignIn, SignUpRequest
from services.auth.handlers.bodies import LogInBody, ProfileBody, SignedInAnswer, SignUpBody, UserAnswer
from shared.http.context import signed_in_user
from shared.http.rendering import json_response


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    sign_in: SignIn
    profiles: Profiles

    async def sign_up(self, request: web.Request, body: SignUpBody) -> web.Response:
        """Create an account and log in."""
        signed_in = await self.sign_in.sign_up(
            SignUpRequest(
                email=body.email,
                password=body.password,
                display_name=body.display_name,
                zone=body.timezone,
                device=device(request),
            )
        )
        return json_response(SignedInAnswer.of(signed_in), status=201)

    async def log_in(self, request: web.Request, body: LogInBody) -> web.Response:
        """Log in with e-mail and password."""
        signed_in = await self.sign_in.log_in(body.email, body.password, device(request))
        return json_response(SignedInAnswer.of(signed_in))

    async def show_profile(self, _: web.Request) -> web.Response:
        """The account of the caller."""
        return json_response(UserAnswer.of(await self.profiles.get(signed_in_user())))

    async def change_profile(self, _: web.Request, body: ProfileBody) -> web.Response:
        """Change display name or time zone."""
        change = ProfileChange(display_name=body.display_name, zone=body.timezone)
        return json_response(UserAnswer.of(await self.profiles.change(signed_in_user(), change)))


def device(request: web.Request) -> str:
    """What the client calls itself, for the list of sessions; a header may hold bytes that are no text."""
    return request.headers.get("User-Agent", "unknown device").encode("utf-8", "replace").decode()
