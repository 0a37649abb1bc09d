"""The sessions of one week in minutes: a long run, hard sessions as far as they fit, and easy runs for the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.coach_agent.domain.plans.effort import Effort, Efforts
from services.coach_agent.domain.plans.models import WorkoutKind

LEAST_RUN_MIN = 20
LEAST_RUN_LIGHTER_MIN = 15
LONGEST_EASY_MIN = 100
# A session shorter than that has no room for hard work between its warm-up and its cool-down.
LEAST_HARD_MIN = 30
LEAST_WORK_S = 360
WARM_UP_S = 720
COOL_DOWN_S = 300
STRIDES, STRIDE_S, STRIDE_REST_S = 6, 20, 70
# The rests are part of the session and not of the work; whole half minutes are what a watch is set to.
_REST_S = {Effort.THRESHOLD: 90, Effort.RACE: 120, Effort.INTERVAL: 150}
_REPETITION_S = {Effort.THRESHOLD: 480, Effort.RACE: 900, Effort.INTERVAL: 180}
_MOST_WORK_S = {Effort.THRESHOLD: 1920, Effort.RACE: 3000, Effort.INTERVAL: 1320}
_STEP_S = 30


class Work(NamedTuple):
    """``times`` bouts of ``bout_s``, each followed by ``rest_s`` of easy running."""

    effort: Effort
    times: int
    bout_s: int

    @property
    def rest_s(self) -> int:
        return _REST_S[self.effort]

    @property
    def hard_s(self) -> int:
        return self.times * self.bout_s

    @property
    def whole_s(self) -> int:
        return self.times * (self.bout_s + self.rest_s)


class Draft(NamedTuple):
    weekday: int
    kind: WorkoutKind
    minutes: int
    work: Work | None = None

    @property
    def hard_s(self) -> int:
        if self.kind is WorkoutKind.STRIDES:
            return STRIDES * STRIDE_S
        return 0 if self.work is None else self.work.hard_s

    def metres(self, efforts: Efforts) -> float:
        effort = Effort.REPETITION if self.work is None else self.work.effort
        easy_s = 60 * self.minutes - self.hard_s
        return easy_s * efforts.speeds[base_effort(self.kind)] + self.hard_s * efforts.speeds[effort]


@dataclass(frozen=True, slots=True)
class WeekAsk:
    """What a week should hold. ``hard`` are (weekday, effort), the more important first; ``long_day`` may be None.

    ``longest_min`` and ``long_share`` bound the long run, ``hard_share`` the time that is not easy.
    """

    days: tuple[int, ...]
    long_day: int | None
    longest_min: int
    long_share: float
    hard: tuple[tuple[int, Effort], ...]
    hard_share: float
    recovery_days: frozenset[int] = frozenset()


def base_effort(kind: WorkoutKind) -> Effort:
    return Effort.RECOVERY if kind is WorkoutKind.RECOVERY else Effort.EASY


def draft_week(minutes: int, ask: WeekAsk) -> tuple[Draft, ...]:
    """Sessions of ``minutes`` in all, or less where the longest ones allowed do not make up for it."""
    if not ask.days:
        return ()
    long_min = 0 if ask.long_day is None else min(ask.longest_min, math.floor(ask.long_share * minutes))
    left = minutes - long_min
    hard = _hard_sessions(minutes, left, long_min or left, ask)
    free = [day for day in ask.days if day != ask.long_day and day not in {one.weekday for one in hard}]
    left -= sum(one.minutes for one in hard)
    easy = _easy_sessions(left, free, long_min or LONGEST_EASY_MIN, ask)
    hard = _lengthened(hard, left - sum(one.minutes for one in easy), long_min or LONGEST_EASY_MIN)
    long = () if ask.long_day is None else (Draft(ask.long_day, WorkoutKind.LONG, long_min),)
    drafts = tuple(sorted((*long, *hard, *easy), key=lambda draft: draft.weekday))
    whole = sum(draft.minutes for draft in drafts)
    # What does not fit is left out, and the shares are of what is run.
    return drafts if whole == minutes else draft_week(whole, ask)


def _hard_sessions(minutes: int, left: int, longest: int, ask: WeekAsk) -> tuple[Draft, ...]:
    """As many of those asked for as leave the easy runs a useful length."""
    others = len(ask.days) - (ask.long_day is not None)
    for count in range(len(ask.hard), 0, -1):
        room = (left - (others - count) * LEAST_RUN_LIGHTER_MIN) // count
        session_s = 60 * min(longest, room, max(LEAST_HARD_MIN, math.ceil(1.5 * left / others)))
        work_s = min(math.floor(60 * minutes * ask.hard_share / count), session_s - WARM_UP_S - COOL_DOWN_S)
        if session_s < 60 * LEAST_HARD_MIN:
            continue
        works = [_work(effort, work_s, session_s - WARM_UP_S - COOL_DOWN_S) for _, effort in ask.hard[:count]]
        if all(work.hard_s >= LEAST_WORK_S for work in works):
            return tuple(_hard(day, work) for (day, _), work in zip(ask.hard[:count], works, strict=True))
    return ()


def _work(effort: Effort, work_s: int, room_s: int) -> Work:
    """Bouts of at most ``work_s`` together that fit, rests included, into ``room_s``."""
    work_s = min(work_s, _MOST_WORK_S[effort])
    times = max(1, round(work_s / _REPETITION_S[effort]))
    bout_s = min(work_s // times, room_s // times - _REST_S[effort])
    return Work(effort, times, max(0, bout_s // _STEP_S * _STEP_S))


def _hard(weekday: int, work: Work) -> Draft:
    kind = WorkoutKind.INTERVALS if work.effort is Effort.INTERVAL else WorkoutKind.TEMPO
    return Draft(weekday, kind, math.ceil((WARM_UP_S + work.whole_s + COOL_DOWN_S) / 60), work)


def _lengthened(hard: tuple[Draft, ...], left: int, longest: int) -> tuple[Draft, ...]:
    """Hard sessions with more easy running around them, where the easy runs are as long as they may be."""
    lengthened = []
    for place, draft in enumerate(hard):
        minutes = min(longest, draft.minutes + left // (len(hard) - place))
        left -= minutes - draft.minutes
        lengthened.append(draft._replace(minutes=minutes))
    return tuple(lengthened)


def _easy_sessions(left: int, days: Sequence[int], longest: int, ask: WeekAsk) -> list[Draft]:
    if not days:
        return []
    longest = min(longest, LONGEST_EASY_MIN)
    minutes = [min(longest, left // len(days) + (place < left % len(days))) for place in range(len(days))]
    kinds = [WorkoutKind.RECOVERY if day in ask.recovery_days else WorkoutKind.EASY for day in days]
    drafts = [Draft(day, kind, length) for day, kind, length in zip(days, kinds, minutes, strict=True)]
    if not ask.hard and drafts[0].minutes >= LEAST_RUN_MIN and ask.hard_share > 0:
        drafts[0] = Draft(days[0], WorkoutKind.STRIDES, drafts[0].minutes)
    return drafts
