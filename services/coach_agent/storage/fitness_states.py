"""The table ``fitness_state``: days and weeks as column blocks, the few figures beside them as one document."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import asyncpg
import numpy as np
from pydantic import TypeAdapter, ValidationError

from services.coach_agent.domain.fitness.models import (
    NOT_READ_YET,
    FitnessSeries,
    FitnessState,
    Now,
    Record,
    Week,
    Window,
)
from shared import columns
from shared.logs import get_logger
from shared.postgres import Database

_log = get_logger("fitness_states")
_SERIES = ("load", "fitness", "fatigue", "form")
_OF_WEEK = tuple(field.name for field in dataclasses.fields(Week)[1:])
# Finer than any figure is shown, so that a state that was kept reads as one that was just computed.
_SCALE = 1e6


@dataclasses.dataclass(frozen=True, slots=True)
class _Figures:
    """What is kept as JSON; the days say where the columns begin."""

    now: Now
    windows: tuple[Window, ...]
    records: tuple[Record, ...]
    runs: int
    first_day: dt.date | None
    first_week: dt.date | None


_FIGURES: TypeAdapter[_Figures] = TypeAdapter(_Figures)


class PostgresFitnessStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, user_id: uuid.UUID, stamp: str) -> FitnessState | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT figures, days, weeks FROM fitness_state WHERE user_id = $1 AND stamp = $2", user_id, stamp
            )
        return None if row is None else _state(row)

    async def keep(self, user_id: uuid.UUID, stamp: str, state: FitnessState, *, zone: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO fitness_state (user_id, stamp, zone, figures, days, weeks) VALUES ($1, $2, $3, $4, $5, $6)"
                " ON CONFLICT (user_id) DO UPDATE SET stamp = excluded.stamp, zone = excluded.zone,"
                " figures = excluded.figures, days = excluded.days, weeks = excluded.weeks, computed_at = now()",
                user_id, stamp, zone, _FIGURES.dump_json(_figures(state)).decode(), _days(state), _weeks(state),
            )  # fmt: skip

    async def zone(self, user_id: uuid.UUID) -> str | None:
        async with self._database.connection() as connection:
            zone: str | None = await connection.fetchval("SELECT zone FROM fitness_state WHERE user_id = $1", user_id)
        return zone


def _figures(state: FitnessState) -> _Figures:
    return _Figures(
        now=state.now,
        windows=state.windows,
        records=state.records,
        runs=state.runs,
        first_day=None if state.series is None else state.series.first_day,
        first_week=state.weeks[0].first_day if state.weeks else None,
    )


def _days(state: FitnessState) -> bytes:
    if state.series is None:
        return columns.encode({})
    return columns.encode({name: columns.Column(getattr(state.series, name), _SCALE) for name in _SERIES})


def _weeks(state: FitnessState) -> bytes:
    values = {name: np.array([getattr(week, name) for week in state.weeks], dtype=np.float64) for name in _OF_WEEK}
    return columns.encode({name: columns.Column(column, _SCALE) for name, column in values.items()})


def _state(row: asyncpg.Record) -> FitnessState | None:
    """None for a state of another shape: it is as good as not kept."""
    try:
        figures = _FIGURES.validate_json(row["figures"])
        days, weeks = columns.decode(row["days"]), columns.decode(row["weeks"])
        series = None if figures.first_day is None else FitnessSeries(figures.first_day, **days)
        return FitnessState(
            now=figures.now,
            series=series,
            weeks=() if figures.first_week is None else _parsed_weeks(figures.first_week, weeks),
            records=figures.records,
            readiness=NOT_READ_YET,
            runs=figures.runs,
            windows=figures.windows,
        )
    except (ValidationError, columns.CorruptBlockError, KeyError, TypeError) as error:
        _log.info("kept fitness not readable", cause=type(error).__name__)
        return None


def _parsed_weeks(first: dt.date, found: dict[str, columns.FloatColumn]) -> tuple[Week, ...]:
    ordered = [found["runs"].astype(np.int64).tolist(), *(found[name].tolist() for name in _OF_WEEK[1:])]
    starts = (first + dt.timedelta(days=7 * week) for week in range(len(ordered[0])))
    return tuple(Week(start, *values) for start, *values in zip(starts, *ordered, strict=True))
