"""Years of runs come back from the database as they were measured."""

from __future__ import annotations

import datetime as dt
import importlib

import numpy as np
import pytest

from services.coach_agent.domain.runs.metrics import RECORD_DISTANCES_M
from services.coach_agent.storage.history import PostgresHistoryStore
from services.coach_agent.storage.run_metrics import PostgresRunMetricsStore
from shared.ids import uuid7
from shared.postgres import Database
from tests.unit.coach_agent import runs


async def test_a_history_holds_what_was_kept_oldest_first(database: Database):
    user_id, metrics, store = uuid7(), PostgresRunMetricsStore(database), PostgresHistoryStore(database)
    ride = runs.run(1200, 8.0, 130.0, sport="cycling", day=runs.TODAY - dt.timedelta(days=1))
    hilly = runs.run(2400, 3.0, 150.0, altitude=lambda metres: 0.05 * metres, ascent_m=360.0)
    indoors = runs.run(1800, 3.0, None, sub_sport="treadmill", day=runs.TODAY - dt.timedelta(days=400))
    for kept in (ride, hilly, indoors):
        await metrics.keep(user_id, kept)
    history = await store.history(user_id)
    assert history.activity_ids == (indoors.activity_id, ride.activity_id, hilly.activity_id)
    assert history.sports == ("running", "cycling", "running")
    assert [dt.date.fromordinal(day) for day in history.day.tolist()] == [
        indoors.local_date, ride.local_date, hilly.local_date,
    ]  # fmt: skip
    assert history.is_run.tolist() == [True, False, True]
    assert history.distance_m == pytest.approx([5400, 9600, 7200])
    assert history.moving_s == pytest.approx([1800, 1200, 2400])
    assert history.ascent_m[2] == 360
    assert np.isnan(history.ascent_m[0])
    assert history.average_heart_rate_bpm == pytest.approx([np.nan, 130, 150], nan_ok=True)
    assert history.heart_rate_coverage == pytest.approx([0, 1, 1])
    assert history.grade_adjusted_factor[2] == pytest.approx(hilly.measured.grade_adjusted_factor)
    assert history.has_position.tolist() == [False, True, True]
    assert history.histogram[2] == pytest.approx(hilly.measured.histogram)
    assert history.best_time_s.shape == (3, len(RECORD_DISTANCES_M))
    assert history.best_time_s[2, RECORD_DISTANCES_M.index(1000)] == pytest.approx(1000 / 3.0)
    assert history.data_version == 3


async def test_a_runner_without_activities_has_an_empty_history(database: Database):
    history = await PostgresHistoryStore(database).history(uuid7())
    assert len(history) == 0
    assert history.histogram.shape == (0, 211)
    assert history.data_version == 0


async def test_a_block_of_another_shape_counts_as_not_recorded(database: Database):
    user_id, kept = uuid7(), runs.run(2400, 3.0, 150.0)
    await PostgresRunMetricsStore(database).keep(user_id, kept)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE run_metrics SET histogram = 'x', best_times = NULL, distance_m = NULL WHERE user_id = $1", user_id
        )
    history = await PostgresHistoryStore(database).history(user_id)
    assert not history.histogram.any()
    assert np.isnan(history.best_time_s).all()
    assert np.isnan(history.distance_m).all()


async def test_what_is_measured_is_told_by_day(database: Database):
    user_id, metrics, store = uuid7(), PostgresRunMetricsStore(database), PostgresHistoryStore(database)
    old, new = runs.run(600, day=runs.TODAY - dt.timedelta(days=9)), runs.run(600)
    for kept in (old, new):
        await metrics.keep(user_id, kept)
    assert set(await store.measured_after(user_id, None)) == {old.activity_id, new.activity_id}
    found = await store.measured_after(user_id, old.local_date)
    assert {key: value.activity_version for key, value in found.items()} == {new.activity_id: 1}


async def test_what_was_measured_before_there_were_columns_is_filled_in(database: Database):
    user_id, metrics, store = uuid7(), PostgresRunMetricsStore(database), PostgresHistoryStore(database)
    for kept in (runs.run(2400, 3.0, 150.0, altitude=100.0), runs.run(1800, 3.0, None, sub_sport="treadmill"),
                 runs.run(600, 2.5, 130.0, missing=("position",), ascent_m=12.0)):  # fmt: skip
        await metrics.keep(user_id, kept)
    written = await store.history(user_id)
    migration = importlib.import_module("services.coach_agent.migrations.0002_coach")
    names = "distance_m moving_s timer_s ascent_m average_heart_rate_bpm grade_adjusted_factor heart_rate_coverage"
    emptied = ", ".join(f"{name} = NULL" for name in [*names.split(), "has_position", "best_times"])
    async with database.connection() as connection:
        await connection.execute(f"UPDATE run_metrics SET {emptied}")
        await connection.execute(migration.HISTORY_OF_BEFORE)
    filled = await store.history(user_id)
    for name in (*names.split(), "has_position", "best_time_s"):
        np.testing.assert_array_equal(getattr(filled, name), getattr(written, name), name)
    assert filled.has_position.sum() == 1
