"""Training plans: made, read, changed by their runner, and adapted to what happens."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.fitness.models import FitnessState
from services.coach_agent.domain.fitness.ports import FitnessReader
from services.coach_agent.domain.insights.ports import NoteReader
from services.coach_agent.domain.plans.ability import ability
from services.coach_agent.domain.plans.adapting import DAYS_AFTER_SPARING, adapt
from services.coach_agent.domain.plans.altering import Log, with_changes
from services.coach_agent.domain.plans.compiler import Frame, compile_plan
from services.coach_agent.domain.plans.happenings import Happenings, happenings
from services.coach_agent.domain.plans.models import Goal, Plan, Workout, WorkoutStatus
from services.coach_agent.domain.plans.moving import find, marked, moved
from services.coach_agent.domain.plans.nights import next_night
from services.coach_agent.domain.plans.ports import PlanStore, StoredPlan
from services.coach_agent.domain.plans.projection import Projection, project
from services.coach_agent.domain.plans.rules import WEEKS_COMPARED
from services.coach_agent.domain.plans.season import start_of_plan
from services.coach_agent.domain.plans.what_if import Alteration, Comparison, Seen, compare
from services.coach_agent.domain.runner import Runner
from shared.clock import Clock
from shared.errors import NotFound
from shared.ids import uuid7

NO_PLAN = "You have no training plan. Make one, and it will be here."
_REPLACES = "replaces"
_REPLACED = "This plan takes the place of the one you had; that one is put away."


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where the runner stands, and all that a plan is adapted to; ``stamp`` changes with any of it."""

    state: FitnessState
    athlete: Athlete
    happened: Happenings
    stamp: str


@dataclass(frozen=True, slots=True)
class Plans:
    store: PlanStore
    fitness: FitnessReader
    athletes: Athletes
    notes: NoteReader
    clock: Clock

    async def active(self, user_id: uuid.UUID) -> Plan | None:
        """The plan as it was last adapted."""
        stored = await self.store.active(user_id)
        return None if stored is None else stored.plan

    async def current(self, runner: Runner) -> StoredPlan:
        """The plan with all that has happened taken in. Raises NotFound."""
        stored = await self.store.active(runner.user_id)
        if stored is None:
            raise NotFound(NO_PLAN)
        standing = await self._standing(runner, stored.plan.first_day)
        return stored if stored.stamp == standing.stamp else await self._adapted(runner, standing)

    async def session(self, runner: Runner, workout_id: uuid.UUID) -> tuple[StoredPlan, Workout]:
        """One session of the plan. Raises NotFound."""
        stored = await self.current(runner)
        return stored, find(stored.plan, workout_id)

    async def create(self, runner: Runner, goal: Goal) -> StoredPlan:
        """A new plan in the place of the active one. Raises ValidationFailed with the nearest goal within reach."""
        first_day, now = start_of_plan(runner.today), self.clock.now()
        standing = await self._standing(runner, first_day)
        plan = self._compiled(runner, goal, standing)

        def make(before: Plan | None) -> Plan:
            log = Log(now)
            if before is not None:
                log.add(_REPLACES, _REPLACED)
            return adapt(with_changes(plan, log.changes), standing.happened, now=now)

        return await self.store.replace(
            runner.user_id, make, stamp=standing.stamp, adapt_at=next_night(runner.zone, now)
        )

    async def mark(self, runner: Runner, workout_id: uuid.UUID, status: WorkoutStatus) -> StoredPlan:
        """Take the runner's word on a session. Raises NotFound, ValidationFailed."""
        now = self.clock.now()
        await self.store.change(
            runner.user_id, lambda plan: marked(plan, workout_id, status, today=runner.today, now=now)
        )
        return await self.current(runner)

    async def move(self, runner: Runner, workout_id: uuid.UUID, day: dt.date) -> StoredPlan:
        """Put a session on another day of its week. Raises NotFound, and ValidationFailed where a rule forbids it."""
        now = self.clock.now()
        await self.store.change(runner.user_id, lambda plan: moved(plan, workout_id, day, today=runner.today, now=now))
        return await self.current(runner)

    async def end(self, user_id: uuid.UUID) -> None:
        """Put the active plan away. Raises NotFound."""
        await self.store.end(user_id)

    async def adapt(self, runner: Runner) -> None:
        """Take in all that has happened, by the worker; nothing without a plan."""
        stored = await self.store.active(runner.user_id)
        if stored is None:
            return
        standing = await self._standing(runner, stored.plan.first_day)
        try:
            await self._adapted(runner, standing)
        except NotFound:
            return

    async def projected(self, runner: Runner) -> tuple[Plan, Projection]:
        """The plan and where it leads from today. Raises NotFound."""
        plan = (await self.current(runner)).plan
        return plan, project(plan, (await self.fitness.state(runner)).series, runner.today)

    async def what_if_altered(self, runner: Runner, alterations: Sequence[Alteration]) -> Comparison:
        """The plan as it is beside the plan as altered. Raises NotFound, ValidationFailed."""
        plan = (await self.current(runner)).plan
        series = (await self.fitness.state(runner)).series
        return compare(plan, alterations, Seen(series, runner.today, self.clock.now()))

    async def what_if_goal(self, runner: Runner, goal: Goal) -> Comparison:
        """The plan as it is, if there is one, beside one for another goal. Raises ValidationFailed."""
        stored = await self.store.active(runner.user_id)
        standing = await self._standing(runner, start_of_plan(runner.today))
        series, other = standing.state.series, self._compiled(runner, goal, standing)
        present = None if stored is None else project(stored.plan, series, runner.today)
        return Comparison(present, project(other, series, runner.today))

    def _compiled(self, runner: Runner, goal: Goal, standing: _Standing) -> Plan:
        able = ability(standing.state, standing.athlete, start_of_plan(runner.today))
        return compile_plan(goal, able, Frame(uuid7(), self.clock.now(), runner.today, runner.zone))

    async def _adapted(self, runner: Runner, standing: _Standing) -> StoredPlan:
        now = self.clock.now()
        return await self.store.change(
            runner.user_id,
            lambda plan: adapt(plan, standing.happened, now=now),
            stamp=standing.stamp,
            adapt_at=next_night(runner.zone, now),
        )

    async def _standing(self, runner: Runner, first_day: dt.date) -> _Standing:
        state = await self.fitness.state(runner)
        history = await self.fitness.history(runner.user_id)
        athlete = await self.athletes.resolve(runner)
        # Those that hold now or later, and those of the days that an injury or an illness is felt for.
        felt_since = runner.today - dt.timedelta(days=DAYS_AFTER_SPARING)
        notes = await self.notes.not_over_before(runner.user_id, felt_since)
        happened = happenings(state, history, athlete, notes, first_day=first_day - dt.timedelta(weeks=WEEKS_COMPARED))
        closed = sorted(f"{note.note_id}:{note.first_day}:{note.last_day}" for note in notes)
        stamp = " ".join([str(runner.today), str(history.data_version), state.readiness.light, *closed])
        return _Standing(state, athlete, happened, stamp)
