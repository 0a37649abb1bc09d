"""What every process of the house holds, opened in one straight line, and the applications made from it.

async with open_process("auth", settings) as process:
    app = process.application(ROUTES, health=...)
    await serve(app, ...)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Middleware

from shared import logs, telemetry
from shared.caller import SigningKey, TokenSigner, TokenVerifier
from shared.clock import Clock, SystemClock
from shared.config import Settings, load
from shared.errors import SecretsUnavailable
from shared.http import idempotency
from shared.http.boundary import Boundary, CallerOpener, Opener
from shared.http.client import Resilience, ServiceClient, open_session
from shared.http.health import Health
from shared.http.metrics import METRICS, Metrics
from shared.http.openapi import serve_document
from shared.http.parsing import MAX_JSON_BYTES
from shared.http.routing import Access, Handler, Route, add_routes
from shared.http.server import HealthKey
from shared.idempotency import IdempotencyStore
from shared.personal import PostgresFieldCipher
from shared.resilience import Breaker
from shared.secrets import SecretsSettings, SecretStore, open_secret_store
from shared.zones import load_zones

SERVICES = ("auth", "garmin_ingest", "coach_agent", "subscription")
PROCESSES = ("gateway", *SERVICES)


@dataclass(frozen=True)
class Process:
    """The resources of one process. Secrets are read at start only, so that a sealed store stops no one later."""

    name: str
    settings: Settings
    clock: Clock
    telemetry: telemetry.Telemetry
    metrics: Metrics
    signer: TokenSigner
    verifier: TokenVerifier
    secrets: SecretStore = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)

    async def personal_fields(self) -> PostgresFieldCipher:
        """The cipher of this service's personal fields."""
        return PostgresFieldCipher.from_secret(await required_secret(self.secrets, f"keys/{self.name}/personal"))

    def client(self, service: str) -> ServiceClient:
        """A client for another service, with its breaker on the metrics page."""
        breaker = Breaker(service, self.clock)
        self.metrics.watch(breaker)
        return ServiceClient(
            self.session,
            service=service,
            base_url=str(getattr(self.settings, f"{service}_url")),
            signer=self.signer,
            telemetry=self.telemetry,
            resilience=Resilience(breaker),
        )

    def application(
        self,
        routes: Iterable[Route],
        *,
        health: Health,
        answers: IdempotencyStore | None = None,
    ) -> web.Application:
        """A service's application: the boundary, health, metrics, its OpenAPI document and ``routes``.

        ``answers`` keeps what is replayed under an Idempotency-Key; without it keys are ignored.
        """
        table = tuple(routes)
        issuers = frozenset(issuer for route in table for issuer in route.issuers)
        app = self.bare_application(CallerOpener(self.verifier, issuers, self.clock), health)
        if answers is not None:
            app[idempotency.STORE] = answers
        inside = [
            _probe("/metrics", self.metrics.handle),
            _probe("/internal/openapi.json", serve_document(self.name, table)),
        ]
        add_routes(app, [*table, *inside])
        return app

    def bare_application(self, opener: Opener, health: Health, *middlewares: Middleware) -> web.Application:
        """An application with the boundary and health only: what may be seen from outside."""
        boundary = Boundary(opener, self.telemetry, self.metrics, self.clock)
        app = web.Application(middlewares=[boundary.middleware, *middlewares], client_max_size=MAX_JSON_BYTES)
        app[HealthKey] = health
        app[METRICS] = self.metrics
        add_routes(app, [_probe("/health", health.live), _probe("/health/ready", health.ready)])
        return app


def _probe(path: str, handler: Handler) -> Route:
    return Route(method="GET", path=path, handler=handler, access=Access.OPEN)


@asynccontextmanager
async def open_process(name: str, settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Process]:
    """Open logs, telemetry, secrets, keys and the client session of a process; close them in reverse."""
    logs.configure(name, settings.log_level)
    time = clock or SystemClock()
    await load_zones()
    async with AsyncExitStack() as stack:
        tracing = telemetry.configure(name, settings.otlp_endpoint)
        stack.callback(tracing.close)
        secrets = await open_secret_store(load(SecretsSettings))
        stack.push_async_callback(secrets.aclose)
        metrics = Metrics()
        if secrets.breaker is not None:
            metrics.watch(secrets.breaker)
        session = await stack.enter_async_context(open_session())
        signing = await required_secret(secrets, f"keys/{name}/signing")
        yield Process(
            name=name,
            settings=settings,
            clock=time,
            telemetry=tracing,
            metrics=metrics,
            signer=TokenSigner(SigningKey.from_jwk(name, signing["jwk"]), time),
            verifier=TokenVerifier(name, await _public_keys(secrets), time),
            secrets=secrets,
            session=session,
        )


async def required_secret(secrets: SecretStore, path: str) -> Mapping[str, Any]:
    """A secret this process cannot start without. Raises SecretsUnavailable naming the path."""
    values = await secrets.read(path)
    if values is None:
        raise SecretsUnavailable(f"{path} is missing; run python -m deploy.provision first.")
    return values


async def _public_keys(secrets: SecretStore) -> dict[str, Mapping[str, Any]]:
    return {name: (await required_secret(secrets, f"keys/public/{name}"))["jwk"] for name in PROCESSES}
