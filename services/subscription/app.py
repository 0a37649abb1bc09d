"""The wiring of subscription: the only file that sees every layer."""

from __future__ import annotations

from contextlib import AsyncExitStack

from aiohttp import web

from services.subscription.config import SubscriptionSettings
from services.subscription.domain.plans import PlanCatalog
from services.subscription.domain.questions import Questions
from services.subscription.domain.subscriptions import Subscriptions
from services.subscription.handlers.questions import QuestionHandlers
from services.subscription.handlers.routes import routes
from services.subscription.handlers.subscriptions import SubscriptionHandlers
from services.subscription.storage.questions import PostgresQuestionStore
from services.subscription.storage.subscriptions import PostgresSubscriptionStore
from shared.audit import PostgresAuditLog
from shared.http.health import Health
from shared.http.process import open_process
from shared.idempotency import IdempotencyStore
from shared.postgres import open_database


async def create_app(settings: SubscriptionSettings, stack: AsyncExitStack) -> web.Application:
    """The application with everything it needs open; ``stack`` closes it."""
    process = await stack.enter_async_context(open_process("subscription", settings))
    database = await open_database(settings, stack)
    catalog = PlanCatalog.with_free_questions(settings.free_questions_per_day)
    questions = Questions(PostgresQuestionStore(database), catalog, process.clock)
    subscriptions = Subscriptions(
        PostgresSubscriptionStore(database, PostgresAuditLog()), questions, catalog, process.clock
    )
    table = routes(SubscriptionHandlers(subscriptions, catalog), QuestionHandlers(questions))
    answers = IdempotencyStore(database, await process.personal_fields())
    return process.application(table, health=Health(required={"postgres": database.ping}), answers=answers)
