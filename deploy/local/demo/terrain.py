"""Loops to run on: closed curves with a rolling profile, invented around a starting point. No street is followed."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.local.demo.recording import Floats

_METRES_PER_DEGREE = 6_371_000 * np.pi / 180
_POINTS = 1440


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of ``length_m``; ``roll_m`` is how far its altitude swings about ``altitude_m``, 0 for a track."""

    name: str
    length_m: float
    roll_m: float
    altitude_m: float
    latitude_deg: float
    longitude_deg: float
    seed: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the runner lives or stays: an IANA time zone and the loops at the door."""

    name: str
    zone: str
    loops: dict[str, Loop]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A loop measured out: values at ``along_m``, which begins at 0 and ends with the length."""

    along_m: Floats
    east_m: Floats
    north_m: Floats
    altitude_m: Floats
    grade: Floats
    loop: Loop

    def altitude(self, distance_m: Floats) -> Floats:
        return self._at(distance_m, self.altitude_m)

    def slope(self, distance_m: Floats) -> Floats:
        """Rise over run, 0.05 for five in a hundred uphill."""
        return self._at(distance_m, self.grade)

    def position(self, distance_m: Floats) -> tuple[Floats, Floats]:
        """Metres east and north of the start."""
        return self._at(distance_m, self.east_m), self._at(distance_m, self.north_m)

    def _at(self, distance_m: Floats, values: Floats) -> Floats:
        found: Floats = np.interp(np.mod(distance_m, self.along_m[-1]), self.along_m, values)
        return found


def degrees(loop: Loop, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude of points given in metres from the loop's start."""
    latitude = loop.latitude_deg + north_m / _METRES_PER_DEGREE
    longitude = loop.longitude_deg + east_m / (_METRES_PER_DEGREE * np.cos(np.radians(loop.latitude_deg)))
    return latitude, longitude


@functools.cache
def ground(loop: Loop) -> Ground:
    """The loop measured out; the same loop gives the same ground."""
    rng = np.random.default_rng(loop.seed)
    angle = np.linspace(0, 2 * np.pi, _POINTS + 1)
    east, north = _track(angle) if loop.roll_m == 0 else _lobed_curve(angle, rng)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(east), np.diff(north)))])
    scale = loop.length_m / along[-1]
    along = along * scale
    altitude = loop.altitude_m + loop.roll_m * _rolling(along / loop.length_m, loop.length_m, rng)
    grade = np.gradient(altitude, along)
    return Ground(along, (east - east[0]) * scale, (north - north[0]) * scale, altitude, grade, loop)


def _lobed_curve(angle: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    harmonics: NDArray[np.int64] = np.arange(2, 7)
    sizes = rng.normal(0, 0.22, len(harmonics)) / np.sqrt(harmonics)
    phases = rng.uniform(0, 2 * np.pi, len(harmonics))
    radius = 1 + (sizes[:, None] * np.cos(harmonics[:, None] * angle + phases[:, None])).sum(axis=0)
    turn = rng.uniform(0, 2 * np.pi)
    return radius * np.cos(angle + turn), radius * np.sin(angle + turn)


def _track(angle: Floats) -> tuple[Floats, Floats]:
    """The inner lane of a running track: half circles of 36.5 m radius joined by straights of 84.39 m."""
    radius, straight = 36.5, 84.39
    along = angle / (2 * np.pi) * 400
    first_bend, second_bend = (
        np.pi * np.clip((along - begins) / (200 - straight), 0, 1) for begins in (straight, 200 + straight)
    )
    forth_and_back = np.clip(along, 0, straight) - np.clip(along - 200, 0, straight)
    east = forth_and_back + radius * (np.sin(first_bend) - np.sin(second_bend))
    north = radius * (np.cos(second_bend) - np.cos(first_bend))
    return east, north


def _rolling(share: Floats, length_m: float, rng: np.random.Generator) -> Floats:
    """A periodic profile between about -1 and 1, with hills some kilometres and some hundred metres long."""
    waves: NDArray[np.int64] = np.unique(
        np.array([1, 2, 3, max(4, round(length_m / 900)), max(5, round(length_m / 500))])
    )
    sizes = np.array([0.5, 0.3, 0.2, 0.09, 0.05])[: len(waves)]
    phases = rng.uniform(0, 2 * np.pi, len(waves))
    profile: Floats = (sizes[:, None] * np.sin(2 * np.pi * waves[:, None] * share + phases[:, None])).sum(axis=0)
    return profile


def _place(name: str, zone: str, *, start: tuple[float, float, float], loops: dict[str, tuple[float, float]]) -> Place:
    """``start`` is latitude, longitude in degrees and altitude in m; a loop is its length and its roll in m."""
    latitude, longitude, altitude = start
    base = sum(name.encode())
    return Place(
        name,
        zone,
        {
            loop: Loop(loop, length, roll, altitude, latitude, longitude, base + index)
            for index, (loop, (length, roll)) in enumerate(loops.items())
        },
    )


HOME = _place(
    "home",
    "Europe/Vienna",
    start=(48.2190, 16.4050, 162.0),
    loops={
        "meadow": (5_600, 7),
        "river": (9_400, 5),
        "vineyards": (8_300, 46),
        "ridge": (15_500, 60),
        "track": (400, 0),
        "race": (21_160, 12),
        "town race": (10_030, 9),
    },
)
ABROAD = _place(
    "abroad",
    "America/New_York",
    start=(40.7812, -73.9665, 28.0),
    loops={
        "meadow": (6_100, 11),
        "river": (7_400, 4),
        "vineyards": (9_700, 16),
        "ridge": (9_700, 16),
        "track": (400, 0),
    },
)
