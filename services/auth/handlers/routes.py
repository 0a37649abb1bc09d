"""THE table of auth: who may call what."""

from __future__ import annotations

from services.auth.domain.errors import EmailTaken, InvalidCredentials, SessionEnded, TokenReused
from services.auth.handlers import bodies
from services.auth.handlers.accounts import AccountHandlers
from services.auth.handlers.internal import InternalHandlers
from services.auth.handlers.sessions import SessionHandlers
from shared.errors import InvalidToken, NotFound
from shared.http.routing import Access, Route


def routes(accounts: AccountHandlers, sessions: SessionHandlers, internal: InternalHandlers) -> list[Route]:
    return [
        Route(
            method="POST", path="/api/v1/auth/signup", handler=accounts.sign_up, access=Access.ANYONE, tag="Auth",
            body=bodies.SignUpBody, returns=bodies.SignedInAnswer, status=201, errors=(EmailTaken,), replayable=False,
        ),
        Route(
            method="POST", path="/api/v1/auth/login", handler=accounts.log_in, access=Access.ANYONE, tag="Auth",
            body=bodies.LogInBody, returns=bodies.SignedInAnswer, errors=(InvalidCredentials,), replayable=False,
        ),
        Route(
            method="POST", path="/api/v1/auth/refresh", handler=sessions.refresh, access=Access.ANYONE, tag="Auth",
            body=bodies.RefreshBody, returns=bodies.RefreshedAnswer, errors=(InvalidToken, SessionEnded, TokenReused),
            replayable=False,
        ),
        Route(
            method="POST", path="/api/v1/auth/logout", handler=sessions.log_out, access=Access.USER, tag="Auth",
            status=204,
        ),
        Route(
            method="GET", path="/api/v1/auth/sessions", handler=sessions.list_sessions, access=Access.USER, tag="Auth",
            query=bodies.PageQuery, returns=bodies.SessionList,
        ),
        Route(
            method="DELETE", path="/api/v1/auth/sessions/{session_id}", handler=sessions.end_session,
            access=Access.USER, tag="Auth", status=204, errors=(NotFound,),
        ),
        Route(
            method="GET", path="/api/v1/me", handler=accounts.show_profile, access=Access.USER, tag="Account",
            returns=bodies.UserAnswer, errors=(NotFound,),
        ),
        Route(
            method="PATCH", path="/api/v1/me", handler=accounts.change_profile, access=Access.USER, tag="Account",
            body=bodies.ProfileBody, returns=bodies.UserAnswer, errors=(NotFound,),
        ),
        Route(
            method="GET", path="/.well-known/jwks.json", handler=internal.show_public_keys, access=Access.OPEN,
            tag="Auth",
        ),
        Route(
            method="GET", path="/internal/revocations", handler=internal.read_feed, access=Access.SERVICE,
            issuers=frozenset({"gateway"}), query=bodies.FeedQuery, returns=bodies.FeedAnswer,
        ),
    ]  # fmt: skip
