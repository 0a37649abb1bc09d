"""Which advice a day gets: rules in order, the first that fits decides, and every other that speaks is named too."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.fitness.models import Light, Now, Readiness
from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from services.coach_agent.domain.insights.next_run import Session
from services.coach_agent.domain.plans.models import Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.rules import HIGHEST_ACUTE_CHRONIC, LOWEST_FORM

SPARED_S = 1800.0
ROUNDING_S = 300.0


class Rule(enum.StrEnum):
    ILLNESS = "daily.illness"
    INJURY = "daily.injury"
    RACE = "daily.race"
    READINESS_RED = "daily.readinessRed"
    FORM_LOW = "daily.formLow"
    LOAD_RISING = "daily.loadRising"
    DONE = "daily.done"
    PLANNED = "daily.planned"
    TRAVEL = "daily.travel"
    SUGGESTED = "daily.suggested"
    READINESS_AMBER = "daily.readinessAmber"


SENTENCES = {
    Rule.ILLNESS: "You noted an illness, and nothing is gained by training through one.",
    Rule.INJURY: "You noted an injury: nothing hard until you close that note, and stop at the first pain.",
    Rule.RACE: "It is the day of the race you noted.",
    Rule.READINESS_RED: "Your readiness is red today.",
    Rule.FORM_LOW: "Your form is {form}, below the {form.floor} from which a hard day costs more than it gives.",
    Rule.LOAD_RISING: "Your last week is {acuteChronicRatio} times your usual load, above {acuteChronicRatio.ceiling}.",
    Rule.DONE: "The session of your plan for this day is done.",
    Rule.PLANNED: "It is what your plan holds for this day.",
    Rule.TRAVEL: "You noted a journey, so it is kept short.",
    Rule.SUGGESTED: "You have no plan for this day; it follows from your last runs.",
    Rule.READINESS_AMBER: "Your readiness is amber: go by feel, and cut it short if it does not come easily.",
}
# While one of these speaks, nothing hard is advised.
_SPARING = (Rule.INJURY, Rule.READINESS_RED, Rule.FORM_LOW, Rule.LOAD_RISING)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known on ``day``. ``suggestion`` is what the last runs alone would lead to, None without runs."""

    day: dt.date
    notes: Sequence[ContextNote]
    readiness: Readiness
    now: Now | None
    workout: Workout | None
    suggestion: Session | None

    def noted(self, kind: NoteKind) -> bool:
        return any(note.kind is kind for note in self.notes)


@dataclass(frozen=True, slots=True)
class Decision:
    """``rules`` begin with the one that decided. ``duration_s`` is None for a rest day and for a race."""

    advice: WorkoutKind
    duration_s: float | None
    rules: tuple[Rule, ...]
    workout: Workout | None = None


def decide(situation: Situation) -> Decision | None:
    """The advice of the day; None when there is neither a plan nor a run nor a note to go by."""
    limits = tuple(_limits(situation))
    if Rule.ILLNESS in limits:
        return Decision(WorkoutKind.REST, None, limits)
    if Rule.RACE in limits and Rule.INJURY not in limits:
        return Decision(WorkoutKind.RACE, None, limits)
    meant = _meant(situation)
    if meant is not None:
        return _held_back(meant, limits)
    return Decision(WorkoutKind.REST, None, limits) if Rule.INJURY in limits else None


def _held_back(meant: Decision, limits: tuple[Rule, ...]) -> Decision:
    """What was meant, as far as the day allows it."""
    if meant.advice is WorkoutKind.REST:
        return dataclasses.replace(meant, duration_s=None, rules=(*meant.rules, *limits))
    if _is_demanding(meant) and any(rule in _SPARING for rule in limits):
        return _spared(meant, limits)
    if Rule.TRAVEL in limits:
        return _spared(meant, (Rule.TRAVEL, *(rule for rule in limits if rule is not Rule.TRAVEL)))
    return dataclasses.replace(meant, rules=(*meant.rules, *limits))


def _spared(meant: Decision, limits: tuple[Rule, ...]) -> Decision:
    """Half as long, half an hour at least, and nothing but easy."""
    whole_s = meant.duration_s or SPARED_S
    advice = WorkoutKind.EASY if _is_demanding(meant) else meant.advice
    half_s = ROUNDING_S * round(whole_s / 2 / ROUNDING_S)
    return Decision(advice, min(whole_s, max(SPARED_S, half_s)), (*limits, *meant.rules), meant.workout)


def _limits(situation: Situation) -> list[Rule]:
    """The rules that hold back, in the order of their weight."""
    now, light = situation.now, situation.readiness.light
    ratio = None if now is None else now.acute_chronic_ratio
    speaks = {
        Rule.ILLNESS: situation.noted(NoteKind.ILLNESS),
        Rule.INJURY: situation.noted(NoteKind.INJURY),
        Rule.RACE: situation.noted(NoteKind.RACE),
        Rule.READINESS_RED: light is Light.RED,
        Rule.FORM_LOW: now is not None and now.form is not None and now.form < LOWEST_FORM,
        Rule.LOAD_RISING: ratio is not None and ratio > HIGHEST_ACUTE_CHRONIC,
        Rule.TRAVEL: situation.noted(NoteKind.TRAVEL),
        Rule.READINESS_AMBER: light is Light.AMBER,
    }
    return [rule for rule, holds in speaks.items() if holds]


def _meant(situation: Situation) -> Decision | None:
    """What the plan, or without one the last runs, would have the runner do."""
    workout, suggestion = situation.workout, situation.suggestion
    if workout is not None:
        done = workout.status is WorkoutStatus.DONE
        rule = Rule.DONE if done else Rule.PLANNED
        return Decision(WorkoutKind.REST if done else workout.kind, workout.duration_s or None, (rule,), workout)
    if suggestion is None:
        return None
    return Decision(WorkoutKind(suggestion.type.value), suggestion.duration_s, (Rule.SUGGESTED,))


def _is_demanding(decision: Decision) -> bool:
    return decision.advice in {WorkoutKind.TEMPO, WorkoutKind.INTERVALS, WorkoutKind.RACE, WorkoutKind.LONG}
