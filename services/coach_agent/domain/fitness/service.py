"""Where a runner stands, computed once for as long as nothing that it rests on changes."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.fitness.catching_up import CatchingUp, News
from services.coach_agent.domain.fitness.history import Histories, without
from services.coach_agent.domain.fitness.missing import NOT_LISTED, PENDING
from services.coach_agent.domain.fitness.models import FitnessState, History
from services.coach_agent.domain.fitness.ports import FitnessStore, Standing
from services.coach_agent.domain.fitness.state import state_on
from services.coach_agent.domain.recent_wellness import Nights, RecentWellness
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.metrics import FORMULA_VERSION

# What is computed from the metrics of the runs; a state of another version is computed anew.
STATE_VERSION = 1
# A state of ten years is some 0.3 MB.
_CACHED_RUNNERS = 64


@dataclass(frozen=True, slots=True)
class Fitness:
    athletes: Athletes
    wellness: RecentWellness
    catching_up: CatchingUp
    histories: Histories
    kept: FitnessStore
    _cached: OrderedDict[uuid.UUID, tuple[str, FitnessState]] = field(default_factory=OrderedDict)

    async def state(self, runner: Runner) -> FitnessState:
        """Today's state with all that is imported; what is not measured yet, or not to be had, is said in it."""
        news, nights = await asyncio.gather(self.catching_up.catch_up(runner), self.wellness.of(runner))
        standing = await self.histories.standing(runner.user_id)
        profile = await self.athletes.profile(runner.user_id)
        stamp = _stamp(runner, standing, profile, nights, news)
        cached = self._cached.get(runner.user_id)
        state = (
            cached[1] if cached is not None and cached[0] == stamp else await self._found(runner, stamp, nights, news)
        )
        self._remember(runner.user_id, stamp, state)
        return _with_news(state, standing, news)

    async def history(self, user_id: uuid.UUID) -> History:
        """Every measured activity of a runner."""
        return await self.histories.of(user_id, (await self.histories.standing(user_id)).data_version)

    async def _found(self, runner: Runner, stamp: str, nights: Nights, news: News) -> FitnessState:
        kept = await self.kept.load(runner.user_id, stamp)
        if kept is not None:
            return kept
        history = without(await self.history(runner.user_id), news.gone)
        athlete = await self.athletes.resolve(runner)
        state = await asyncio.to_thread(state_on, runner.today, history, athlete, nights)
        if nights.read and not news.gone:
            await self.kept.keep(runner.user_id, stamp, state, zone=runner.zone)
        return state

    def _remember(self, user_id: uuid.UUID, stamp: str, state: FitnessState) -> None:
        self._cached[user_id] = (stamp, state)
        self._cached.move_to_end(user_id)
        if len(self._cached) > _CACHED_RUNNERS:
            self._cached.popitem(last=False)


def _stamp(runner: Runner, standing: Standing, profile: Profile, nights: Nights, news: News) -> str:
    """Says all that a state rests on, and nothing of it: profiles and nights are personal."""
    basis = (STATE_VERSION, FORMULA_VERSION, standing.data_version, runner.today, profile, nights, sorted(news.gone))
    return hashlib.sha256(repr(basis).encode()).hexdigest()


def _with_news(state: FitnessState, standing: Standing, news: News) -> FitnessState:
    pending = max(standing.unmeasured, news.unmeasured)
    missing = dict(state.now.missing)
    if pending:
        missing["pending"] = PENDING
    if not news.read:
        missing["newest"] = NOT_LISTED
    return replace(state, now=replace(state.now, missing=missing), pending=pending)
