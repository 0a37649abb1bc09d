"""Where a runner stands, computed once for as long as nothing that it rests on changes."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.fitness.catching_up import CatchingUp, News
from services.coach_agent.domain.fitness.history import Histories, without
from services.coach_agent.domain.fitness.missing import NIGHTS_NOT_READ, NOT_LISTED, PENDING
from services.coach_agent.domain.fitness.models import FitnessState, History
from services.coach_agent.domain.fitness.ports import FitnessStore, Standing
from services.coach_agent.domain.fitness.readiness import readiness_on
from services.coach_agent.domain.fitness.state import state_on
from services.coach_agent.domain.recent_wellness import Nights, RecentWellness
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.metrics import FORMULA_VERSION
from services.coach_agent.domain.wellness import lowest_weekly_resting_bpm

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
        standing, profile = await self._basis(runner.user_id)
        resting_bpm = lowest_weekly_resting_bpm(nights.days, runner.today)
        stamp = _stamp(runner, standing.data_version, profile, resting_bpm, news)
        cached = self._cached.get(runner.user_id)
        if cached is not None and cached[0] == stamp:
            state = cached[1]
        else:
            state = await self.kept.load(runner.user_id, stamp) or await self._computed(runner, news)
            standing, profile = await self._basis(runner.user_id)
            # What changed meanwhile may or may not be in this state, so it is told once and not kept.
            if stamp == _stamp(runner, standing.data_version, profile, resting_bpm, news):
                await self._keep(runner, stamp, state, news)
        return _of_the_moment(state, standing, nights, news)

    async def history(self, user_id: uuid.UUID) -> History:
        """Every measured activity of a runner."""
        return await self.histories.of(user_id, (await self.histories.standing(user_id)).data_version)

    async def _basis(self, user_id: uuid.UUID) -> tuple[Standing, Profile]:
        return await self.histories.standing(user_id), await self.athletes.profile(user_id)

    async def _computed(self, runner: Runner, news: News) -> FitnessState:
        history = without(await self.history(runner.user_id), news.gone)
        athlete = await self.athletes.resolve(runner)
        return await asyncio.to_thread(state_on, runner.today, history, athlete)

    async def _keep(self, runner: Runner, stamp: str, state: FitnessState, news: News) -> None:
        if not news.gone:
            await self.kept.keep(runner.user_id, stamp, state, zone=runner.zone)
        self._cached[runner.user_id] = (stamp, state)
        self._cached.move_to_end(runner.user_id)
        if len(self._cached) > _CACHED_RUNNERS:
            self._cached.popitem(last=False)


def _stamp(runner: Runner, data_version: int, profile: Profile, resting_bpm: float | None, news: News) -> str:
    """Says all that a state rests on, and nothing of it: a profile is personal."""
    basis = (STATE_VERSION, FORMULA_VERSION, data_version, runner.today, profile, resting_bpm, sorted(news.gone))
    return hashlib.sha256(repr(basis).encode()).hexdigest()


def _of_the_moment(state: FitnessState, standing: Standing, nights: Nights, news: News) -> FitnessState:
    """The state with the light of this morning, and with what is not in it."""
    missing = dict(state.now.missing)
    pending = max(standing.unmeasured, news.unmeasured)
    if pending:
        missing["pending"] = PENDING
    if not news.read:
        missing["newest"] = NOT_LISTED
    if not nights.read:
        missing["wellness"] = NIGHTS_NOT_READ
    load_before = np.zeros(0) if state.series is None else state.series.load[:-1]
    readiness = readiness_on(state.now.day, nights.days, load_before)
    return replace(state, now=replace(state.now, missing=missing), readiness=readiness, pending=pending)
