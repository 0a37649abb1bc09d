"""Figures as a runner reads them: the only place where the pages leave SI units."""

from __future__ import annotations

from dataclasses import dataclass

METRES_PER_MILE = 1609.344
METRES_PER_FOOT = 0.3048

# Sports whose speed is read as minutes per distance; the others read it as distance per hour.
PACED = frozenset({"running", "walking", "hiking"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its unit apart, so that a page can set the unit quietly. Without a value it is missing."""

    value: str = ""
    unit: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


MISSING = Figure()


def clock(seconds: float | None) -> Figure:
    """Seconds as 4:31, 52:01 or 1:02:30, rounded to the second."""
    if seconds is None:
        return MISSING
    hours, rest = divmod(round(seconds), 3600)
    minutes, second = divmod(rest, 60)
    return Figure(f"{hours}:{minutes:02d}:{second:02d}" if hours else f"{minutes}:{second:02d}")


def hours(seconds: float) -> Figure:
    """A sum of running time as 5 h 04 min."""
    whole, minutes = divmod(round(seconds / 60), 60)
    return Figure(f"{whole}:{minutes:02d}", "h")


def span(seconds: float) -> Figure:
    """How long a session is: 52 min, or 1:40 h."""
    return Figure(f"{seconds / 60:.0f}", "min") if seconds < 3600 - 30 else hours(seconds)


def heart_rate(bpm: float | None) -> Figure:
    return MISSING if not bpm else Figure(f"{bpm:.0f}", "bpm")


def cadence(spm: float | None) -> Figure:
    return MISSING if not spm else Figure(f"{spm:.0f}", "spm")


def power(watts: float | None) -> Figure:
    return MISSING if not watts else Figure(f"{watts:.0f}", "W")


def number(value: float | None, *, decimals: int = 0, signed: bool = False) -> Figure:
    """A figure without a unit, such as load; a signed one carries its plus or a true minus."""
    if value is None:
        return MISSING
    text = f"{value + 0.0:{'+' if signed else ''}.{decimals}f}"
    # What rounds to nothing has no sign.
    return Figure(text.lstrip("+-") if not float(text) else text.replace("-", "\N{MINUS SIGN}"))


@dataclass(frozen=True, slots=True)
class Measures:
    """Kilometres or miles, as the athlete's profile says."""

    miles: bool = False

    @classmethod
    def of(cls, units: str | None) -> Measures:
        return cls(miles=units == "mi")

    @property
    def unit_m(self) -> float:
        """Metres in the unit that splits and paces are given per."""
        return METRES_PER_MILE if self.miles else 1000.0

    @property
    def long_unit(self) -> str:
        return "mi" if self.miles else "km"

    def distance(self, metres: float | None, *, decimals: int = 2) -> Figure:
        if metres is None:
            return MISSING
        return Figure(f"{metres / self.unit_m:.{decimals}f}", self.long_unit)

    def pace(self, seconds_per_km: float | None) -> Figure:
        if not seconds_per_km:
            return MISSING
        return Figure(clock(seconds_per_km * self.unit_m / 1000).value, f"/{self.long_unit}")

    def speed(self, metres: float | None, seconds: float | None, sport: str) -> Figure:
        """Pace, or distance per hour for sports that are not paced."""
        if not metres or not seconds:
            return MISSING
        if sport in PACED:
            return self.pace(1000 * seconds / metres)
        if sport == "swimming":
            return Figure(clock(100 * seconds / metres).value, "/100 m")
        return Figure(f"{metres / self.unit_m / seconds * 3600:.1f}", f"{self.long_unit}/h")

    def height(self, metres: float | None) -> Figure:
        if metres is None:
            return MISSING
        return Figure(f"{metres / METRES_PER_FOOT:.0f}", "ft") if self.miles else Figure(f"{metres:.0f}", "m")

    def temperature(self, celsius: float | None) -> Figure:
        if celsius is None:
            return MISSING
        return Figure(f"{celsius * 1.8 + 32:.0f}", "°F") if self.miles else Figure(f"{celsius:.0f}", "°C")
