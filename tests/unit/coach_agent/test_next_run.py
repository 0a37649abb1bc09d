import datetime as dt

import pytest

from services.coach_agent.domain.chat.next_run_answer import answer_next_run
from services.coach_agent.domain.insights.next_run import LONGEST_S, Recent, Rule, choose_session
from services.coach_agent.domain.runs.reading import read_run
from services.coach_agent.domain.runs.session_kind import SessionType
from tests.unit.coach_agent import runs

TOMORROW = runs.TODAY + dt.timedelta(days=1)


def ago(days, **shape):
    return runs.run(
        day=TOMORROW - dt.timedelta(days=days), **{"seconds": 2700, "speed": 2.9, "heart_rate": 145.0, **shape}
    )


def readings(*history):
    return [read_run(metrics, runs.athlete(), history) for metrics in history]


def chosen(*history):
    newest_first = sorted(history, key=lambda metrics: metrics.local_date, reverse=True)
    return choose_session(Recent(TOMORROW, tuple(readings(*newest_first))))


def regular():
    """Three runs a week for four weeks, the last one two days ago."""
    return [ago(days) for week in range(4) for days in (2 + 7 * week, 4 + 7 * week, 6 + 7 * week)]


HARD = {"seconds": 3000, "speed": 4.0, "heart_rate": 171.0}


@pytest.mark.parametrize(
    ("history", "rule"),
    [
        ([ago(2, name="Town race", **HARD), ago(5)], Rule.AFTER_RACE),
        ([ago(1, **HARD), ago(4), ago(6)], Rule.AFTER_HARD),
        ([ago(1, seconds=6600), ago(4), ago(6)], Rule.AFTER_HARD),
        ([ago(n) for n in (1, 2, 3, 4, 5)], Rule.DAYS_IN_A_ROW),
        ([*(ago(n) for n in (1, 2, 4, 5, 7)), ago(9), ago(16), ago(23)], Rule.LOAD_JUMP),
        ([ago(14), ago(16)], Rule.RETURN),
        ([ago(2), ago(4)], Rule.FEW_RUNS),
        ([ago(n, heart_rate=164.0) for n in (2, 4, 6, 8)], Rule.TOO_OFTEN_HARD),
        (regular(), Rule.LONG_DUE),
        ([ago(2), ago(4, seconds=5400), *regular()[2:]], Rule.QUALITY_DUE),
        ([ago(2), ago(3, **(HARD | {"seconds": 1900})), ago(5, seconds=5400), *regular()[3:]], Rule.STEADY),
    ],
)
def test_the_first_rule_that_fits_chooses(history, rule):
    assert chosen(*history).rule is rule


def test_a_long_run_grows_by_a_tenth_and_never_past_its_cap():
    session = chosen(*regular(), ago(8, seconds=6000))
    assert session.type is SessionType.LONG
    assert session.duration_s == pytest.approx(6600)
    endless = [*regular(), ago(8, seconds=14_000)]
    assert chosen(*endless).duration_s <= LONGEST_S


def test_a_long_run_does_not_outgrow_the_week_around_it():
    four_a_week = [ago(days + 7 * week) for week in range(4) for days in (2, 4, 5, 6)]
    history = [*four_a_week, ago(8, seconds=6000)]
    session = chosen(*history)
    # The week of the 100 minutes has 4 * 45 more: a tenth over the third of 280 minutes, in steps of five minutes.
    assert (session.duration_s, session.held) == (100 * 60, True)
    newest_first = sorted(history, key=lambda metrics: metrics.local_date, reverse=True)
    advice = answer_next_run(readings(*newest_first), runs.athlete(), day=TOMORROW, today=runs.TODAY)
    assert "as long as the rest of your weeks carries" in advice.detail.text


def test_easy_advice_names_a_heart_rate_below_the_easy_ceiling():
    advice = answer_next_run(readings(ago(2), ago(4)), runs.athlete(), day=TOMORROW, today=runs.TODAY)
    high = next(fact for fact in advice.facts if fact.label == "sessionHeartRateHigh")
    assert high.value <= 0.9 * runs.athlete().threshold_bpm
    assert {f"distance.{TOMORROW - dt.timedelta(days=2)}", "load.week", "sessionDuration"} <= {
        f.label for f in advice.facts
    }


def test_two_runs_of_one_day_keep_their_own_facts():
    advice = answer_next_run(readings(ago(2), ago(2, seconds=1800)), runs.athlete(), day=TOMORROW, today=runs.TODAY)
    day = TOMORROW - dt.timedelta(days=2)
    assert {f"distance.{day}", f"distance.{day}.2"} <= {fact.label for fact in advice.facts}
