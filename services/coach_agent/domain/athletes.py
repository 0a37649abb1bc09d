"""Who the runner is: read and changed, with everything not given estimated from their own history."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import itertools
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from services.coach_agent.domain.athlete import Athlete, Origin, Profile, Units, resolve_athlete
from services.coach_agent.domain.evidence import Evidence, evidence_of
from services.coach_agent.domain.fitness.history import Histories
from services.coach_agent.domain.ports import AthleteStore
from services.coach_agent.domain.recent_wellness import NO_NIGHTS, RecentWellness
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.wellness import lowest_weekly_resting_bpm
from shared.errors import ValidationFailed

YOUNGEST, OLDEST = 5, 110
_CACHED_RUNNERS = 512
_NOT_READ = "a usual resting heart rate, since your nights could not be looked up just now"


class Athletes:
    """The evidence of a ten-year history is read once per version of the user's data, not once per question."""

    def __init__(self, profiles: AthleteStore, histories: Histories, wellness: RecentWellness) -> None:
        self._profiles = profiles
        self._histories = histories
        self._wellness = wellness
        self._evidence: OrderedDict[uuid.UUID, tuple[tuple[int, dt.date], Evidence]] = OrderedDict()

    async def resolve(self, runner: Runner) -> Athlete:
        profile = await self._profiles.load(runner.user_id)
        evidence = await self._current_evidence(runner.user_id, runner.today)
        # Who gave their resting heart rate need not wait for their nights.
        nights = NO_NIGHTS if profile.resting_heart_rate_bpm is not None else await self._wellness.of(runner)
        athlete = resolve_athlete(
            profile,
            peak=evidence.peak,
            efforts=evidence.efforts,
            today=runner.today,
            resting_bpm=lowest_weekly_resting_bpm(nights.days, runner.today),
        )
        return athlete if nights.read else _said(athlete)

    async def profile(self, user_id: uuid.UUID) -> Profile:
        """What the runner gave, and nothing that is estimated."""
        return await self._profiles.load(user_id)

    async def units(self, user_id: uuid.UUID) -> Units:
        return (await self._profiles.load(user_id)).units

    async def change(self, runner: Runner, changes: Mapping[str, Any]) -> Athlete:
        """Set the profile's fields in ``changes``; None clears one. Raises ValidationFailed."""

        def decide(before: Profile) -> Profile:
            after = dataclasses.replace(before, **changes)
            _check(after, runner.today)
            return after

        await self._profiles.change(runner.user_id, decide)
        return await self.resolve(runner)

    async def _current_evidence(self, user_id: uuid.UUID, today: dt.date) -> Evidence:
        standing = await self._histories.standing(user_id)
        version = (standing.data_version, today)
        cached = self._evidence.get(user_id)
        if cached is not None and cached[0] == version:
            return cached[1]
        history = await self._histories.of(user_id, standing.data_version)
        evidence = await asyncio.to_thread(evidence_of, history, today)
        self._evidence[user_id] = (version, evidence)
        self._evidence.move_to_end(user_id)
        if len(self._evidence) > _CACHED_RUNNERS:
            self._evidence.popitem(last=False)
        return evidence


def _said(athlete: Athlete) -> Athlete:
    """An assumption that is made because nights could not be read says so."""
    resting = athlete.resting_heart_rate
    if resting.origin is not Origin.ASSUMED:
        return athlete
    return dataclasses.replace(athlete, resting_heart_rate=dataclasses.replace(resting, basis=_NOT_READ))


def _check(profile: Profile, today: dt.date) -> None:
    """Heart rates must stand in their order, or every formula that divides by their distance would lie."""
    if profile.birth_year is not None and not OLDEST >= today.year - profile.birth_year >= YOUNGEST:
        issue = f"must be an age of {YOUNGEST} to {OLDEST} years"
        raise ValidationFailed(f"birthYear {issue}.", details=[{"field": "birthYear", "issue": issue}])
    ordered = (
        ("restingHeartRateBpm", profile.resting_heart_rate_bpm),
        ("thresholdHeartRateBpm", profile.threshold_heart_rate_bpm),
        ("maxHeartRateBpm", profile.max_heart_rate_bpm),
    )
    known = [(field, value) for field, value in ordered if value is not None]
    for (lower, low), (upper, high) in itertools.pairwise(known):
        if low >= high:
            issue = f"must be above {lower}"
            raise ValidationFailed(f"{upper} {issue}.", details=[{"field": upper, "issue": issue}])
