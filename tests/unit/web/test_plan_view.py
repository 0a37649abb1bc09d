"""What the page makes of a plan, its sessions, goals and what-ifs."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.web import measures as say
from gateway.web.goal_view import Goal, OutOfReach, goal_body
from gateway.web.measures import Measures
from gateway.web.moments import Moments
from gateway.web.plan_view import PlanView, WhatIf, week_of
from gateway.web.session_view import Session, next_session, session_on
from shared.errors import NotFound, ValidationFailed
from tests.unit.web.plans import GOAL, comparison, plan, workout

TODAY = dt.date(2026, 11, 20)
MOMENTS = Moments(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), "Europe/Berlin")
KM, MILES = Measures(), Measures(miles=True)
FORM = {"goal": "race", "raceDate": "2026-12-06", "distanceM": "21097.5", "daysPerWeek": "4", "longRunDay": "sunday"}


def session(**changes) -> Session:
    return Session.of(workout("2026-11-20", **changes), KM, MOMENTS)


def test_weeks_are_past_now_or_ahead_and_each_has_seven_days():
    weeks = PlanView.of(plan(), KM, MOMENTS).weeks
    assert [(week.number, week.when) for week in weeks] == [(1, "past"), (2, "now"), (3, "ahead")]
    assert [week.bar_pct for week in weeks] == [50, 100, 100]
    assert weeks[1].title == "16 Nov to 22 Nov"
    names = [(day.name, day.session.name if day.session else None) for day in weeks[1].days]
    assert names[3:] == [
        ("Thursday", None), ("Today", "Intervals"), ("Tomorrow", None), ("Sunday", "Long run"),
    ]  # fmt: skip


def test_the_latest_changes_stand_apart_with_their_local_day():
    shown = PlanView.of(plan(), KM, MOMENTS)
    # 23:30 UTC is the next day in Berlin.
    assert (shown.changes[0].when, shown.changes[0].sentence) == ("20 November", "Change 0.")
    assert [change.sentence for change in shown.earlier_changes] == ["Change 5."]


def test_steps_are_said_with_their_targets_in_the_runners_unit():
    warm_up, repeats = session().blocks
    assert [(step.name, str(step.length), step.target) for step in warm_up.steps] == [
        ("Warm-up", "15:00", "120 to 140 bpm")
    ]
    assert (repeats.times, [(str(step.length), step.target) for step in repeats.steps]) == (
        5, [("800 m", "4:17 to 4:26 /km"), ("2:00", "")],
    )  # fmt: skip
    # 257 s/km and 266 s/km · 1.609344.
    miles = Session.of(workout("2026-11-20"), MILES, MOMENTS)
    assert miles.blocks[1].steps[0].target == "6:54 to 7:08 /mi"


@pytest.mark.parametrize(
    ("day", "status", "when", "is_open", "other_days"),
    [
        ("2026-11-17", "planned", "past", False, ["2026-11-20", "2026-11-21", "2026-11-22"]),
        ("2026-11-20", "planned", "today", True, ["2026-11-21", "2026-11-22"]),
        ("2026-11-20", "done", "today", False, ["2026-11-21", "2026-11-22"]),
        ("2026-11-22", "planned", "ahead", True, ["2026-11-20", "2026-11-21"]),
    ],
)
def test_a_session_can_be_moved_within_what_is_left_of_its_week(day, status, when, is_open, other_days):
    shown = Session.of(workout(day, status=status), KM, MOMENTS)
    assert (shown.when, shown.open) == (when, is_open)
    assert [value for value, _ in shown.other_days] == other_days


@pytest.mark.parametrize(("seconds", "text"), [(600, "10 min"), (3569, "59 min"), (3570, "1:00 h"), (6000, "1:40 h")])
def test_a_session_is_as_long_as_one_says_it_is(seconds, text):
    assert str(say.span(seconds)) == text


def test_what_a_rule_made_easy_says_what_it_was():
    shown = session(kind="easy", insteadOf="intervals", hard=False)
    assert (shown.name, shown.instead_of) == ("Easy run", "intervals")


def test_the_session_of_a_day_and_the_next_one_are_found():
    today = session_on(plan(), TODAY, KM, MOMENTS)
    following = next_session(plan(), TODAY, KM, MOMENTS)
    assert today is not None
    assert following is not None
    assert (today.name, following.name) == ("Intervals", "Long run")
    assert session_on(plan(), TODAY - dt.timedelta(days=1), KM, MOMENTS) is None
    assert (session_on(None, TODAY, KM, MOMENTS), next_session(None, TODAY, KM, MOMENTS)) == (None, None)


def test_the_week_of_a_day_is_found_by_its_monday():
    week = week_of(plan(), dt.date(2026, 11, 22))
    assert week is not None
    assert week["firstDay"] == "2026-11-16"
    assert week_of(plan(), dt.date(2026, 11, 23)) is None


def test_a_goal_is_said_in_words_and_fills_the_form_that_asks_for_it():
    goal = Goal.of(GOAL, KM, MOMENTS)
    assert (goal.name, goal.day, goal.days_left) == ("Half marathon", "Sunday, 6 December", 16)
    assert str(goal.time) == "1:40:00"
    assert goal_body(goal.fields) == GOAL
    fitness = Goal.of({"goal": "fitness", "daysPerWeek": 3, "longRunDay": "sunday"}, KM, MOMENTS)
    assert (fitness.name, fitness.day, fitness.days_left) == ("General fitness", "", None)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("1:45:00", 6300), ("48:30", 2910), ("9:05", 545), (" 2:00:00 ", 7200), ("", None)]
)
def test_a_time_is_read_as_runners_write_it(typed, seconds):
    assert goal_body(FORM | {"targetTime": typed}).get("targetTimeS") == seconds


@pytest.mark.parametrize("typed", ["soon", "45", "1:75:00", "1:2:3", "-1:00"])
def test_a_time_that_cannot_be_read_is_refused_at_its_field(typed):
    with pytest.raises(ValidationFailed) as refused:
        goal_body(FORM | {"targetTime": typed})
    assert refused.value.details[0]["field"] == "targetTimeS"


def test_fields_of_a_race_do_not_count_for_general_fitness():
    assert goal_body(FORM | {"goal": "fitness", "targetTime": "soon"}) == {
        "goal": "fitness", "daysPerWeek": 4, "longRunDay": "sunday",
    }  # fmt: skip


def test_a_goal_out_of_reach_has_its_reasons_in_words_and_the_nearest_one():
    details = [
        {"field": "raceDate", "issue": "is too soon", "nearest": GOAL},
        {"field": "daysPerWeek", "issue": "is high"},
    ]
    found = OutOfReach.of(ValidationFailed("No.", details=details), KM, MOMENTS)
    assert found is not None
    assert found.reasons == ("The race date is too soon.", "The number of days a week is high.")
    assert found.nearest.name == "Half marathon"
    assert OutOfReach.of(NotFound("No."), KM, MOMENTS) is None


def test_a_what_if_stands_beside_what_is_planned():
    shown = WhatIf.of(comparison(), MOMENTS, question="you rest")
    assert [(one.name, str(one.present), str(one.changed)) for one in shown.figures] == [
        ("Fitness", "52.1", "51.2"),
        ("Fatigue", "44.0", "42.4"),
        ("Form", "+8.1", "0.0"),
    ]
    assert (str(shown.load), shown.broken) == ("\N{MINUS SIGN}52", ("Week 3: The week would grow too much.",))
    alone = WhatIf.of(comparison(present=None, difference=None), MOMENTS, question="another goal")
    assert not alone.figures[0].present
    assert not alone.load
