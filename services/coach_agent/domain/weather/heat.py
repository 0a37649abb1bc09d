"""What warm and humid air costs, and what to make of it on a run."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.weather.models import HourlyWeather

# Mark Hadley's table (Maximum Performance Running, July 2013): sums of temperature and dew point in degrees Fahrenheit,
# and by how many per cent of its pace a continuous run is slower up to each.
_TABLE = (
    (100.0, 0.0, 0.0),
    (110.0, 0.0, 0.5),
    (120.0, 0.5, 1.0),
    (130.0, 1.0, 2.0),
    (140.0, 2.0, 3.0),
    (150.0, 3.0, 4.5),
    (160.0, 4.5, 6.0),
    (170.0, 6.0, 8.0),
    (180.0, 8.0, 10.0),
)


@dataclass(frozen=True, slots=True)
class Slowdown:
    """How much slower the same effort is, in % of pace. ``hard_running`` is False where the table ends."""

    low_pct: float
    high_pct: float
    hard_running: bool

    @property
    def matters(self) -> bool:
        return self.high_pct > 0.5


def slowdown(temperature_c: float, dew_point_c: float) -> Slowdown:
    """What heat and humidity cost on a continuous run, by Hadley's table of temperature plus dew point.

    A rule of coaching, not a measurement: sun and wind are not in it, nor how used to heat, how large or how fast the
    runner is. Marathon results agree with its direction (Ely et al. 2007, Med Sci Sports Exerc 39:487: the fastest men
    lose 1.7 % of the course record at 5-10 degrees wet-bulb globe temperature and 4.5 % at 20-25, slower runners more).
    Very dry heat weighs more than the sum says.
    """
    total = _fahrenheit(temperature_c) + _fahrenheit(dew_point_c)
    for limit, low, high in _TABLE:
        # Sums come from tenths of a degree; beyond that they are no better than the arithmetic.
        if round(total, 3) <= limit:
            return Slowdown(low, high, hard_running=True)
    _, low, high = _TABLE[-1]
    return Slowdown(low, high, hard_running=False)


def of_hour(hour: HourlyWeather) -> Slowdown:
    return slowdown(hour.temperature_c, hour.dew_point_c)


def adjusted(pace: PaceRange, slower: Slowdown) -> PaceRange:
    """The pace that costs the same in that air: the faster end by the smaller, the slower by the larger share."""
    return PaceRange(
        fast_s_per_km=pace.fast_s_per_km * (1.0 + slower.low_pct / 100.0),
        slow_s_per_km=pace.slow_s_per_km * (1.0 + slower.high_pct / 100.0),
    )


def _fahrenheit(celsius: float) -> float:
    return celsius * 1.8 + 32.0
