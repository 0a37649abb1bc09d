"""What has happened since, taken into a plan: each change by a rule, with a sentence for the runner.

The same happenings a second time change nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from services.coach_agent.domain.fitness.models import Light
from services.coach_agent.domain.insights.models import NoteKind
from services.coach_agent.domain.plans.altering import Easy, Log, lengthened_to, name_of, with_changes, with_workouts
from services.coach_agent.domain.plans.happenings import Happenings
from services.coach_agent.domain.plans.matching import matched
from services.coach_agent.domain.plans.models import Plan, Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.pulling_back import pulled_back
from services.coach_agent.domain.plans.rules import HIGHEST_ACUTE_CHRONIC, LOWEST_FORM, hard_day_breaches

# After an injury or an illness hard sessions come back with two easy days between.
DAYS_AFTER_SPARING = 2
# How long the legs remember a run that was meant to be easy.
DAYS_AFTER_HARDER = 2
# So long before a race that would fall into an injury or an illness, the runner is told.
DAYS_BEFORE_RACE = 7

INJURY, ILLNESS, RECOVERED, RACE_AT_RISK = "injury", "illness", "recovered", "raceAtRisk"
READINESS, FORM, ACUTE_CHRONIC, HARDER = "readiness", "form", "acuteChronic", "harderThanMeant"
_SPARING_RULES = {NoteKind.INJURY: INJURY, NoteKind.ILLNESS: ILLNESS}
_EASED = frozenset({READINESS, FORM, ACUTE_CHRONIC, HARDER})
_WHY = {
    INJURY: "as long as you are hurt, nothing hard is planned",
    ILLNESS: "as long as you are ill, nothing hard is planned",
    READINESS: "your body shows that it has not recovered",
    FORM: "you carry more fatigue than a hard session would help",
    ACUTE_CHRONIC: "your last week was a lot beside the weeks before it",
    HARDER: "you ran harder than was meant",
}


def adapt(plan: Plan, happened: Happenings, *, now: dt.datetime) -> Plan:
    """The plan after what happened; ``now`` stamps the changes."""
    log = Log(now)
    plan = matched(plan, happened, log)
    plan = _spared(plan, happened, log)
    plan = _brought_back(plan, happened, log)
    plan = _eased(plan, happened, log)
    plan = pulled_back(plan, happened, log)
    return with_changes(plan, log.changes)


def _ahead(plan: Plan, today: dt.date) -> Iterator[Workout]:
    """Sessions from today on that may still be changed; a race is the runner's to call off."""
    for workout in plan.workouts:
        open_yet = workout.day >= today and workout.status is WorkoutStatus.PLANNED
        if open_yet and workout.kind is not WorkoutKind.RACE:
            yield workout


def _spared(plan: Plan, happened: Happenings, log: Log) -> Plan:
    """Nothing fast on the days of an injury or an illness, strides included."""
    easy, changed = Easy.of(plan), []
    for workout in _ahead(plan, happened.today):
        note = happened.sparing_on(workout.day)
        if note is not None and workout.hard_s > 0:
            changed.append(_turned(workout, _SPARING_RULES[note.kind], easy, log))
    _warn_of_race(plan, happened, log)
    return with_workouts(plan, changed)


def _warn_of_race(plan: Plan, happened: Happenings, log: Log) -> None:
    race = next((one for one in plan.workouts if one.kind is WorkoutKind.RACE and one.day >= happened.today), None)
    if race is None or (race.day - happened.today).days > DAYS_BEFORE_RACE or happened.sparing_on(race.day) is None:
        return
    if all((change.rule, change.workout_id) != (RACE_AT_RISK, race.workout_id) for change in plan.changes):
        log.add(
            RACE_AT_RISK,
            f"{name_of(race)} is near and something still holds you back; start only if you are well.",
            race,
        )


def _brought_back(plan: Plan, happened: Happenings, log: Log) -> Plan:
    for workout in plan.workouts:
        if workout.was is None or workout.rule not in {INJURY, ILLNESS} or workout.day < happened.today:
            continue
        days = (workout.day - dt.timedelta(days=back) for back in range(DAYS_AFTER_SPARING + 1))
        if workout.status is not WorkoutStatus.PLANNED or any(happened.sparing_on(day) for day in days):
            continue
        before = lengthened_to(dataclasses.replace(workout.was, day=workout.day), workout.duration_s)
        restored = with_workouts(plan, [before])
        if hard_day_breaches(restored) <= hard_day_breaches(plan):
            plan = restored
            log.add(RECOVERED, f"{name_of(before)} is back, as nothing stands against it any more.", before)
    return plan


def _eased(plan: Plan, happened: Happenings, log: Log) -> Plan:
    """One session at a time: while one that was eased lies ahead, the next is left as it is."""
    if any(one.rule in _EASED and one.was is not None and one.day >= happened.today for one in plan.workouts):
        return plan
    following = next((one for one in _ahead(plan, happened.today) if one.is_hard), None)
    if following is None:
        return plan
    rule = _reason_to_ease(plan, happened, following)
    return plan if rule is None else with_workouts(plan, [_turned(following, rule, Easy.of(plan), log)])


def _reason_to_ease(plan: Plan, happened: Happenings, following: Workout) -> str | None:
    if happened.light is Light.RED:
        return READINESS
    if happened.form is not None and happened.form < LOWEST_FORM:
        return FORM
    if happened.acute_chronic_ratio is not None and happened.acute_chronic_ratio > HIGHEST_ACUTE_CHRONIC:
        return ACUTE_CHRONIC
    return HARDER if _ran_harder(plan, happened, following) else None


def _ran_harder(plan: Plan, happened: Happenings, following: Workout) -> bool:
    meant_hard = {workout.activity_id for workout in plan.workouts if workout.is_hard}
    return any(
        run.was_hard and 0 < (following.day - run.day).days <= DAYS_AFTER_HARDER and run.day <= happened.today
        for run in happened.runs
        if run.activity_id not in meant_hard
    )


def _turned(workout: Workout, rule: str, easy: Easy, log: Log) -> Workout:
    sentence = f"{name_of(workout)} is an easy run now: {_WHY[rule]}."
    log.add(rule, sentence, workout)
    return easy.instead_of(workout, rule, sentence)
