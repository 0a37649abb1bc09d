"""Session and lap messages as totals: the two number the same figures differently."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.profile import SummaryFields
from services.garmin_ingest.domain.fit.tables import Table
from services.garmin_ingest.domain.models import MOST_LAPS, Totals
from services.garmin_ingest.domain.streams import Samples


@dataclass(frozen=True, slots=True)
class Summary:
    """A session or a lap; ``start_s`` in FIT seconds."""

    start_s: float
    sport: str
    sub_sport: str | None
    totals: Totals = field(default_factory=Totals)
    name: str | None = None


def read_summaries(table: Table, fields: SummaryFields) -> list[Summary]:
    """One per message that has a time (its start, else its end less what it lasted), up to MOST_LAPS."""
    starts = _starts(table, fields)
    sport_numbers, sub_sport_numbers = table.numbers(fields.sport), table.numbers(fields.sub_sport)
    totals = _Figures(table, fields)
    names = table.texts(profile.SESSION_PROFILE_NAME) if fields is profile.SESSION_FIELDS else [None] * len(table)
    found: list[Summary] = []
    for row in np.flatnonzero(~np.isnan(starts))[:MOST_LAPS].tolist():
        sport, sub_sport = sports.from_fit(_whole(sport_numbers[row]), _whole(sub_sport_numbers[row]))
        found.append(Summary(float(starts[row]), sport, sub_sport, totals.row(row, sport), names[row]))
    return found


def _starts(table: Table, fields: SummaryFields) -> Samples:
    starts = table.numbers(fields.start_time)
    elapsed = table.numbers(fields.elapsed, scale=1000)
    return np.where(np.isnan(starts), table.times() - elapsed, starts)


class _Figures:
    """The columns of a summary table, read once for all of its rows."""

    def __init__(self, table: Table, fields: SummaryFields) -> None:
        enhanced, plain = (table.numbers(key, scale=1000) for key in fields.speeds)
        fraction = table.numbers(fields.cadence_fraction, scale=128)
        self._cycles = table.numbers(fields.cadence) + np.nan_to_num(fraction)
        self._columns: dict[str, Samples] = {
            "elapsed_s": table.numbers(fields.elapsed, scale=1000),
            "timer_s": table.numbers(fields.timer, scale=1000),
            "moving_s": table.numbers(fields.moving, scale=1000),
            "distance_m": _positive(table.numbers(fields.distance, scale=100)),
            "ascent_m": table.numbers(fields.ascent),
            "descent_m": table.numbers(fields.descent),
            "average_speed_m_per_s": _positive(np.where(np.isnan(enhanced), plain, enhanced)),
            "average_heart_rate_bpm": _positive(table.numbers(fields.heart_rate)),
            "max_heart_rate_bpm": _positive(table.numbers(fields.max_heart_rate)),
            "average_power_w": table.numbers(fields.power),
            "average_temperature_c": table.numbers(fields.temperature),
        }

    def row(self, row: int, sport: str) -> Totals:
        cycles = float(self._cycles[row])
        cadence = cycles * 2 if sports.on_foot(sport) else cycles
        figures = {name: _known(column[row]) for name, column in self._columns.items()}
        return Totals(average_cadence_spm=_known(cadence), **figures)


def _positive(values: Samples) -> Samples:
    """A heart rate, distance or speed of 0 is what a device writes when it had nothing to measure it with."""
    return np.where(values > 0, values, np.nan)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
