"""The command line that every service has: ``serve`` (the default), ``migrate``, ``--check-config``, and its own."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from shared.config import ConfigError, ServiceSettings, load_or_exit
from shared.errors import ServiceError
from shared.http.server import make_runner, run, serve, stop_event
from shared.jobs import JobWorker
from shared.migrate import upgrade
from shared.secrets import SecretsSettings

CreateApp = Callable[[Any, AsyncExitStack], Awaitable[web.Application]]
# Gives the worker with its handlers registered, and the application that answers for its health.
CreateWorker = Callable[[Any, AsyncExitStack], Awaitable[tuple[JobWorker, web.Application]]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a service's own with one argument; ``action(settings, argument)`` does it."""

    name: str
    help: str
    argument: str
    action: Callable[[Any, str], Awaitable[None]]


def main(
    *,
    process: str,
    settings: type[ServiceSettings],
    create_app: CreateApp,
    migrations: Path,
    commands: Sequence[Command] = (),
) -> None:
    """Parse the command line and do what it says; ends the process with a status."""
    arguments = _parser(process, commands).parse_args()
    others = () if arguments.command == "migrate" else (SecretsSettings,)
    loaded = load_or_exit(settings, *others)
    if arguments.check_config:
        print(f"The configuration of {process} is complete.")  # noqa: T201 - a command line prints
        return
    try:
        if arguments.command == "migrate":
            upgrade(loaded.database_url.get_secret_value(), migrations)
        elif arguments.command in (None, "serve"):
            run(lambda: _serve(loaded, create_app))
        else:
            action = next(command.action for command in commands if command.name == arguments.command)
            asyncio.run(_await(action(loaded, arguments.argument)))
    except (ServiceError, ConfigError, OSError) as error:
        sys.stderr.write(f"{process}: {error}\n")
        raise SystemExit(1) from None


async def _serve(settings: ServiceSettings, create_app: CreateApp) -> None:
    async with AsyncExitStack() as stack:
        app = await create_app(settings, stack)
        await serve(app, settings.host, settings.port, drain_s=settings.drain_s)


def worker_main(*, process: str, settings: type[ServiceSettings], create_worker: CreateWorker) -> None:
    """The command line of a service's worker: work until SIGTERM, and answer health checks meanwhile."""
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{process}.worker", description=f"Pace42's {process} worker: its background jobs."
    )
    parser.parse_args()
    loaded = load_or_exit(settings, SecretsSettings)
    try:
        run(lambda: _work(loaded, create_worker))
    except (ServiceError, ConfigError, OSError) as error:
        sys.stderr.write(f"{process} worker: {error}\n")
        raise SystemExit(1) from None


async def _work(settings: ServiceSettings, create_worker: CreateWorker) -> None:
    async with AsyncExitStack() as stack:
        worker, app = await create_worker(settings, stack)
        stopping = stop_event()
        runner = make_runner(app)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, settings.host, settings.worker_port, reuse_address=True).start()
        await worker.run(stopping)


async def _await(result: Awaitable[None]) -> None:
    await result


def _parser(process: str, commands: Sequence[Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{process}", description=f"Pace42's {process} service.")
    parser.add_argument("--check-config", action="store_true", help="read the settings, report what is wrong, and end")
    choices = parser.add_subparsers(dest="command", metavar="command")
    choices.add_parser("serve", help="answer requests until SIGTERM (the default)")
    choices.add_parser("migrate", help="bring the database to the schema this version needs")
    for command in commands:
        choices.add_parser(command.name, help=command.help).add_argument("argument", metavar=command.argument)
    return parser
