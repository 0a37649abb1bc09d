"""Parts of a page that come from services of their own: one that is away is said in its place, and costs no other."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from gateway.web.problem import Problem
from gateway.web.visit import Visit
from shared.errors import Kind, ServiceError


@dataclass(frozen=True, slots=True)
class Part:
    """``body`` is None where there is nothing; ``problem`` says why, where that is no ordinary thing."""

    body: Any = None
    problem: Problem | None = None


async def part(visit: Visit, asked: Awaitable[Any], *, none_for: frozenset[Kind] = frozenset()) -> Part:
    """What ``asked`` gives. Errors of the kinds in ``none_for`` mean that there is nothing."""
    try:
        return Part(await asked)
    except ServiceError as error:
        return Part(problem=None if error.kind in none_for else visit.problem(error))
