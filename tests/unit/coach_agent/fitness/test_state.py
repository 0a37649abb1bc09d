import numpy as np
import pytest

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.evidence import evidence_of
from services.coach_agent.domain.facts import unverified_numbers
from services.coach_agent.domain.fitness import missing, readiness_words
from services.coach_agent.domain.fitness.days import days_between
from services.coach_agent.domain.fitness.loads import measure_efforts
from services.coach_agent.domain.fitness.missing import longest_break
from services.coach_agent.domain.fitness.models import ReadinessCode, ReadinessReason, Signal
from services.coach_agent.domain.fitness.state import state_on
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.fitness.histories import Done, day, history

TODAY = runs.TODAY
GIVEN = Profile(
    max_heart_rate_bpm=190, resting_heart_rate_bpm=50, threshold_heart_rate_bpm=170, threshold_pace_s_per_km=250
)


def state(*done, profile=GIVEN):
    return state_on(TODAY, history(*done), runs.athlete(profile))


def daily(days=60, **fields):
    return [Done(ago, bpm=170, **fields) for ago in range(days)]


def test_a_load_that_never_changes_is_fitness_and_fatigue_and_leaves_no_form():
    now = state(*daily()).now
    assert [now.fitness, now.fatigue] == pytest.approx([100, 100], rel=1e-5)
    assert [now.form, now.ramp] == pytest.approx([0, 0], abs=1e-3)
    assert [now.acute_chronic_ratio, now.acute_chronic_ewma_ratio] == pytest.approx([1, 1])
    assert now.monotony is None
    assert "fitness" not in now.missing


def test_a_hundred_days_after_the_last_load_only_what_decayed_is_left():
    # A constant 100 until 100 days ago, then nothing: fitness is 100 · e^(-100/42).
    now = state(*(Done(ago, bpm=170) for ago in range(100, 160))).now
    assert now.fitness == pytest.approx(100 * np.exp(-100 / 42), rel=1e-5)
    assert now.acute_chronic_ratio is None
    assert now.missing["break"] == missing.LONG_BREAK


@pytest.mark.parametrize(
    ("done", "known"),
    [
        ([Done(ago) for ago in (20, 10)], False),
        ([Done(ago) for ago in (12, 6, 1)], False),
        ([Done(ago) for ago in (13, 6, 1)], True),
        ([Done(13), Done(6), Done(1, sport="cycling", bpm=None)], False),
        ([Done(13), Done(6), Done(-1)], False),
    ],
)
def test_fitness_takes_three_loads_over_a_fortnight(done, known):
    now = state(*done).now
    assert (now.fitness is not None) is known
    assert (now.form is not None) is known
    assert ("fitness" in now.missing) is not known


def test_nothing_at_all_is_one_sentence_and_no_figure():
    empty = state()
    assert empty.now.missing == {"activities": missing.NO_ACTIVITIES}
    assert (empty.series, empty.weeks, empty.records, empty.runs) == (None, (), (), 0)
    assert empty.now.fitness is None
    assert empty.now.predictions == ()
    assert state(Done(-1)).series is None


@pytest.mark.parametrize(
    ("done", "key", "sentence"),
    [
        (daily(30, has_position=False), "position", missing.NO_POSITION),
        ([*daily(30), Done(3, bpm=None)], "heartRate", missing.SOME_BY_PACE),
        ([Done(ago, bpm=None) for ago in range(30)], "heartRate", missing.ALL_BY_PACE),
        ([*daily(30), Done(3, bpm=None, sport="cycling")], "load", missing.NO_LOAD),
    ],
)
def test_what_is_missing_is_said(done, key, sentence):
    assert state(*done).now.missing[key] == sentence


def test_what_was_missing_long_ago_is_not_spoken_of():
    assert (
        state(*daily(30), Done(85, bpm=None, has_position=False)).now.missing.keys() & {"heartRate", "position"}
        == set()
    )


def test_without_a_threshold_pace_runs_without_heart_rate_ask_for_one():
    done = [Done(ago, bpm=None) for ago in range(30)]
    said = state(*done, profile=Profile(max_heart_rate_bpm=190)).now.missing
    assert said["load"] == missing.NO_THRESHOLD
    assert "fitness" in said


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [((40, 5), 34), ((40,), 40), ((0,), 0), ((200, 100), 100), ((200, 83), 116), ((200, 84), 84), ((), 0)],
)
def test_a_break_counts_when_it_reaches_into_the_last_twelve_weeks(days_ago, expected):
    assert longest_break(history(*(Done(ago) for ago in days_ago)), TODAY) == expected


def test_no_sentence_holds_a_number():
    constants = [text for name, text in vars(missing).items() if name.isupper() and isinstance(text, str)]
    reasons = [ReadinessReason(signal, code, None) for signal in Signal for code in ReadinessCode]
    sentences = [*constants, *map(readiness_words.reason_text, reasons)]
    assert len(sentences) > 30
    assert [text for text in sentences if unverified_numbers(text, ())] == []


def test_days_are_cut_out_of_the_series_and_unknown_before_it():
    found = days_between(state(*daily(60)), day(61), day(58))
    assert found.load == pytest.approx([np.nan, np.nan, 100, 100], nan_ok=True, rel=1e-5)
    assert found.fitness == pytest.approx([np.nan, np.nan, 100, 100], nan_ok=True, rel=1e-5)
    assert len(days_between(state(), day(9), TODAY).load) == 10
    early = days_between(state(*daily(20)), day(90), day(50))
    assert len(early.load) == 41
    assert np.isnan(early.load).all()


def test_evidence_is_of_runs_alone_and_its_efforts_of_ninety_days():
    ridden = Done(3, sport="cycling", bpm=185, best_times_s={5000: 600})
    done = [ridden, *(Done(ago, bpm=150 + ago // 30, best_times_s={5000: 1500 - ago}) for ago in (0, 30, 90, 91))]
    found = evidence_of(history(*done), TODAY)
    assert found.peak is not None
    assert found.peak.bpm == 153
    assert sorted(effort.elapsed_s for effort in found.efforts) == [1410, 1470, 1500]
    assert {effort.day for effort in found.efforts} == {TODAY, day(30), day(90)}
    assert evidence_of(history(), TODAY).peak is None


def test_ten_years_are_summed_as_one_run_after_another():
    done = [Done(ago, bpm=100 + ago % 80, minutes=30 + ago % 50) for ago in range(700)]
    past = history(*done)
    together = measure_efforts(past, runs.athlete(GIVEN))
    alone = [
        measure_efforts(history(one), runs.athlete(GIVEN)).load[0] for one in sorted(done, key=lambda d: -d.days_ago)
    ]
    assert together.load == pytest.approx(alone, rel=1e-5)
