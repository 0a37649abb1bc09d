"""What a runner did in a stretch of time, summed up."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.chat.intent import Span
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.models import RUNNING, Activity
from services.coach_agent.domain.runner import Runner

# The list is exact to the minute and quick for a year; beyond that the measured history adds up faster.
LISTED_DAYS = 400
NEWEST = 30


@dataclass(frozen=True, slots=True)
class Longest:
    activity_id: uuid.UUID
    day: dt.date
    distance_m: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over ``count`` activities of one sport. ``with_distance`` of them recorded one; a mean is None without any.

    ``duration_s`` is timer time; ``paced_s`` is moving time of those with a distance, from which pace comes.
    """

    count: int
    with_distance: int
    distance_m: float
    duration_s: float
    paced_s: float
    ascent_m: float
    heart_rate_bpm: float | None
    longest: Longest | None
    ordinals: frozenset[int]

    @property
    def days(self) -> int:
        """On how many local days there was any."""
        return len(self.ordinals)

    @property
    def pace_s_per_km(self) -> float | None:
        return 1000.0 * self.paced_s / self.distance_m if self.distance_m >= 100.0 and self.paced_s else None


@dataclass(frozen=True, slots=True)
class ActivityLog:
    """``is_complete`` of an answer is false while an import is still being measured and its years are asked about."""

    fitness: Fitness

    async def totals(self, runner: Runner, sport: str, span: Span | None) -> tuple[Totals, bool]:
        """The totals of one sport in a period, of all years without one; and whether nothing is still to come."""
        if span is not None and span.days <= LISTED_DAYS:
            listed = await runner.source.between(span.first, span.last, sport=sport)
            return summed(listed), True
        history, newest, standing = await asyncio.gather(
            self.fitness.history(runner.user_id),
            runner.source.newest(limit=NEWEST, sport=sport),
            self.fitness.histories.standing(runner.user_id),
        )
        within = [a for a in newest if span is None or span.first <= a.local_date <= span.last]
        known = {activity.id for activity in newest}
        return _joined(_of_history(history, sport, span, known), summed(within)), standing.unmeasured == 0


def summed(activities: Sequence[Activity]) -> Totals:
    """Activities of one sport added up."""
    measured = [a for a in activities if a.distance_m]
    beats = [(a.average_heart_rate_bpm, a.moving_s or a.timer_s or 0.0) for a in activities if a.average_heart_rate_bpm]
    weight = sum(seconds for _, seconds in beats)
    farthest = max(measured, key=lambda a: a.distance_m or 0.0, default=None)
    return Totals(
        count=len(activities),
        with_distance=len(measured),
        distance_m=sum(a.distance_m or 0.0 for a in activities),
        duration_s=sum(a.timer_s or a.elapsed_s or 0.0 for a in activities),
        paced_s=sum(a.moving_s or a.timer_s or 0.0 for a in measured),
        ascent_m=sum(a.ascent_m or 0.0 for a in activities),
        heart_rate_bpm=sum(bpm * seconds for bpm, seconds in beats) / weight if weight else None,
        longest=None if farthest is None else Longest(farthest.id, farthest.local_date, farthest.distance_m or 0.0),
        ordinals=frozenset(a.local_date.toordinal() for a in activities),
    )


def _of_history(history: History, sport: str, span: Span | None, without: set[uuid.UUID]) -> Totals:
    chosen = history.is_run.copy() if sport == RUNNING else np.array([each == sport for each in history.sports], bool)
    if span is not None:
        chosen &= (history.day >= span.first.toordinal()) & (history.day <= span.last.toordinal())
    chosen &= np.array([activity_id not in without for activity_id in history.activity_ids], dtype=bool)
    distance = np.nan_to_num(history.distance_m[chosen])
    moving, timer = np.nan_to_num(history.moving_s[chosen]), np.nan_to_num(history.timer_s[chosen])
    moving = np.where(moving > 0, moving, timer)
    bpm = np.nan_to_num(history.average_heart_rate_bpm[chosen])
    weight = float(moving[bpm > 0].sum())
    places = np.flatnonzero(chosen)
    farthest = int(places[distance.argmax()]) if len(places) and distance.max() > 0 else None
    return Totals(
        count=len(places),
        with_distance=int((distance > 0).sum()),
        distance_m=float(distance.sum()),
        duration_s=float(timer.sum()),
        paced_s=float(moving[distance > 0].sum()),
        ascent_m=float(np.nan_to_num(history.ascent_m[chosen]).sum()),
        heart_rate_bpm=float((bpm * moving)[bpm > 0].sum()) / weight if weight else None,
        longest=None if farthest is None else _longest(history, farthest),
        ordinals=frozenset(history.day[chosen].tolist()),
    )


def _longest(history: History, place: int) -> Longest:
    day = dt.date.fromordinal(int(history.day[place]))
    return Longest(history.activity_ids[place], day, float(history.distance_m[place]))


def _joined(older: Totals, newer: Totals) -> Totals:
    """Two lists that share no activity."""
    longest = max(
        (each.longest for each in (older, newer) if each.longest is not None),
        key=lambda longest: longest.distance_m,
        default=None,
    )
    beats = [(each.heart_rate_bpm, each.paced_s) for each in (older, newer) if each.heart_rate_bpm and each.paced_s]
    weight = sum(seconds for _, seconds in beats)
    return Totals(
        count=older.count + newer.count,
        with_distance=older.with_distance + newer.with_distance,
        distance_m=older.distance_m + newer.distance_m,
        duration_s=older.duration_s + newer.duration_s,
        paced_s=older.paced_s + newer.paced_s,
        ascent_m=older.ascent_m + newer.ascent_m,
        heart_rate_bpm=sum(bpm * seconds for bpm, seconds in beats) / weight if weight else None,
        longest=longest,
        ordinals=older.ordinals | newer.ordinals,
    )
