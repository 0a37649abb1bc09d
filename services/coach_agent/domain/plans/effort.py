"""How fast each kind of effort is, for volume and load, and what the runner is told to hold."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.fitness.race_equivalence import time_for
from services.coach_agent.domain.plans.ability import Ability
from services.coach_agent.domain.plans.models import Goal, Target, TargetKind


class Effort(enum.StrEnum):
    EASY = "easy"
    RECOVERY = "recovery"
    RACE = "race"
    THRESHOLD = "threshold"
    INTERVAL = "interval"
    REPETITION = "repetition"


# Speeds beside easy ones where no index is known: about what training paces of an index of 40 are to each other.
_OF_EASY = {
    Effort.EASY: 1.0,
    Effort.RECOVERY: 0.93,
    Effort.RACE: 1.15,
    Effort.THRESHOLD: 1.22,
    Effort.INTERVAL: 1.34,
    Effort.REPETITION: 1.44,
}
# Of threshold heart rate. Easy ends where Friel's zone 2 does; repetitions are over before the heart has answered.
_HEART_RATE = {
    Effort.EASY: (0.72, 0.89),
    Effort.RECOVERY: (0.65, 0.80),
    Effort.RACE: (0.90, 0.98),
    Effort.THRESHOLD: (0.95, 1.00),
    Effort.INTERVAL: (0.98, 1.06),
}
_RACE_TOLERANCE = 0.02
_RACE_OF_EASY = (1.08, 1.5)
# An hour at threshold is what load is measured by.
_THRESHOLD_LOAD_PER_S = 100.0 / 3600.0


@dataclass(frozen=True, slots=True)
class Efforts:
    """The paces of one runner with one goal; ``speeds`` are in m/s, the middle of each range. ``race_s`` is 0 without.

    A pace is None where nothing the runner did tells it.
    """

    paces: Mapping[Effort, PaceRange | None]
    speeds: Mapping[Effort, float]
    race_s: float
    race_is_told: bool
    threshold_bpm: float | None

    @classmethod
    def of(cls, goal: Goal, ability: Ability) -> Efforts:
        race_s = _race_s(goal, ability)
        paces = {effort: _pace(effort, goal, ability, race_s) for effort in Effort}
        speeds = {
            effort: ability.easy_m_per_s * _OF_EASY[effort]
            if pace is None
            else 2000.0 / (pace.fast_s_per_km + pace.slow_s_per_km)
            for effort, pace in paces.items()
        }
        told = goal.target_time_s is not None or ability.index is not None
        return cls(paces, speeds, race_s, told, ability.threshold_bpm)

    def load(self, effort: Effort, seconds: float) -> float:
        """(speed over threshold speed)² · hours · 100 (DOMAIN "Load of a run")."""
        relative = self.speeds[effort] / self.speeds[Effort.THRESHOLD]
        return relative**2 * seconds * _THRESHOLD_LOAD_PER_S

    def race_target(self, distance_m: float) -> Target:
        """The pace of the race as wished or predicted; else as for race effort in training."""
        if not self.race_is_told:
            return self.target(Effort.RACE)
        pace = 1000.0 * self.race_s / distance_m
        return Target(TargetKind.PACE, *(round(pace * (1 + part), 1) for part in (-_RACE_TOLERANCE, _RACE_TOLERANCE)))

    def target(self, effort: Effort) -> Target:
        """Pace where the index is known, else heart rate where its threshold is, else the effort alone."""
        pace = self.paces[effort]
        if pace is not None:
            return Target(TargetKind.PACE, round(pace.fast_s_per_km, 1), round(pace.slow_s_per_km, 1))
        shares = _HEART_RATE.get(effort)
        if self.threshold_bpm is None or shares is None:
            return Target(TargetKind.EFFORT, None, None)
        low, high = shares
        return Target(TargetKind.HEART_RATE, round(low * self.threshold_bpm), round(high * self.threshold_bpm))


def _race_s(goal: Goal, ability: Ability) -> float:
    """The race in s: as wished, else as predicted, else at the speed that is assumed of it."""
    if goal.distance_m is None:
        return 0.0
    if goal.target_time_s is not None:
        return goal.target_time_s
    if ability.index is not None:
        return time_for(goal.distance_m, ability.index.value)
    return goal.distance_m / (ability.easy_m_per_s * _OF_EASY[Effort.RACE])


def _pace(effort: Effort, goal: Goal, ability: Ability, race_s: float) -> PaceRange | None:
    paces = ability.paces
    if effort is Effort.RACE and (pace := _race_pace(goal, ability, race_s)) is not None:
        return pace
    if paces is None:
        return None
    easy = paces.easy
    return {
        Effort.EASY: easy,
        Effort.RECOVERY: PaceRange((easy.fast_s_per_km + easy.slow_s_per_km) / 2, easy.slow_s_per_km),
        Effort.RACE: paces.threshold,
        Effort.THRESHOLD: paces.threshold,
        Effort.INTERVAL: paces.interval,
        Effort.REPETITION: paces.repetition,
    }[effort]


def _race_pace(goal: Goal, ability: Ability, race_s: float) -> PaceRange | None:
    """Where it is no guess, and one to train at: a wish to finish at easy pace makes no hard session."""
    if goal.distance_m is None or (ability.paces is None and goal.target_time_s is None):
        return None
    slowest, fastest = (ability.easy_m_per_s * times for times in _RACE_OF_EASY)
    if not slowest <= goal.distance_m / race_s <= fastest:
        return None
    pace = 1000.0 * race_s / goal.distance_m
    return PaceRange(pace * (1 - _RACE_TOLERANCE), pace * (1 + _RACE_TOLERANCE))
