"""What a runner could race: the race-equivalence index of the last 90 days and the times it stands for, with ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.fitness.best_efforts import RECENT_DAYS, RecentEfforts
from services.coach_agent.domain.fitness.models import Estimate, Missing, Prediction
from services.coach_agent.domain.fitness.race_equivalence import LONGEST_S, SHORTEST_S, indices, times_for
from services.coach_agent.domain.fitness.riegel import riegel_time
from services.coach_agent.domain.models import Column

RACES_M = (5000.0, 10_000.0, 21_097.5, 42_195.0)

# Over less, satellites err too much and the part of the work done without oxygen varies too much between runners.
SHORTEST_EFFORT_M = 3000.0
# A single day can be a watch's error, a descent or a tail wind; what stands on three has been shown.
FEWEST_DAYS = 3
# From race to race times vary by 1.2-1.9 % on the road and 2.6-4.2 % from half marathon up in the fastest quarter of
# runners, and by up to twice that in the slower half (Hopkins & Hewson 2001, Med Sci Sports Exerc 33:1588).
RACE_TO_RACE = 0.02
# How far form may have moved since the effort, by the end of the 90 days.
OF_AGE = 0.03
# Half of how far the two next best days fall short of the best is granted to luck, the course and the watch.
OF_SPREAD = 0.5
LARGEST_SPREAD = 0.2
# For each doubling between a race and the nearest distance run as well as the best one. Twice that on the slow side
# of longer races, which runners mostly finish later than shorter ones promise (Vickers & Vertosick 2016, BMC Sports
# Sci Med Rehabil 8:26).
OF_DOUBLING = 0.01
AS_WELL_AS_THE_BEST = 0.95
# A race so many times longer than every recent run is a question of endurance that no formula answers: a marathon
# wants a run of 10 km, a half marathon one of 5.
FARTHEST_BEYOND = 4.5

TOO_FEW_RUNS = Missing(
    "There are too few days with a longer run over a measured distance in the past months to tell what you could race."
)
TOO_SHORT_RUNS = Missing("Your recent runs are too short to say anything about the longer races.")


@dataclass(frozen=True, slots=True)
class Predictions:
    """``missing`` says why races are left out, if any are."""

    races: tuple[Prediction, ...]
    missing: Missing | None


def race_index(efforts: RecentEfforts) -> Estimate | Missing:
    """The best race-equivalence index of 90 days over 3 km or more, with its range.

    Above it lie race-to-race variation and age: 2 %, and up to 3 % more the older the effort. Below it the same and
    half of how far the next two best days fall short, so that one lonely fast day is believed less than one that
    others confirm. Missing with fewer than three days of such runs.
    """
    best, age_days = _best_of_days(_effort_indices(efforts), efforts.age_days)
    if len(best) < FEWEST_DAYS:
        return TOO_FEW_RUNS
    order = np.lexsort((age_days, -best))
    value = float(best[order[0]])
    spread = 1.0 - float(best[order[1:FEWEST_DAYS]].mean()) / value
    either = RACE_TO_RACE + OF_AGE * float(age_days[order[0]]) / RECENT_DAYS
    below = either + OF_SPREAD * min(spread, LARGEST_SPREAD)
    return Estimate(value, value * (1.0 - below), value * (1.0 + either))


def predict_races(efforts: RecentEfforts, index: Estimate, distances_m: tuple[float, ...] = RACES_M) -> Predictions:
    """A time for each race that the recent runs are long enough to speak for.

    ``index`` is that of ``efforts``. Its range becomes one of times, widened by 1 % for each doubling between the race
    and the nearest distance at which an effort comes within 5 % of the index; 2 % on the slow side of longer races.
    That nearest effort is also the one that Riegel's time is of.
    """
    run = np.isfinite(efforts.fastest_s)
    longest_m = float(efforts.distance_m[run].max(initial=0.0))
    races = np.array([race for race in distances_m if race <= FARTHEST_BEYOND * longest_m])
    missing = TOO_SHORT_RUNS if len(races) < len(distances_m) else None
    if not len(races):
        return Predictions((), missing)
    nearest = _nearest_supported(efforts, index, races)
    doublings = np.log2(races / efforts.distance_m[nearest])
    usual, fast, slow = times_for(races, np.array([[index.value], [index.high], [index.low]]))
    fast = fast * (1.0 - OF_DOUBLING * np.abs(doublings))
    slow = slow * (1.0 + OF_DOUBLING * np.where(doublings > 0, 2.0 * doublings, -doublings))
    ranges = (Estimate(*map(float, times)) for times in zip(usual, fast, slow, strict=True))
    opinions = (
        riegel_time(float(efforts.distance_m[effort]), float(efforts.fastest_s[effort]), float(race))
        for effort, race in zip(nearest, races, strict=True)
    )
    found = zip(races.tolist(), ranges, opinions, strict=True)
    return Predictions(tuple(Prediction(*race) for race in found), missing)


def _effort_indices(efforts: RecentEfforts) -> Column:
    """The index of each effort, (m, k); NaN for those too short or too long to have one."""
    valid = (efforts.time_s >= SHORTEST_S) & (efforts.time_s <= LONGEST_S) & (efforts.distance_m >= SHORTEST_EFFORT_M)
    return np.where(valid, indices(efforts.distance_m, efforts.time_s), np.nan)


def _best_of_days(effort_indices: Column, age_days: Column) -> tuple[Column, Column]:
    """The best index of each day that has one, and the days' ages."""
    of_run = np.nan_to_num(effort_indices).max(axis=1, initial=0.0)
    ages, day_of_run = np.unique(age_days, return_inverse=True)
    best = np.zeros(len(ages))
    np.maximum.at(best, day_of_run, of_run)
    return best[best > 0], ages[best > 0]


def _nearest_supported(efforts: RecentEfforts, index: Estimate, races_m: Column) -> NDArray[np.intp]:
    """For each race, the place of the nearest distance that was run about as well as the best one."""
    at_index = np.nan_to_num(_effort_indices(efforts)).max(axis=0, initial=0.0)
    supported = np.flatnonzero(at_index >= AS_WELL_AS_THE_BEST * index.value)
    steps = np.abs(np.log(races_m[:, None] / efforts.distance_m[None, supported]))
    return np.asarray(supported[steps.argmin(axis=1)])
