"""Brings the stack up in the order of its needs, keeps it up, and takes it down in the opposite order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from deploy.local import recipes
from deploy.local.child import Child, Recipe, all_ready
from deploy.local.failure import CannotRun
from deploy.local.groups import ProcessGroups
from deploy.local.postgres import checkpoint, ensure_databases
from deploy.local.stack import Stack

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Supervisor:
    """One run of a stack, from nothing to nothing."""

    def __init__(self, stack: Stack, *, with_demo: bool) -> None:
        self._stack = stack
        self._with_demo = with_demo
        self._tiers: list[list[Child]] = []  # in the order of starting
        self._tasks: list[asyncio.Task[None]] = []
        self._over = asyncio.Event()
        self._failure: BaseException | None = None
        self._groups = ProcessGroups()

    async def run(self) -> None:
        """Return after a signal has asked for the end and all is down. Raises ``CannotRun``, with all down as well."""
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, self._over.set)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # else nohup asks to outlive the terminal
            loop.add_signal_handler(signal.SIGHUP, self._over.set)
        starting = self._spawn(self._start())
        try:
            await self._over.wait()
        finally:
            # Nothing more is started, and what the start now finds missing is no failure.
            starting.cancel()
            await asyncio.wait([starting])
            await self._stop()
        if self._failure:
            raise self._failure

    async def _start(self) -> None:
        stack = self._stack
        await asyncio.to_thread(stack.postgres.initialise)
        await self._ready(self._keep(recipes.stores(stack)))
        await ensure_databases(stack.postgres, stack.database_passwords)
        await self._complete(recipes.preparations(stack))
        services = self._keep(recipes.services(stack))
        await self._ready(services + self._keep(recipes.gateway(stack)))
        _tell(f"Pace42 is ready: {stack.url}")
        await checkpoint(stack.postgres)
        if self._with_demo:
            await self._add_demo()

    async def _add_demo(self) -> None:
        """A stack without its demo runner is still a stack."""
        try:
            await self._complete(recipes.demo(self._stack))
        except CannotRun as reason:
            print(f"pace42: {reason}", file=sys.stderr, flush=True)

    def _keep(self, tier: list[Recipe]) -> list[Child]:
        children = self._tier(tier)
        for child in children:
            self._spawn(child.keep_running())
        return children

    async def _ready(self, children: list[Child]) -> None:
        await all_ready(children, self._stack.state.logs)

    async def _complete(self, tier: list[Recipe]) -> None:
        await asyncio.gather(*(child.run_to_end() for child in self._tier(tier)))

    def _tier(self, tier: list[Recipe]) -> list[Child]:
        self._tiers.append([Child(recipe, self._groups) for recipe in tier])
        return self._tiers[-1]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._end_on_failure)
        self._tasks.append(task)
        return task

    def _end_on_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) and not self._over.is_set():
            self._failure = failure
            self._over.set()

    async def _stop(self) -> None:
        """Last started, first stopped: the gateway, the services with their workers, then what they stand on."""
        for tier in reversed(self._tiers):
            await asyncio.gather(*(child.stop() for child in tier))
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        self._groups.close()


def _tell(line: str) -> None:
    """Print for the person at the terminal, who may have gone."""
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)
