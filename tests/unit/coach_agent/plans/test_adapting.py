"""Each happening changes a plan by its rule, with a sentence, and no more than that rule says."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from services.coach_agent.domain.fitness.models import Light
from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from services.coach_agent.domain.plans.adapting import adapt
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.happenings import Happenings, Ran
from services.coach_agent.domain.plans.models import Plan, Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.moving import marked
from tests.unit.coach_agent.plans.runners import MADE_AT, a_race, an_ability, frame

PLAN = compile_plan(a_race(days_per_week=5), an_ability(), frame())
# The Monday of the tenth week, with hard sessions on its Tuesday and Friday.
MONDAY = PLAN.weeks[9].first_day
TUESDAY, FRIDAY = MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=4)


def run_as_planned(until: dt.date, *, but: frozenset[dt.date] = frozenset()) -> list[Ran]:
    before = [ran(PLAN.first_day - dt.timedelta(days=7 * back), 12_000) for back in (1, 2, 3)]
    return before + [
        ran(one.day, one.duration_s, one.distance_m)
        for one in PLAN.workouts
        if one.is_run and one.day < until and one.day not in but
    ]


def ran(day: dt.date, seconds: float = 2700.0, metres: float | None = None, *, above: float = 0.0) -> Ran:
    return Ran(uuid.uuid4(), day, seconds, 2.9 * seconds if metres is None else metres, above)


def happened(today: dt.date = MONDAY, *, runs: list[Ran] | None = None, **others) -> Happenings:
    return Happenings(today=today, runs=tuple(run_as_planned(today) if runs is None else runs), **others)


def after(happening: Happenings, plan: Plan = PLAN) -> Plan:
    return adapt(plan, happening, now=MADE_AT)


def rules(plan: Plan) -> list[str]:
    return [change.rule for change in plan.changes]


def on(plan: Plan, day: dt.date) -> Workout:
    found = plan.on(day)
    assert found is not None
    return found


def hard_days(plan: Plan, since: dt.date = MONDAY) -> list[dt.date]:
    return [one.day for one in plan.workouts if one.is_hard and one.day >= since and one.kind is not WorkoutKind.RACE]


def note(kind: NoteKind, first: dt.date, last: dt.date | None = None) -> ContextNote:
    return ContextNote(uuid.uuid4(), kind, "Sore", first, last, MADE_AT)


def test_what_is_run_as_planned_is_done_and_changes_nothing_else():
    plan = after(happened())
    assert {one.status for one in plan.workouts if one.is_run and one.day < MONDAY} == {WorkoutStatus.DONE}
    assert plan.changes == ()


def test_a_session_is_missed_after_a_day_of_grace_and_is_not_made_up():
    runs = run_as_planned(TUESDAY, but=frozenset({MONDAY, TUESDAY}))
    assert on(after(happened(TUESDAY + dt.timedelta(days=1), runs=runs)), TUESDAY).status is WorkoutStatus.PLANNED
    late = after(happened(TUESDAY + dt.timedelta(days=2), runs=runs))
    assert on(late, TUESDAY).status is WorkoutStatus.MISSED
    assert rules(late) == ["missed"]
    assert [one.duration_s for one in late.workouts] == [one.duration_s for one in PLAN.workouts]
    assert [one.day for one in late.workouts if one.is_run] == [one.day for one in PLAN.workouts if one.is_run]


def test_a_missed_session_whose_run_arrives_at_last_was_run_after_all():
    runs = run_as_planned(TUESDAY, but=frozenset({TUESDAY}))
    missed = after(happened(FRIDAY, runs=runs))
    found = after(happened(FRIDAY, runs=[*runs, ran(TUESDAY, 2400)]), missed)
    assert on(found, TUESDAY).status is WorkoutStatus.DONE
    assert rules(found)[-1] == "foundLate"


def test_a_run_the_day_after_on_a_day_off_was_the_session():
    saturday_off = next(
        one for one in PLAN.workouts
        if one.is_run and one.day < MONDAY and not on(PLAN, one.day + dt.timedelta(days=1)).is_run
    )  # fmt: skip
    runs = run_as_planned(MONDAY, but=frozenset({saturday_off.day}))
    plan = after(happened(runs=[*runs, ran(saturday_off.day + dt.timedelta(days=1), saturday_off.duration_s)]))
    assert on(plan, saturday_off.day).status is WorkoutStatus.DONE


def test_a_jog_is_not_the_long_run():
    sunday = MONDAY - dt.timedelta(days=1)
    runs = run_as_planned(MONDAY, but=frozenset({sunday}))
    plan = after(happened(MONDAY + dt.timedelta(days=1), runs=[*runs, ran(sunday, 600)]))
    assert on(plan, sunday).status is WorkoutStatus.MISSED


def test_the_longer_of_two_runs_of_a_day_is_the_session():
    runs = run_as_planned(TUESDAY)
    short, long = ran(TUESDAY, 1300), ran(TUESDAY, on(PLAN, TUESDAY).duration_s)
    plan = after(happened(TUESDAY, runs=[*runs, short, long]))
    assert on(plan, TUESDAY).activity_id == long.activity_id


def test_the_session_of_a_deleted_run_is_open_again():
    done = after(happened())
    sunday = MONDAY - dt.timedelta(days=1)
    plan = after(happened(runs=run_as_planned(MONDAY, but=frozenset({sunday}))), done)
    assert (on(plan, sunday).status, on(plan, sunday).activity_id) == (WorkoutStatus.PLANNED, None)


def test_the_word_of_the_runner_stands():
    workout = on(PLAN, TUESDAY)
    plan = marked(PLAN, workout.workout_id, WorkoutStatus.SKIPPED, today=MONDAY, now=MADE_AT)
    runs = [*run_as_planned(TUESDAY), ran(TUESDAY, workout.duration_s)]
    assert on(after(happened(FRIDAY, runs=runs), plan), TUESDAY).status is WorkoutStatus.SKIPPED


@pytest.mark.parametrize(
    ("sign", "rule"),
    [
        ({"form": -30.1}, "form"),
        ({"acute_chronic_ratio": 1.51}, "acuteChronic"),
        ({"light": Light.RED}, "readiness"),
    ],
)
def test_a_sign_of_fatigue_turns_the_next_hard_session_easy_and_only_that(sign, rule):
    plan = after(happened(**sign))
    assert rules(plan) == [rule]
    assert hard_days(plan) == [day for day in hard_days(PLAN) if day != TUESDAY]
    eased = on(plan, TUESDAY)
    assert (eased.kind, eased.rule, eased.hard_s) == (WorkoutKind.EASY, rule, 0.0)
    assert (eased.duration_s, eased.workout_id) == (on(PLAN, TUESDAY).duration_s, on(PLAN, TUESDAY).workout_id)
    assert rules(after(happened(TUESDAY, **sign), plan)) == [rule]
    assert rules(after(happened(TUESDAY + dt.timedelta(days=1), **sign), plan)) == [rule, rule]


@pytest.mark.parametrize("sign", [{"form": -30.0}, {"acute_chronic_ratio": 1.5}, {"light": Light.AMBER}])
def test_what_is_on_the_line_changes_nothing(sign):
    assert after(happened(**sign)).changes == ()


def test_an_easy_run_that_was_hard_makes_the_next_hard_session_easy():
    sunday = MONDAY - dt.timedelta(days=1)
    runs = run_as_planned(MONDAY, but=frozenset({sunday}))
    plan = after(happened(runs=[*runs, ran(sunday, 4000, above=2000.0)]))
    assert rules(plan) == ["harderThanMeant"]
    assert TUESDAY not in hard_days(plan)


def test_a_hard_session_run_hard_was_meant_so():
    runs = run_as_planned(TUESDAY)
    plan = after(happened(TUESDAY, runs=[*runs, ran(TUESDAY, on(PLAN, TUESDAY).duration_s, above=2000.0)]))
    assert plan.changes == ()


@pytest.mark.parametrize("kind", [NoteKind.INJURY, NoteKind.ILLNESS])
def test_while_hurt_or_ill_nothing_hard_is_planned_and_afterwards_it_comes_back(kind: NoteKind):
    plan = after(happened(notes=(note(kind, MONDAY),)))
    assert hard_days(plan) == []
    assert set(rules(plan)) == {kind.value}
    closed = note(kind, MONDAY, TUESDAY)
    back = after(happened(notes=(closed,)), plan)
    assert hard_days(back) == [day for day in hard_days(PLAN) if day > TUESDAY + dt.timedelta(days=2)]
    assert "recovered" in rules(back)


def test_what_will_hold_later_eases_its_own_days_and_no_others():
    later = MONDAY + dt.timedelta(weeks=2)
    plan = after(happened(notes=(note(NoteKind.INJURY, later, later + dt.timedelta(days=6)),)))
    spared = [later + dt.timedelta(days=n) for n in range(7)]
    assert any(day in spared for day in hard_days(PLAN))
    assert hard_days(plan) == [day for day in hard_days(PLAN) if day not in spared]


@pytest.mark.parametrize("kind", [NoteKind.INJURY, NoteKind.ILLNESS])
def test_strides_are_fast_too_and_wait_while_the_runner_is_hurt_or_ill(kind: NoteKind):
    first = PLAN.first_day
    [strides] = [one for one in PLAN.weeks[0].workouts if one.kind is WorkoutKind.STRIDES]
    plan = after(happened(first, notes=(note(kind, first),)))
    assert all(one.hard_s == 0 for one in plan.workouts if one.kind is not WorkoutKind.RACE)
    assert on(plan, strides.day).kind is WorkoutKind.EASY
    assert on(after(happened(first), plan), strides.day) == strides


@pytest.mark.parametrize("kind", [NoteKind.TRAVEL, NoteKind.NOTE, NoteKind.RACE])
def test_other_notes_leave_the_plan_alone(kind: NoteKind):
    assert after(happened(notes=(note(kind, MONDAY),))).changes == ()


def test_a_race_near_an_injury_is_warned_of_once_and_kept():
    day = PLAN.last_day - dt.timedelta(days=3)
    hurt = happened(day, notes=(note(NoteKind.INJURY, day),))
    plan = after(hurt)
    assert rules(plan).count("raceAtRisk") == 1
    assert rules(after(hurt, plan)).count("raceAtRisk") == 1
    assert on(plan, PLAN.last_day).kind is WorkoutKind.RACE


def test_after_three_weeks_off_the_plan_starts_again_from_what_was_run():
    since = MONDAY - dt.timedelta(weeks=3)
    plan = after(happened(runs=run_as_planned(since)))
    assert "growth" in rules(plan)
    # Nothing was run, so the 75 minutes that anybody is taken to run are what a tenth is added to.
    assert plan.weeks[9].duration_s <= 1.1 * 75 * 60
    assert plan.weeks[9].duration_s > 70 * 60
    shares = [max(one.duration_s for one in week.workouts) / week.duration_s for week in (PLAN.weeks[9], plan.weeks[9])]
    assert shares[1] == pytest.approx(shares[0], abs=0.02)


def test_one_week_off_costs_nothing():
    off = frozenset(MONDAY - dt.timedelta(days=back) for back in range(1, 8))
    plan = after(happened(runs=run_as_planned(MONDAY, but=off)))
    assert "growth" not in rules(plan)
