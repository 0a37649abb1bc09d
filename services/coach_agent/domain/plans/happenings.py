"""What happened around a plan: the runs, and how the runner is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.fitness.models import FitnessState, History, Light
from services.coach_agent.domain.insights.models import SPARING, ContextNote
from services.coach_agent.domain.runs.heart_rate import BIN_BPM
from services.coach_agent.domain.runs.intensity import EASY_OF_THRESHOLD

# With less of the time under a heart rate, nothing is said about how hard a run was.
_COVERED = 0.5
# Above this share of its time over the easy ceiling, and this long, a run was no easy one.
HARDER_SHARE, HARDER_S = 1 / 3, 600.0


@dataclass(frozen=True, slots=True)
class Ran:
    """A run as it was. ``above_easy_s`` is the time with a heart rate over the easy ceiling; None without one."""

    activity_id: uuid.UUID
    day: dt.date
    moving_s: float
    distance_m: float
    above_easy_s: float | None

    @property
    def was_hard(self) -> bool:
        above_s = self.above_easy_s or 0.0
        return above_s >= HARDER_S and above_s > HARDER_SHARE * self.moving_s


@dataclass(frozen=True, slots=True)
class Happenings:
    """``runs`` go back to three weeks before the plan; ``notes`` hold today or later, or held in the days before."""

    today: dt.date
    runs: tuple[Ran, ...]
    notes: tuple[ContextNote, ...] = ()
    form: float | None = None
    acute_chronic_ratio: float | None = None
    light: Light = Light.UNKNOWN

    def sparing_on(self, day: dt.date) -> ContextNote | None:
        """The injury or illness that holds on ``day``."""
        return next((note for note in self.notes if note.kind in SPARING and note.holds_on(day)), None)


def happenings(
    state: FitnessState, history: History, athlete: Athlete, notes: Iterable[ContextNote], *, first_day: dt.date
) -> Happenings:
    """As of the day of ``state``; runs from ``first_day`` on."""
    now = state.now
    return Happenings(
        today=now.day,
        runs=_runs(history, athlete, first_day),
        notes=tuple(notes),
        form=now.form,
        acute_chronic_ratio=now.acute_chronic_ratio,
        light=state.readiness.light,
    )


def _runs(history: History, athlete: Athlete, first_day: dt.date) -> tuple[Ran, ...]:
    rows = [i for i in (history.day >= first_day.toordinal()).nonzero()[0].tolist() if history.is_run[i]]
    above = history.histogram[:, EASY_OF_THRESHOLD * athlete.threshold_bpm <= BIN_BPM].sum(axis=1)
    return tuple(
        Ran(
            activity_id=history.activity_ids[row],
            day=dt.date.fromordinal(int(history.day[row])),
            moving_s=_known(history.moving_s[row]),
            distance_m=_known(history.distance_m[row]),
            above_easy_s=float(above[row]) if history.heart_rate_coverage[row] >= _COVERED else None,
        )
        for row in rows
    )


def _known(value: float) -> float:
    """0 for what was not recorded, which adds nothing to a week."""
    return float(value) if value == value else 0.0  # noqa: PLR0124 - NaN is what is not equal to itself
