"""How each process of a stack is started, told to be ready, and stopped: the table behind the supervisor."""

from __future__ import annotations

from functools import partial

from deploy.local import postgres, redis
from deploy.local.child import Probe, Recipe
from deploy.local.launch import Launch
from deploy.local.probe import is_ready
from deploy.local.stack import Stack

# A service drains for a moment and finishes what it has in hand within 20 s; after this it is killed, which loses
# nothing that was acknowledged.
_STOP_WITHIN_S = 25.0


def stores(stack: Stack) -> list[Recipe]:
    """What all others stand on."""
    server, cache = stack.postgres, stack.redis
    return [
        _recipe(stack, "postgres", server.launch(), partial(postgres.is_ready, server)),
        _recipe(stack, "redis", cache.launch(), partial(redis.is_ready, cache)),
    ]


def preparations(stack: Stack) -> list[Recipe]:
    """Tasks that end: each brings something up to date and changes nothing the second time."""
    return [_module(stack, "provision", "deploy.provision"), _module(stack, "migrations", "deploy.local.migrations")]


def services(stack: Stack) -> list[Recipe]:
    """The services and their workers; each says itself when it is ready."""
    serving = [
        _module(stack, service, f"services.{service}", probe=partial(is_ready, port))
        for service, port in stack.ports.items()
    ]
    working = [
        _module(stack, f"{service}-worker", f"services.{service}.worker", probe=partial(is_ready, port))
        for service, port in stack.worker_ports.items()
    ]
    return serving + working


def gateway(stack: Stack) -> list[Recipe]:
    """The one door; it comes last and goes first."""
    return [_module(stack, "gateway", "gateway", probe=partial(is_ready, stack.settings.port))]


def demo(stack: Stack) -> list[Recipe]:
    """A runner with a history, made through the gateway as any client would."""
    launch = stack.python("-m", "deploy.local.demo")
    log = stack.state.log("demo")
    return [Recipe(name="demo", launch=launch, log=log, stop_within_s=_STOP_WITHIN_S, to_terminal=True)]


def _module(stack: Stack, name: str, module: str, *, probe: Probe | None = None) -> Recipe:
    return _recipe(stack, name, stack.python("-m", module), probe)


def _recipe(stack: Stack, name: str, launch: Launch, probe: Probe | None) -> Recipe:
    return Recipe(name=name, launch=launch, log=stack.state.log(name), stop_within_s=_STOP_WITHIN_S, probe=probe)
