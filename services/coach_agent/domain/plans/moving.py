"""What the runner changes themselves: a session moved within its week, done, missed, skipped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from services.coach_agent.domain.plans.altering import Log, name_of, with_changes, with_workouts
from services.coach_agent.domain.plans.models import Plan, Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.rules import breaches
from shared.errors import NotFound, ValidationFailed

MOVED, BY_RUNNER = "moved", "byRunner"
DAYS_BEFORE_RACE = 3
_SAID = {
    WorkoutStatus.DONE: "is done, as you say.",
    WorkoutStatus.MISSED: "was missed. It is not made up; the plan goes on from here.",
    WorkoutStatus.SKIPPED: "is skipped, as you wish. It is not made up.",
    WorkoutStatus.PLANNED: "is planned again.",
}


def find(plan: Plan, workout_id: uuid.UUID) -> Workout:
    """A session by its id. Raises NotFound; a day off is none."""
    found = next((one for one in plan.workouts if one.workout_id == workout_id and one.is_run), None)
    if found is None:
        raise NotFound("There is no such session in your plan.")
    return found


def marked(plan: Plan, workout_id: uuid.UUID, status: WorkoutStatus, *, today: dt.date, now: dt.datetime) -> Plan:
    """The plan with the runner's word on a session. Raises NotFound, ValidationFailed."""
    workout = find(plan, workout_id)
    if workout.day > today and status in {WorkoutStatus.DONE, WorkoutStatus.MISSED}:
        raise refused("status", "must not be said of a day that is still to come")
    if workout.status is status:
        return plan
    log = Log(now)
    log.add(BY_RUNNER, f"{name_of(workout)} {_SAID[status]}", workout)
    said = dataclasses.replace(
        workout,
        status=status,
        by_runner=status is not WorkoutStatus.PLANNED,
        activity_id=workout.activity_id if status is WorkoutStatus.DONE else None,
    )
    return with_changes(with_workouts(plan, [said]), log.changes)


def moved(plan: Plan, workout_id: uuid.UUID, day: dt.date, *, today: dt.date, now: dt.datetime) -> Plan:
    """The plan with a session on another day of its week; what was there takes its place.

    Raises NotFound, and ValidationFailed where a rule would be broken.
    """
    workout = find(plan, workout_id)
    if workout.day == day:
        return plan
    other = _in_the_way(plan, workout, day, today)
    swapped = with_workouts(
        plan,
        [
            dataclasses.replace(workout, day=day, status=WorkoutStatus.PLANNED, by_runner=False),
            dataclasses.replace(other, day=workout.day),
        ],
    )
    _check_race(swapped, workout, day)
    broken = sorted(breaches(swapped) - breaches(plan), key=lambda breach: breach.week)
    if broken:
        raise refused("date", "would break a rule of the plan", rule=broken[0].rule, sentence=broken[0].sentence)
    log = Log(now)
    log.add(MOVED, f"{name_of(workout)} is on {day:%A} now, as you wish.", workout)
    if other.is_run:
        log.add(MOVED, f"{name_of(other)} takes its place on {workout.day:%A}.", other)
    return with_changes(swapped, log.changes)


def _in_the_way(plan: Plan, workout: Workout, day: dt.date, today: dt.date) -> Workout:
    """What stands on ``day``, once nothing forbids the move. Raises ValidationFailed."""
    if workout.kind is WorkoutKind.RACE:
        raise refused("date", "is given by the race; make a plan for another race day instead")
    if workout.status in {WorkoutStatus.DONE, WorkoutStatus.SKIPPED}:
        raise refused("date", f"cannot be changed, as the session is {workout.status} already")
    if day < today:
        raise refused("date", "must not be in the past")
    monday = workout.day - dt.timedelta(days=workout.day.weekday())
    if not 0 <= (day - monday).days < 7:
        raise refused("date", "must be in the week of the session, as volume is planned week by week")
    other = plan.on(day)
    assert other is not None, "every day of a plan's week has a workout or a rest"
    if other.is_run and (other.status is not WorkoutStatus.PLANNED or workout.day < today or not other.is_training):
        raise refused("date", f"is taken by {name_of(other)}, and a missed session is never made up by doubling")
    return other


def _check_race(plan: Plan, workout: Workout, day: dt.date) -> None:
    race_day = plan.goal.race_day
    if race_day is None:
        return
    if day > race_day:
        raise refused("date", "must be before the race")
    if workout.is_hard and (race_day - day).days < DAYS_BEFORE_RACE:
        raise refused("date", "is too close to the race for a hard session")


def refused(field: str, issue: str, *, rule: str | None = None, sentence: str | None = None) -> ValidationFailed:
    detail = {"field": field, "issue": issue} if rule is None else {"field": field, "issue": issue, "rule": rule}
    return ValidationFailed(f"{field} {issue}. {sentence}" if sentence else f"{field} {issue}.", details=[detail])
