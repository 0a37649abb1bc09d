"""What a runner can do at the start of a plan, as far as their runs tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete, Origin
from services.coach_agent.domain.fitness.models import Estimate, FitnessState, TrainingPaces

WEEKS_OF_VOLUME = 3
WEEKS_OF_LONG_RUNS = 4
# Ten per cent more than nothing is nothing: anybody is taken to run in a week what the WHO asks of every adult by way
# of vigorous activity (2020 guidelines), 75 minutes.
LEAST_WEEK_S = 4500.0
_USUAL_EASY_M_PER_S = 1000.0 / 420.0
_SLOWEST_M_PER_S, _FASTEST_M_PER_S = 1.6, 4.5


@dataclass(frozen=True, slots=True)
class Ability:
    """Volume in s and m of the best of the last three weeks, the longest run of the last four, paces, threshold.

    ``threshold_bpm`` is None where the heart rates rest on nothing the runner said or ran.
    """

    week_s: float
    week_m: float
    longest_s: float
    easy_m_per_s: float
    paces: TrainingPaces | None
    index: Estimate | None
    threshold_bpm: float | None


def ability(state: FitnessState, athlete: Athlete, first_day: dt.date) -> Ability:
    """What the weeks before ``first_day``, a Monday, show; the week that is going on counts as far as it has come."""
    recent = {week.first_day: week for week in state.weeks if week.first_day < first_day}
    mondays = [first_day - dt.timedelta(weeks=number) for number in range(1, WEEKS_OF_LONG_RUNS + 1)]
    weeks = [recent[monday] for monday in mondays if monday in recent]
    lately = [week for week in weeks if week.first_day >= mondays[WEEKS_OF_VOLUME - 1]]
    easy = _easy_speed(state, sum(w.distance_m for w in weeks), sum(w.moving_s for w in weeks))
    week_s = max((week.moving_s for week in lately), default=0.0)
    week_m = max((week.distance_m for week in lately), default=0.0)
    return Ability(
        week_s=max(LEAST_WEEK_S, week_s),
        # A treadmill without a distance is no standstill.
        week_m=max(LEAST_WEEK_S * easy, week_m if week_m > week_s * _SLOWEST_M_PER_S / 2 else week_s * easy),
        longest_s=max((week.longest_s for week in weeks), default=0.0),
        easy_m_per_s=easy,
        paces=state.now.paces,
        index=state.now.index,
        threshold_bpm=_threshold(athlete),
    )


def _easy_speed(state: FitnessState, distance_m: float, moving_s: float) -> float:
    paces = state.now.paces
    if paces is not None:
        return 2000.0 / (paces.easy.fast_s_per_km + paces.easy.slow_s_per_km)
    seen = distance_m / moving_s if moving_s > 0 and distance_m > 0 else _USUAL_EASY_M_PER_S
    return min(_FASTEST_M_PER_S, max(_SLOWEST_M_PER_S, seen))


def _threshold(athlete: Athlete) -> float | None:
    given = athlete.threshold_heart_rate.origin is Origin.GIVEN
    return athlete.threshold_bpm if given or athlete.max_heart_rate.origin is not Origin.ASSUMED else None
