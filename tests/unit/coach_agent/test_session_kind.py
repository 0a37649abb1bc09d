import datetime as dt

import numpy as np
import pytest

from services.coach_agent.domain.runs.reading import read_run
from services.coach_agent.domain.runs.session_kind import SessionType
from tests.unit.coach_agent import runs

# Threshold of runs.athlete() is 173.2 bpm: easy ends at 155.9, recovery at 138.6.


def kind(metrics, history=()):
    return read_run(metrics, runs.athlete(), history).kind.type


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        (runs.run(2400, 3.0, 145.0, name="City race"), SessionType.RACE),
        (runs.run(2400, 3.0, 145.0, name="Pre-race shakeout"), SessionType.EASY),
        (runs.run(2500, 4.0, 172.0), SessionType.RACE),
        (runs.run(3000, 4.0, 172.0), SessionType.TEMPO),
        (runs.intervals(), SessionType.INTERVALS),
        (runs.run(3600, 3.2, lambda t: np.where((t > 900) & (t < 2300), 170.0, 140.0)), SessionType.TEMPO),
        (runs.run(6000, 3.0, 145.0), SessionType.LONG),
        (runs.run(2400, lambda t: 2.7 + 0.6 * t / 2400, 150.0), SessionType.PROGRESSION),
        (runs.run(2400, 2.5, 125.0), SessionType.RECOVERY),
        (runs.run(3600, 2.5, 125.0), SessionType.EASY),
        (runs.run(2400, 3.0, 148.0), SessionType.EASY),
        (runs.run(2400, 3.0, None), SessionType.EASY),
        (runs.run(2400, 8.0, 148.0, sport="cycling"), SessionType.OTHER),
    ],
)
def test_the_first_rule_that_fits_names_the_session(metrics, expected):
    assert kind(metrics) is expected


def test_long_is_measured_by_what_is_usual():
    history = [runs.run(2400, day=runs.TODAY - dt.timedelta(days=n)) for n in range(1, 6)]
    metrics = runs.run(4200, 3.0, 145.0)
    assert kind(metrics, history) is SessionType.LONG
    assert kind(metrics, history[:2]) is SessionType.EASY


def test_hard_minutes_at_the_end_of_a_rising_run_are_a_progression_and_no_tempo():
    rising = runs.run(2400, lambda t: 2.7 + 0.8 * t / 2400, lambda t: 140 + 40 * t / 2400)
    assert kind(rising) is SessionType.PROGRESSION
