"""What to do about the weather of an hour."""

from __future__ import annotations

from services.coach_agent.domain.weather import sky
from services.coach_agent.domain.weather.heat import of_hour
from services.coach_agent.domain.weather.models import HourlyWeather

# A fresh breeze, from which on running against it costs clearly more than the way back gives.
WINDY_M_PER_S = 8.0
RAIN_IS_LIKELY_PCT = 60.0
BITTERLY_COLD_C = -10.0

_NOTHING = "Nothing in the air stands in the way of any kind of session."


def cues(hour: HourlyWeather) -> tuple[str, ...]:
    """Sentences without numbers, the most important first; at least one."""
    found = [_sky(hour), _heat(hour), _cold(hour), _wind(hour)]
    return tuple(cue for cue in found if cue) or (_NOTHING,)


def _sky(hour: HourlyWeather) -> str:
    if sky.thunders(hour):
        return "With thunderstorms about, run inside or wait until they have gone."
    if sky.is_slippery(hour):
        return "Expect ice or snow on the ground: shorten your stride, or run inside."
    if (hour.precipitation_probability_pct or 0.0) >= RAIN_IS_LIKELY_PCT:
        return "Rain is likely: a light jacket and a cap do more than a change of plan."
    return ""


def _heat(hour: HourlyWeather) -> str:
    slower = of_hour(hour)
    if not slower.hard_running:
        return "It is too warm and humid for hard running: keep it easy and short, or move it to a cooler hour."
    if slower.low_pct >= 2.0:
        return "Run by effort and let the pace go, take water with you, and move hard sessions to a cooler hour."
    if slower.matters:
        return "Start a little slower than usual and run by effort."
    return ""


def _cold(hour: HourlyWeather) -> str:
    felt_c = hour.temperature_c if hour.apparent_temperature_c is None else hour.apparent_temperature_c
    if felt_c > BITTERLY_COLD_C:
        return ""
    return "It is bitterly cold: cover your skin and keep hard parts for a milder day."


def _wind(hour: HourlyWeather) -> str:
    windy = (hour.wind_m_per_s or 0.0) >= WINDY_M_PER_S
    return "Go out against the wind and come home with it behind you." if windy else ""
