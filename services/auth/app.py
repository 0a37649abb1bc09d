"""The wiring of auth: the only file that sees every layer."""

from __future__ import annotations

import base64
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from services.auth.clients.access_tokens import AccessTokenSigner
from services.auth.clients.argon2 import Argon2Hasher
from services.auth.config import AuthSettings
from services.auth.domain.profile import Profiles
from services.auth.domain.refresh_token import RefreshTokens
from services.auth.domain.sessions import Sessions
from services.auth.domain.sign_in import SignIn, TokenIssuer
from services.auth.handlers.accounts import AccountHandlers
from services.auth.handlers.internal import InternalHandlers
from services.auth.handlers.routes import routes
from services.auth.handlers.sessions import SessionHandlers
from services.auth.storage.accounts import PostgresAccountStore
from services.auth.storage.feed import PostgresRevocationFeed
from services.auth.storage.sessions import PostgresSessionStore
from shared.audit import PostgresAuditLog
from shared.http.health import Health
from shared.http.process import Process, open_process, required_secret
from shared.idempotency import IdempotencyStore
from shared.postgres import Database, open_database


@dataclass(frozen=True, slots=True)
class _Stores:
    database: Database
    answers: IdempotencyStore
    accounts: PostgresAccountStore
    sessions: PostgresSessionStore


async def create_app(settings: AuthSettings, stack: AsyncExitStack) -> web.Application:
    """The application with everything it needs open; ``stack`` closes it."""
    process = await stack.enter_async_context(open_process("auth", settings))
    stores = await _open_stores(process, settings, stack)
    hasher = Argon2Hasher(threads=settings.password_hashing_threads, queue=settings.password_hashing_queue)
    stack.callback(hasher.close)
    access_key = await required_secret(process.secrets, "keys/auth/access")
    refresh_key = await required_secret(process.secrets, "keys/auth/refresh")
    signer = AccessTokenSigner(access_key["jwk"], lifetime_s=settings.access_token_lifetime_s, clock=process.clock)
    tokens = TokenIssuer(signer, RefreshTokens(base64.b64decode(refresh_key["key"])), settings.access_token_lifetime_s)
    lifetime = timedelta(seconds=settings.refresh_token_lifetime_s)
    sign_in = SignIn(
        accounts=stores.accounts,
        sessions=stores.sessions,
        hasher=hasher,
        tokens=tokens,
        session_lifetime=lifetime,
        clock=process.clock,
    )
    sessions = Sessions(
        accounts=stores.accounts,
        sessions=stores.sessions,
        tokens=tokens,
        session_lifetime=lifetime,
        clock=process.clock,
    )
    table = routes(
        AccountHandlers(sign_in, Profiles(stores.accounts)),
        SessionHandlers(sessions),
        InternalHandlers(signer.public_keys(), PostgresRevocationFeed(stores.database)),
    )
    return process.application(
        table, health=Health(required={"postgres": stores.database.ping}), answers=stores.answers
    )


async def grant_admin(settings: AuthSettings, email: str) -> None:
    """The command ``create-admin``. Raises NotFound where nobody signed up with this e-mail."""
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(open_process("auth", settings))
        stores = await _open_stores(process, settings, stack)
        await Profiles(stores.accounts).grant_admin(email)


async def _open_stores(process: Process, settings: AuthSettings, stack: AsyncExitStack) -> _Stores:
    database = await open_database(settings, stack)
    cipher = await process.personal_fields()
    audit = PostgresAuditLog()
    return _Stores(
        database,
        IdempotencyStore(database, cipher),
        PostgresAccountStore(database, cipher, audit),
        PostgresSessionStore(database, cipher, audit, process.clock),
    )
