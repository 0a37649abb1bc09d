"""The wiring of coach_agent: with worker.py the only file that sees every layer."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.chart_parts import Drawn, make_charts
from services.coach_agent.chat_parts import make_coach
from services.coach_agent.clients.chart_renderer import ProcessChartRenderer, RendererLimits
from services.coach_agent.clients.garmin_ingest import GarminIngestActivities
from services.coach_agent.clients.garmin_wellness import GarminIngestWellness
from services.coach_agent.clients.subscription import SubscriptionQuota
from services.coach_agent.config import CoachAgentSettings
from services.coach_agent.domain.chat.answering import Chat
from services.coach_agent.domain.chat.worded import Words
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.domain.runs.readings import Readings
from services.coach_agent.domain.weather.service import Weather
from services.coach_agent.domain.wording.writer import Writer
from services.coach_agent.fitness_parts import fitness_table, make_fitness
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.charting import ChartHandlers
from services.coach_agent.handlers.chatting import ChatHandlers
from services.coach_agent.handlers.coaching import CoachingHandlers
from services.coach_agent.handlers.internal import InternalHandlers
from services.coach_agent.handlers.routes import routes
from services.coach_agent.insight_parts import Surroundings, insight_table
from services.coach_agent.plan_parts import make_plans, plan_table
from services.coach_agent.storage.conversations import PostgresConversationStore
from services.coach_agent.storage.events import PostgresActivityEvents
from services.coach_agent.storage.forgotten import PostgresForgottenStore
from services.coach_agent.storage.notes import PostgresNoteStore
from services.coach_agent.storage.plans import PostgresPlanStore
from services.coach_agent.storage.readings import PostgresReadingStore
from services.coach_agent.storage.run_metrics import PostgresRunMetricsStore
from services.coach_agent.weather_parts import open_weather
from services.coach_agent.words_parts import cost_table, open_writer
from shared.http.health import Health
from shared.http.process import Process, open_process
from shared.idempotency import IdempotencyStore
from shared.personal import FieldCipher
from shared.postgres import Database, open_database
from shared.redis import open_redis


@dataclass(frozen=True, slots=True)
class _Stores:
    database: Database
    cipher: FieldCipher
    metrics: PostgresRunMetricsStore
    renderer: ProcessChartRenderer
    weather: Weather
    writer: Writer


async def create_app(settings: CoachAgentSettings, stack: AsyncExitStack) -> web.Application:
    """The application with everything it needs open; ``stack`` closes it."""
    process = await stack.enter_async_context(open_process("coach_agent", settings))
    database = await open_database(settings, stack)
    cache = open_redis(settings.redis_url.get_secret_value())
    stack.push_async_callback(cache.aclose)
    renderer = ProcessChartRenderer(
        cache, RendererLimits(settings.chart_timeout_s, settings.chart_idle_s, settings.chart_cache_s)
    )
    stack.push_async_callback(renderer.close)
    cipher = await process.personal_fields()
    weather = open_weather(settings, process, cache, stack)
    writer = await open_writer(process, settings, stack, database=database, cipher=cipher, cache=cache)
    stores = _Stores(database, cipher, PostgresRunMetricsStore(database), renderer, weather, writer)

    async def ping_cache() -> None:
        await cache.ping()

    health = Health(required={"postgres": database.ping}, helpful={"redis": ping_cache})
    return _application(process, stores, health)


def _application(process: Process, stores: _Stores, health: Health) -> web.Application:
    database = stores.database
    ingest = process.client("garmin_ingest")
    asking = Asking(GarminIngestActivities(ingest), GarminIngestWellness(ingest), process.clock)
    parts = make_fitness(database, stores.cipher)
    athletes = parts.athletes
    notes = PostgresNoteStore(database, stores.cipher)
    plans = make_plans(parts, PostgresPlanStore(database, stores.cipher), notes, process.clock)
    memories = Memories(parts.fitness, notes, athletes, PostgresForgottenStore(database))
    coach = make_coach(parts, stores.weather, Notes(notes, process.clock), plans, memories)
    charts = make_charts(database, Drawn(stores.metrics, athletes, parts.fitness, plans), stores.renderer)
    conversations = PostgresConversationStore(database, stores.cipher)
    quota = SubscriptionQuota(process.client("subscription"))
    words = Words(stores.writer, coach, stores.metrics)
    chat = Chat(coach, charts, conversations, quota, words, process.clock)
    table = routes(
        CoachingHandlers(asking, athletes, coach, charts, Readings(PostgresReadingStore(database))),
        ChatHandlers(asking, chat, conversations),
        ChartHandlers(asking, charts),
        InternalHandlers(PostgresActivityEvents(database)),
    )
    around = Surroundings(
        athletes=athletes,
        library=parts.library,
        fitness=parts.fitness,
        plans=plans,
        conversations=conversations,
        memories=memories,
    )
    table += insight_table(asking, around, database=database, cipher=stores.cipher, clock=process.clock)
    table += fitness_table(asking, parts.fitness, charts)
    table += plan_table(asking, plans, athletes, database)
    table += cost_table(database, process.clock)
    return process.application(table, health=health, answers=IdempotencyStore(database, stores.cipher))
