"""From the effort that a session asks for to speed over ground, second by second, with stops on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.local.demo.body import energy_cost
from deploy.local.demo.noise import smoothed, wandering
from deploy.local.demo.recording import Floats, Pause
from deploy.local.demo.sessions import Session
from deploy.local.demo.terrain import Ground

# How much of a hill's cost a runner takes out of the pace uphill, where the rest is felt as a harder effort, and how
# much of its gift they use downhill, where the legs brake.
_GIVES_WAY_UPHILL, _LETS_GO_DOWNHILL = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Course:
    """What the legs did, one value for each second after the start; in a pause speed and cost are 0.

    ``cost_m_per_s`` is the speed on the flat that would cost as much.
    """

    distance_m: Floats
    speed: Floats
    cost_m_per_s: Floats
    grade: Floats
    pauses: tuple[Pause, ...]


def run_course(
    asked: Session, terrain: Ground | None, threshold_speed: float, *, rng: np.random.Generator, may_stop: bool
) -> Course:
    """Run the session over the terrain (None: a treadmill); efforts are shares of ``threshold_speed`` in m/s."""
    flat = _flat_speed(asked, threshold_speed, rng)
    distance, grade, speed = _over_hills(flat, terrain)
    if asked.finish_m is not None:
        length = int(np.searchsorted(distance, asked.finish_m)) + 1
        distance, grade, speed = distance[:length], grade[:length], speed[:length]
    seconds, pauses = _with_stops(len(speed), rng if may_stop and terrain else None)
    standing = _strictly_inside(pauses, len(seconds))
    speed = np.where(standing, 0.0, speed[seconds])
    return Course(distance[seconds], speed, speed * energy_cost(grade[seconds]), grade[seconds], pauses)


def _flat_speed(asked: Session, threshold_speed: float, rng: np.random.Generator) -> Floats:
    """Speed on the flat: the effort asked for, met within a few seconds and never quite evenly."""
    effort = np.concatenate(
        [np.linspace(stretch.begin, stretch.end, round(stretch.seconds)) for stretch in asked.stretches]
    )
    speed = smoothed(effort, 7) * threshold_speed
    speed *= 1 + wandering(rng, len(speed), deviation=0.014, period_s=40)
    speed[:4] *= [0.3, 0.6, 0.8, 0.95]
    return speed


def _over_hills(flat: Floats, terrain: Ground | None) -> tuple[Floats, Floats, Floats]:
    """Distance, grade and speed. The place depends on the speed and the speed on the place: a few rounds settle it."""
    speed, grade = flat, np.zeros_like(flat)
    for _ in range(3 if terrain else 0):
        assert terrain is not None
        grade = terrain.slope(_travelled(speed))
        speed = flat / energy_cost(grade) ** np.where(grade > 0, _GIVES_WAY_UPHILL, _LETS_GO_DOWNHILL)
    return _travelled(speed), grade, speed


def _travelled(speed: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)])


def _with_stops(running_s: int, rng: np.random.Generator | None) -> tuple[NDArray[np.int64], tuple[Pause, ...]]:
    """For each elapsed second the running second it belongs to, and the pauses; no ``rng``, no pauses.

    The running second at which the runner stops is repeated as often as the pause has seconds.
    """
    repeats = np.ones(running_s, dtype=np.int64)
    pauses: list[Pause] = []
    stops = 0 if rng is None else int(rng.choice([0, 1, 2], p=[0.55, 0.33, 0.12]))
    if rng is not None and stops:
        for at in sorted((rng.uniform(0.15, 0.9, stops) * running_s).astype(int).tolist()):
            length = int(rng.integers(15, 95))
            waited = int(sum(pause.end_s - pause.start_s for pause in pauses))
            if pauses and at + waited <= pauses[-1].end_s + 30:
                continue
            repeats[at] += length
            pauses.append(Pause(float(at + waited), float(at + waited + length)))
    return np.repeat(np.arange(running_s), repeats), tuple(pauses)


def _strictly_inside(pauses: tuple[Pause, ...], count: int) -> NDArray[np.bool_]:
    inside = np.zeros(count, dtype=bool)
    for pause in pauses:
        inside[int(pause.start_s) + 1 : int(pause.end_s)] = True
    return inside
