"""What the coach remembers of a runner: concluded from what is kept anyway, read and deleted by the runner."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.fitness.ports import FitnessReader
from services.coach_agent.domain.insights.conclusions import conclude
from services.coach_agent.domain.insights.models import Memory
from services.coach_agent.domain.insights.ports import ForgottenStore, NoteStore
from services.coach_agent.domain.runner import Runner
from shared.errors import NotFound

_MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class MemoryPage:
    """``cursor`` is where the next page begins."""

    items: Sequence[Memory]
    cursor: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Memories:
    """Concluded anew from the present data whenever they are read, so that none can be out of date."""

    fitness: FitnessReader
    notes: NoteStore
    athletes: Athletes
    forgotten: ForgottenStore

    async def all(self, runner: Runner) -> Sequence[Memory]:
        """The latest first. What the runner deleted does not come back."""
        history = await self.fitness.history(runner.user_id)
        notes, _ = await self.notes.page(runner.user_id, not_over_before=None, before=None, limit=_MOST_NOTES)
        units = await self.athletes.units(runner.user_id)
        concluded = conclude(runner.user_id, history, notes, units=units, today=runner.today)
        forgotten = await self.forgotten.ids(runner.user_id)
        return [memory for memory in concluded if memory.memory_id not in forgotten]

    async def page(self, runner: Runner, *, after: uuid.UUID | None, limit: int) -> MemoryPage:
        """Those that follow ``after``; from the first again when that is no longer remembered."""
        found = await self.all(runner)
        ids = [memory.memory_id for memory in found]
        begin = ids.index(after) + 1 if after in ids else 0
        items = found[begin : begin + limit]
        return MemoryPage(items, items[-1].memory_id if begin + limit < len(found) else None)

    async def forget(self, runner: Runner, memory_id: uuid.UUID) -> None:
        """Raises NotFound for what is not remembered."""
        if all(memory.memory_id != memory_id for memory in await self.all(runner)):
            raise NotFound("The coach remembers no such thing.")
        await self.forgotten.add(runner.user_id, memory_id)
