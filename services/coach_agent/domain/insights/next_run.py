"""What to run next: a rule chosen from the last weeks' runs, then a session with targets that are facts."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.plans.rules import long_share
from services.coach_agent.domain.reviews.findings import find
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.session_kind import HARD, SessionType

LONG_BREAK_DAYS = 10
DAYS_IN_A_ROW = 4
QUALITY_EVERY_DAYS = 4
LONG_EVERY_DAYS = 7
RUNS_BEFORE_QUALITY = 4
STEP_UP = 1.1  # DOMAIN "A plan": growth of at most 10 %
LONGEST_S = 9000.0  # DOMAIN "A plan": a long run of at most 150 minutes
SHORTEST_S = 1200.0
TEMPO_BLOCK_S = 1200.0
RECOVERY_FACTOR = 0.7
LOAD_JUMP = 1.5
ROUNDING_S = 300.0


class Rule(enum.StrEnum):
    """Rules in their order: the first that fits decides."""

    AFTER_RACE = "afterRace"
    AFTER_HARD = "afterHard"
    LOAD_JUMP = "loadJump"
    DAYS_IN_A_ROW = "daysInARow"
    RETURN = "return"
    FEW_RUNS = "fewRuns"
    TOO_OFTEN_HARD = "tooOftenHard"
    LONG_DUE = "longDue"
    QUALITY_DUE = "qualityDue"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class Session:
    """What to run: its type, how long in all, and the rule that chose it. ``rest`` offers a day off instead.

    ``held`` says that a long run would have grown further, had the weeks around it been longer.
    """

    type: SessionType
    duration_s: float
    rule: Rule
    rest: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """The runner's last weeks, newest first, seen from the day to plan."""

    day: dt.date
    readings: tuple[Reading, ...]

    def days_since(self, reading: Reading) -> int:
        return (self.day - reading.metrics.local_date).days

    def within(self, days: int) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if self.days_since(reading) <= days)

    def since_last(self, types: frozenset[SessionType]) -> int | None:
        return next((self.days_since(r) for r in self.readings if r.kind.type in types), None)

    @property
    def days_in_a_row(self) -> int:
        days = {reading.metrics.local_date for reading in self.readings}
        return sum(1 for _ in itertools.takewhile(lambda n: self.day - dt.timedelta(n) in days, itertools.count(1)))

    def load(self, first_day: int, last_day: int) -> float | None:
        """Summed load of the days ``first_day`` to ``last_day`` before the day; None when one run has none."""
        loads = [
            reading.load.value if reading.load is not None else None
            for reading in self.readings
            if first_day <= self.days_since(reading) <= last_day
        ]
        known = [value for value in loads if value is not None]
        return sum(known) if len(known) == len(loads) else None


def choose_session(recent: Recent) -> Session:
    """The first rule that fits; ``recent`` holds at least one run."""
    last, usual_s = recent.readings[0], usual_duration_s(recent.readings)
    short_s = _rounded(max(SHORTEST_S, RECOVERY_FACTOR * usual_s))
    rule = _tired_rule(recent)
    if rule is not None:
        return Session(SessionType.RECOVERY, short_s, rule, rest=rule is not Rule.AFTER_HARD)
    if recent.days_since(last) >= LONG_BREAK_DAYS:
        return Session(SessionType.EASY, short_s, Rule.RETURN)
    if len(recent.within(14)) < RUNS_BEFORE_QUALITY:
        return Session(SessionType.EASY, _rounded(usual_s), Rule.FEW_RUNS)
    return _due(recent, usual_s)


def _tired_rule(recent: Recent) -> Rule | None:
    """The reason to recover, if there is one."""
    last = recent.readings[0]
    if last.kind.type is SessionType.RACE and recent.days_since(last) <= _race_days(last):
        return Rule.AFTER_RACE
    if recent.days_since(last) <= 1 and last.kind.type in HARD | {SessionType.LONG}:
        return Rule.AFTER_HARD
    if _load_jumped(recent):
        return Rule.LOAD_JUMP
    return Rule.DAYS_IN_A_ROW if recent.days_in_a_row >= DAYS_IN_A_ROW else None


def _due(recent: Recent, usual_s: float) -> Session:
    """A runner in regular training, rested enough to choose."""
    if all(find(reading).strayed for reading in recent.readings[:3]):
        return Session(SessionType.EASY, _rounded(usual_s), Rule.TOO_OFTEN_HARD)
    since_long, since_hard = recent.since_last(frozenset({SessionType.LONG})), recent.since_last(HARD)
    long_due = since_long is None or since_long >= LONG_EVERY_DAYS
    quality_due = since_hard is None or since_hard >= QUALITY_EVERY_DAYS
    if long_due and (recent.day.weekday() >= 5 or not quality_due):
        return _long(recent, usual_s)
    if quality_due:
        return Session(SessionType.TEMPO, _rounded(max(usual_s, 2 * TEMPO_BLOCK_S)), Rule.QUALITY_DUE)
    return Session(SessionType.EASY, _rounded(usual_s), Rule.STEADY)


def _long(recent: Recent, usual_s: float) -> Session:
    """A tenth longer than the longest of four weeks, within the share of a week that a plan allows a long run."""
    month = recent.within(28)
    longest_s = max((reading.metrics.moving_s or 0.0 for reading in month), default=usual_s)
    week_s = max(
        sum(one.metrics.moving_s or 0.0 for one in month if first <= recent.days_since(one) < first + 7)
        for first in (1, 8, 15, 22)
    )
    grown_s = _rounded(min(LONGEST_S, STEP_UP * longest_s))
    carried_s = ROUNDING_S * math.floor(STEP_UP * long_share(round(len(month) / 4)) * week_s / ROUNDING_S)
    seconds = min(grown_s, max(carried_s, _rounded(usual_s)))
    return Session(SessionType.LONG, seconds, Rule.LONG_DUE, held=seconds < grown_s)


def next_long_run(recent: Recent) -> Session:
    """How long the next long run may be, whichever day it falls on; ``recent`` holds at least one run."""
    return _long(recent, usual_duration_s(recent.readings))


def _load_jumped(recent: Recent) -> bool:
    """The week's load against the mean week of the three before; silent while any of the four weeks is unknown."""
    weeks = [recent.load(first, first + 6) for first in (1, 8, 15, 22)]
    if any(not week for week in weeks):
        return False
    known = [week for week in weeks if week is not None]
    return known[0] > LOAD_JUMP * statistics.fmean(known[1:])


def _race_days(race: Reading) -> int:
    """Easy days after a race: one for every 5 km, three at least."""
    return max(3, math.ceil((race.metrics.activity.distance_m or 0.0) / 5000.0))


def usual_duration_s(readings: Sequence[Reading]) -> float:
    return statistics.median([reading.metrics.moving_s or SHORTEST_S for reading in readings])


def _rounded(seconds: float) -> float:
    return ROUNDING_S * max(2, round(seconds / ROUNDING_S))


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    high: float


def easy_pace_range(readings: Sequence[Reading]) -> Range | None:
    """The pace on level terms of recent runs that really were easy; None when there were none."""
    paces = [
        reading.metrics.grade_adjusted_pace_s_per_km or reading.metrics.pace_s_per_km
        for reading in readings
        if reading.kind.type not in HARD and not find(reading).strayed and not find(reading).too_short
    ]
    known = sorted(pace for pace in paces if pace is not None)
    if not known:
        return None
    middle = statistics.median(known)
    return Range(min(known[0], 0.98 * middle), max(known[-1], 1.03 * middle))
