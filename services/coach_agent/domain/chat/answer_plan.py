"""Answers about the training plan: what it holds for a day or a week, and what is asked about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, observations
from services.coach_agent.domain.chat.intent import Intent, Span
from services.coach_agent.domain.chat.periods import week_of
from services.coach_agent.domain.chat.race_names import said
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind, join, unverified_numbers
from services.coach_agent.domain.plans.models import Plan, PlanWeek, StepKind, Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.service import Plans
from shared.errors import NotFound

_PLAN = Source(SourceKind.PLAN, "active")
NAMES = {
    WorkoutKind.EASY: "easy run", WorkoutKind.RECOVERY: "recovery run", WorkoutKind.LONG: "long run",
    WorkoutKind.TEMPO: "tempo run", WorkoutKind.INTERVALS: "intervals", WorkoutKind.STRIDES: "easy run with strides",
    WorkoutKind.RACE: "the race", WorkoutKind.REST: "rest",
}  # fmt: skip
# What is asked for when somebody asks when the next one is, by the topic of the intent.
NEXT_KINDS = {
    "long run": frozenset({WorkoutKind.LONG}), "tempo": frozenset({WorkoutKind.TEMPO}),
    "intervals": frozenset({WorkoutKind.INTERVALS}), "rest": frozenset({WorkoutKind.REST}),
    "hard": frozenset({WorkoutKind.TEMPO, WorkoutKind.INTERVALS, WorkoutKind.RACE}),
}  # fmt: skip
_TARGET_HOLDS = {
    WorkoutKind.TEMPO: "in the hard part", WorkoutKind.INTERVALS: "in the hard part",
    WorkoutKind.STRIDES: "between the strides",
}  # fmt: skip
_DONE = {WorkoutStatus.DONE: ", done", WorkoutStatus.MISSED: ", missed", WorkoutStatus.SKIPPED: ", skipped"}
NO_PLAN = "There is no active plan. Say for which race and when, or that you want general fitness, and I make one."
SUGGESTIONS = ("What should I run tomorrow?", "What is on my plan next week?", "How many weeks until my race?")


@dataclass(frozen=True, slots=True)
class PlanAnswers:
    plans: Plans

    async def planned(self, inquiry: Inquiry) -> Answer:
        """A day of the plan, a week of it, or what is asked about it."""
        try:
            plan = (await self.plans.current(inquiry.runner)).plan
        except NotFound:
            return no_plan()
        return about_plan(inquiry.book(), plan, inquiry.intent, inquiry.today)


def about_plan(book: FactBook, plan: Plan, intent: Intent, today: dt.date) -> Answer:
    """What is asked about a plan; without anything said, the week of today."""
    if intent.topic == "race" and plan.goal.race_day is not None:
        return _race(book, plan, today)
    if intent.topic == "changes":
        return _changes(book, plan)
    if intent.topic == "phase":
        return _phase(book, plan, today)
    if intent.topic in NEXT_KINDS:
        return _next(book, plan, NEXT_KINDS[intent.topic], today)
    if intent.day is not None and intent.span is None:
        return _day(book, plan, intent.day, today)
    return _week(book, plan, intent.span or week_of(today))


def no_plan() -> Answer:
    return Answer(
        Passage((NO_PLAN,)), Passage(), (),
        suggestions=("Make me a plan for a half marathon", "What should I run tomorrow?"),
    )  # fmt: skip


def plan_sentence(sentence: str) -> str:
    """A sentence of the plan, left out where it holds a number that is no fact here."""
    return "" if unverified_numbers(sentence, ()) else sentence.replace("{", "(").replace("}", ")")


def _add_workout(book: FactBook, workout: Workout, suffix: str) -> None:
    source = Source(SourceKind.PLAN, str(workout.workout_id))
    book.date(f"date{suffix}", workout.day, source)
    if workout.kind is not WorkoutKind.REST:
        book.duration(f"sessionDuration{suffix}", workout.duration_s, source)
        book.distance(f"sessionDistance{suffix}", workout.distance_m, source)


def _line(workout: Workout, today: dt.date) -> str:
    when = "Today" if workout.day == today else "{date}"
    if workout.kind is WorkoutKind.REST:
        return f"{when}: rest."
    done = _DONE.get(workout.status, "")
    return f"{when}: {NAMES[workout.kind]}, {{sessionDuration}} or about {{sessionDistance}}{done}."


def targets(book: FactBook, workout: Workout) -> str:
    """The target of the work in a hard session, else that of the easy running; strides are short and have none."""
    source = Source(SourceKind.PLAN, str(workout.workout_id))
    steps = [
        step for block in workout.blocks for step in block.steps if (step.kind is StepKind.WORK) is workout.is_hard
    ]
    target = steps[0].target if steps else None
    if target is None or target.low is None or target.high is None:
        return ""
    where = _TARGET_HOLDS.get(workout.kind, "throughout")
    if target.kind.value == "pace":
        book.pace("sessionPaceFast", target.low, source)
        book.pace("sessionPaceSlow", target.high, source)
        return f"The pace {where} is {{sessionPaceFast}} to {{sessionPaceSlow}}."
    book.heart_rate("sessionHeartRateLow", target.low, source)
    book.heart_rate("sessionHeartRateHigh", target.high, source)
    return f"The heart rate {where} is {{sessionHeartRateLow}} to {{sessionHeartRateHigh}}."


def _day(book: FactBook, plan: Plan, day: dt.date, today: dt.date) -> Answer:
    workout = plan.on(day)
    if workout is None:
        book.date("date", day, _PLAN)
        return Answer(
            book.compose("Your plan holds nothing for {date}."), Passage(), book.facts, suggestions=SUGGESTIONS
        )
    _add_workout(book, workout, "")
    lines = [_line(workout, today), plan_sentence(workout.reason), targets(book, workout)]
    return Answer(observations(book, lines), Passage(), book.facts, suggestions=SUGGESTIONS)


def _next(book: FactBook, plan: Plan, kinds: frozenset[WorkoutKind], today: dt.date) -> Answer:
    """The next session of these kinds that is still to be done."""
    ahead = (one for one in plan.workouts if one.day >= today and one.status is WorkoutStatus.PLANNED)
    following = next((one for one in ahead if one.kind in kinds), None)
    if following is None:
        return Answer(Passage(("Your plan holds no more of these.",)), Passage(), (), suggestions=SUGGESTIONS)
    return _day(book, plan, following.day, today)


def _week(book: FactBook, plan: Plan, span: Span) -> Answer:
    weeks = [
        week
        for week in plan.weeks
        if span.first <= week.first_day <= span.last or week.first_day <= span.first <= week.first_day + dt.timedelta(6)
    ]
    early = span.last < plan.first_day
    if not weeks and not early:
        return Answer(Passage(("Your plan does not reach that far.",)), Passage(), (), suggestions=SUGGESTIONS)
    week = plan.weeks[0] if early else weeks[0]
    book.distance("distance.plan", week.distance_m, _PLAN)
    book.duration("duration.plan", week.duration_s, _PLAN)
    book.date("date.week", week.first_day, _PLAN)
    opening = book.compose(
        f"{'Your plan begins with the' if early else 'The'} week from {{date.week}}, {week.phase.value} phase: "
        f"{{distance.plan}} in {{duration.plan}}."
    )
    lines = week_lines(book, week)
    return Answer(
        join((opening, join((book.compose(f"- {line}") for line in lines), "\n")), "\n"),
        book.compose(plan_sentence(week.reason)),
        book.facts,
        suggestions=SUGGESTIONS,
    )


def week_lines(book: FactBook, week: PlanWeek) -> list[str]:
    """A line for each session of a week."""
    return [_listed(book, workout) for workout in week.workouts if workout.is_run]


def _listed(book: FactBook, workout: Workout) -> str:
    suffix = f".{workout.day}"
    _add_workout(book, workout, suffix)
    return (
        f"{workout.day:%A}, {{date{suffix}}}: {NAMES[workout.kind]}, "
        f"{{sessionDuration{suffix}}}{_DONE.get(workout.status, '')}."
    )


def _race(book: FactBook, plan: Plan, today: dt.date) -> Answer:
    assert plan.goal.race_day is not None
    days = max(0, (plan.goal.race_day - today).days)
    book.count("daysToRace", days, _PLAN)
    book.count("weeksToRace", days // 7, _PLAN)
    book.date("raceDate", plan.goal.race_day, _PLAN)
    name = said(book, plan.goal.distance_m) if plan.goal.distance_m else "race"
    text = f"{{weeksToRace}} full weeks, {{daysToRace}} days in all, until your {name} on {{raceDate}}."
    return Answer(book.compose(text), Passage(), book.facts, suggestions=SUGGESTIONS[:2])


def _changes(book: FactBook, plan: Plan) -> Answer:
    sentences = [text for change in plan.changes[-3:] if (text := plan_sentence(change.sentence))]
    if not sentences:
        return Answer(
            Passage(("Nothing in your plan has been changed since it was made.",)),
            Passage(),
            (),
            suggestions=SUGGESTIONS,
        )
    return Answer(observations(book, sentences), Passage(), book.facts, suggestions=SUGGESTIONS)


def _phase(book: FactBook, plan: Plan, today: dt.date) -> Answer:
    week = _week_of(plan.weeks, today)
    if week is None:
        return Answer(Passage(("Today lies outside of your plan.",)), Passage(), (), suggestions=SUGGESTIONS)
    tapering = next((w for w in plan.weeks if w.phase.value == "taper"), None)
    text = f"You are in the {week.phase.value} phase."
    if tapering is not None and tapering.first_day > today:
        book.date("date.taper", tapering.first_day, _PLAN)
        text += " The taper begins on {date.taper}."
    return Answer(book.compose(text), book.compose(plan_sentence(week.reason)), book.facts, suggestions=SUGGESTIONS)


def _week_of(weeks: Sequence[PlanWeek], day: dt.date) -> PlanWeek | None:
    return next((week for week in weeks if week.first_day <= day <= week.first_day + dt.timedelta(6)), None)
