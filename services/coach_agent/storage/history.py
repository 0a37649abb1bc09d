"""All measured activities of one runner with one statement, as columns.

Each column leaves the database as one value in the order of the days, so that ten years cost a few milliseconds here
and not an object for each figure.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import asyncpg
import numpy as np

from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.ports import MeasuredAs, Standing
from services.coach_agent.domain.models import RUNNING
from services.coach_agent.domain.runs.heart_rate import BINS
from services.coach_agent.domain.runs.metrics import RECORD_DISTANCES_M
from shared.postgres import Database

_FIGURES = (
    "distance_m", "moving_s", "timer_s", "ascent_m", "average_heart_rate_bpm", "grade_adjusted_factor",
    "heart_rate_coverage",
)  # fmt: skip
_NO_HISTOGRAM = bytes(4 * BINS)
_NO_TIMES = np.full(len(RECORD_DISTANCES_M), np.nan, dtype=">f4").tobytes()
_PACKED_FIGURES = " || ".join(f"float8send(coalesce({name}, 'NaN'))" for name in _FIGURES)
# A block of another length is of another formula: the activity counts without it until it is measured again.
_HISTORY = f"""
SELECT
    coalesce((SELECT version FROM data_version WHERE user_id = $1), 0) AS data_version,
    string_agg(uuid_send(activity_id), ''::bytea) AS ids,
    array_agg(sport) AS sports,
    string_agg(int4send(local_date - DATE '0001-01-01' + 1), ''::bytea) AS days,
    string_agg({_PACKED_FIGURES}, ''::bytea) AS figures,
    string_agg(boolsend(coalesce(has_position, false)), ''::bytea) AS positions,
    string_agg(CASE WHEN octet_length(histogram) = $2 THEN histogram ELSE $3 END, ''::bytea) AS histograms,
    string_agg(CASE WHEN octet_length(best_times) = $4 THEN best_times ELSE $5 END, ''::bytea) AS times
FROM (SELECT * FROM run_metrics WHERE user_id = $1 ORDER BY local_date, activity_id) AS measured
"""


class PostgresHistoryStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, user_id: uuid.UUID) -> History:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                _HISTORY, user_id, len(_NO_HISTOGRAM), _NO_HISTOGRAM, len(_NO_TIMES), _NO_TIMES
            )
        assert row is not None
        return _history(row)

    async def standing(self, user_id: uuid.UUID) -> Standing:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT coalesce((SELECT version FROM data_version WHERE user_id = $1), 0) AS data_version,"
                " (SELECT count(*) FROM unmeasured_activity WHERE user_id = $1) AS unmeasured",
                user_id,
            )
        assert row is not None
        return Standing(row["data_version"], row["unmeasured"])

    async def measured_after(self, user_id: uuid.UUID, day: dt.date | None) -> Mapping[uuid.UUID, MeasuredAs]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT activity_id, activity_version, formula_version, local_date FROM run_metrics"
                " WHERE user_id = $1 AND ($2::date IS NULL OR local_date > $2)",
                user_id, day,
            )  # fmt: skip
        return {activity_id: MeasuredAs(*measured) for activity_id, *measured in rows}


def _history(row: asyncpg.Record) -> History:
    sports = tuple(row["sports"] or ())
    ids, count = row["ids"] or b"", len(sports)
    figures = np.frombuffer(row["figures"] or b"", dtype=">f8").reshape(count, len(_FIGURES)).astype(np.float64)
    times = np.frombuffer(row["times"] or b"", dtype=">f4").reshape(count, len(RECORD_DISTANCES_M))
    return History(
        activity_ids=tuple(uuid.UUID(bytes=ids[16 * place : 16 * place + 16]) for place in range(count)),
        sports=sports,
        day=np.frombuffer(row["days"] or b"", dtype=">i4").astype(np.int64),
        is_run=np.array([sport == RUNNING for sport in sports], dtype=np.bool_),
        **{name: np.ascontiguousarray(column) for name, column in zip(_FIGURES, figures.T, strict=True)},
        histogram=np.frombuffer(row["histograms"] or b"", dtype="<f4").reshape(count, BINS),
        distances_m=RECORD_DISTANCES_M,
        best_time_s=times.astype(np.float32),
        has_position=np.frombuffer(row["positions"] or b"", dtype=np.bool_),
        data_version=row["data_version"],
    )
