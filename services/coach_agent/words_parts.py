"""Language models and what keeps them within bounds, wired for the service."""

from __future__ import annotations

from contextlib import AsyncExitStack

import redis.asyncio

from services.coach_agent.clients.language_models import ModelSettings, open_models
from services.coach_agent.clients.wording_metrics import WordingMetrics
from services.coach_agent.config import CoachAgentSettings
from services.coach_agent.domain.wording.ports import LanguageModel, Price, WordingLimits
from services.coach_agent.domain.wording.writer import Writer
from services.coach_agent.handlers.costs import CostHandlers, cost_routes
from services.coach_agent.storage.kept_words import RedisWordsCache
from services.coach_agent.storage.model_usage import PostgresModelUsage
from shared.clock import Clock
from shared.config import ConfigError
from shared.http.outgoing import Outgoing
from shared.http.process import Process
from shared.http.routing import Route
from shared.personal import FieldCipher
from shared.postgres import Database
from shared.resilience import Breaker

# Of "openai" and "gemini", whichever is set.
KEYS_PATH = "keys/coach_agent/models"
_PROVIDER_OPEN_S = 60.0
_MICRO = 1_000_000


async def open_writer(
    process: Process,
    settings: CoachAgentSettings,
    stack: AsyncExitStack,
    *,
    database: Database,
    cipher: FieldCipher,
    cache: redis.asyncio.Redis,
) -> Writer:
    """Raises ConfigError where Gemini is to be used and there is no key for it."""
    return Writer(
        await _models(process, settings, stack),
        cache=RedisWordsCache(cache, database, cipher, keep_s=settings.model_cache_s),
        ledger=PostgresModelUsage(database, process.clock),
        observer=WordingMetrics(process.metrics.registry),
        limits=WordingLimits(
            first_sentence_s=settings.model_first_sentence_s,
            stream_s=settings.model_stream_s,
            daily_micro_usd={"free": round(settings.model_free_usd_per_day * _MICRO)},
            else_micro_usd=round(settings.model_paid_usd_per_day * _MICRO),
        ),
    )


def cost_table(database: Database, clock: Clock) -> list[Route]:
    return cost_routes(CostHandlers(PostgresModelUsage(database, clock), clock))


async def _models(process: Process, settings: CoachAgentSettings, stack: AsyncExitStack) -> tuple[LanguageModel, ...]:
    if not settings.openai_model and not settings.gemini_model:
        return ()
    keys = await process.secrets.read(KEYS_PATH) or {}
    chosen = [
        ModelSettings(
            kind, str(getattr(settings, f"{kind}_base_url")), str(getattr(settings, f"{kind}_model")),
            Price(
                round(getattr(settings, f"{kind}_input_usd") * _MICRO),
                round(getattr(settings, f"{kind}_output_usd") * _MICRO),
            ),
            str(keys.get(kind, "")),
        )
        for kind in ("openai", "gemini")
        if getattr(settings, f"{kind}_model")
    ]  # fmt: skip
    if any(one.kind == "gemini" and not one.key for one in chosen):
        raise ConfigError([f"COACH_AGENT_GEMINI_MODEL is set, but {KEYS_PATH} of the secret store has no gemini"])
    chosen.sort(key=lambda one: one.kind != settings.primary_model)
    outgoing = Outgoing.to(*(one.base_url for one in chosen))
    stack.push_async_callback(outgoing.aclose)

    def breaker_of(kind: str) -> Breaker:
        breaker = Breaker(kind, process.clock, open_s=_PROVIDER_OPEN_S)
        process.metrics.watch(breaker)
        return breaker

    return await open_models(tuple(chosen), outgoing, process.telemetry, breaker_of)
