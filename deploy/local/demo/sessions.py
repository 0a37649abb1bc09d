"""What a session asks for: stretches of effort, each a share of threshold speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["easy", "recovery", "long", "tempo", "intervals", "progression", "race"]

HALF_MARATHON_M = 21_097.5
TEN_KILOMETRES_M = 10_000.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Effort moves evenly from ``begin`` to ``end``, shares of threshold speed. ``part`` is the lap's FIT intensity."""

    seconds: float
    begin: float
    end: float
    part: str = "active"


@dataclass(frozen=True, slots=True)
class Session:
    """``finish_m`` ends a race whatever the clock says; laps are pressed where ``laps_by_hand``, else one each km."""

    stretches: tuple[Stretch, ...]
    finish_m: float | None = None
    laps_by_hand: bool = False


def session(kind: Kind, distance_m: float, threshold_speed: float) -> Session:
    """The session of that kind whose length comes near ``distance_m``, for a runner of that speed (m/s)."""
    return _COMPOSERS[kind](distance_m, threshold_speed)


def _easy(distance_m: float, speed: float) -> Session:
    return Session((Stretch(distance_m / (0.72 * speed), 0.71, 0.73),))


def _recovery(distance_m: float, speed: float) -> Session:
    return Session((Stretch(distance_m / (0.66 * speed), 0.66, 0.66),))


def _long(distance_m: float, speed: float) -> Session:
    return Session(
        (
            Stretch(0.75 * distance_m / (0.73 * speed), 0.73, 0.73),
            Stretch(0.25 * distance_m / (0.76 * speed), 0.74, 0.78),
        )
    )


def _progression(distance_m: float, speed: float) -> Session:
    return Session(
        (
            Stretch(0.60 * distance_m / (0.74 * speed), 0.70, 0.77),
            Stretch(0.40 * distance_m / (0.88 * speed), 0.79, 0.97),
        )
    )


def _tempo(distance_m: float, speed: float) -> Session:
    fast = min(max(distance_m * 0.55 / (0.97 * speed), 24 * 60), 35 * 60)
    return Session(
        (
            Stretch(12 * 60, 0.68, 0.74, "warmup"),
            Stretch(fast, 0.965, 0.985),
            Stretch(10 * 60, 0.70, 0.66, "cooldown"),
        ),
        laps_by_hand=True,
    )


def _intervals(distance_m: float, speed: float) -> Session:
    """Repetitions of 1,000 m, or of 800 m where the distance is short, with two minutes of jogging between."""
    length = 1_000 if distance_m > 9_500 else 800
    repetitions = min(max(round((distance_m - 4_200) / (length + 330)), 4), 7)
    work = Stretch(length / (1.06 * speed), 1.06, 1.06, "interval")
    jog = Stretch(120, 0.55, 0.58, "recovery")
    return Session(
        (
            Stretch(13 * 60, 0.67, 0.74, "warmup"),
            *(stretch for _ in range(repetitions) for stretch in (work, jog)),
            Stretch(9 * 60, 0.68, 0.64, "cooldown"),
        ),
        laps_by_hand=True,
    )


def _race(distance_m: float, speed: float) -> Session:
    effort = 1.02 if distance_m < HALF_MARATHON_M else 0.955
    # Watches measure a road race some three in a thousand long; the clock is generous, the finish line ends it.
    measured = distance_m * 1.003
    seconds = measured / (effort * speed)
    return Session(
        (Stretch(0.75 * seconds, effort, effort - 0.005), Stretch(0.35 * seconds, effort - 0.005, effort + 0.02)),
        finish_m=measured,
    )


_COMPOSERS = {
    "easy": _easy,
    "recovery": _recovery,
    "long": _long,
    "tempo": _tempo,
    "intervals": _intervals,
    "progression": _progression,
    "race": _race,
}
