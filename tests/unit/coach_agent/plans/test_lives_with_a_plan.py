"""Whatever happens to a runner, their plan keeps to the rules, and taking in the same twice changes nothing."""

from __future__ import annotations

import datetime as dt
import uuid

import numpy as np
import pytest

from services.coach_agent.domain.facts import unverified_numbers
from services.coach_agent.domain.fitness.models import Light
from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from services.coach_agent.domain.plans.ability import LEAST_WEEK_S, Ability
from services.coach_agent.domain.plans.adapting import adapt
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.happenings import Happenings, Ran
from services.coach_agent.domain.plans.models import Plan
from services.coach_agent.domain.plans.moving import moved
from shared.errors import ValidationFailed
from tests.unit.coach_agent.plans.rulebook import Columns, hard_days, shares
from tests.unit.coach_agent.plans.runners import MADE_AT, draw, frame

LIVES, PARTS = 64, 4
EASED = {"readiness", "form", "acuteChronic", "harderThanMeant"}


class Life:
    """A runner who follows their plan more or less, falls ill, gets hurt, and runs too hard, all by a seed."""

    def __init__(self, seed: int, plan: Plan, ability: Ability) -> None:
        self.rng = np.random.default_rng(seed)
        self.plan = plan
        self.easy_m_per_s = ability.easy_m_per_s
        self.discipline = self.rng.uniform(0.2, 1.0)
        self.runs = [
            Ran(self._id(), plan.first_day - dt.timedelta(days=7 * week + 3), ability.week_s, ability.week_m, None)
            for week in range(3)
        ]
        self.notes: list[ContextNote] = []

    def day(self, today: dt.date) -> Happenings:
        """What there is to know in the night to ``today``."""
        self._run(today - dt.timedelta(days=1))
        self._note(today)
        worst = self.rng.random()
        return Happenings(
            today=today,
            runs=tuple(self.runs),
            notes=tuple(note for note in self.notes if note.last_day is None or (today - note.last_day).days <= 2),
            form=-35.0 if worst < 0.1 else 0.0,
            acute_chronic_ratio=1.6 if 0.1 < worst < 0.2 else 1.0,
            light=Light.RED if 0.2 < worst < 0.3 else Light.GREEN,
        )

    def _run(self, day: dt.date) -> None:
        session = self.plan.on(day)
        wanted = session is not None and session.is_run
        if self.rng.random() > (self.discipline if wanted else 0.1):
            return
        seconds = session.duration_s * self.rng.uniform(0.7, 1.1) if wanted and session else 1800.0
        speed = self.easy_m_per_s * self.rng.uniform(0.9, 1.15)
        above = float(self.rng.choice([0.1, 0.6])) * seconds
        self.runs.append(Ran(self._id(), day, seconds, seconds * speed, above))

    def _note(self, today: dt.date) -> None:
        if self.rng.random() > 0.04:
            return
        kind = NoteKind(self.rng.choice(["injury", "illness", "travel"]))
        last = None if self.rng.random() < 0.2 else today + dt.timedelta(days=int(self.rng.integers(0, 12)))
        self.notes = [*self.notes[-1:], ContextNote(self._id(), kind, "sore", today, last, MADE_AT)]

    def _id(self) -> uuid.UUID:
        return uuid.UUID(bytes=self.rng.bytes(16))


@pytest.mark.parametrize("part", range(PARTS))
def test_no_rule_is_broken_on_any_day_of_any_life(part: int):
    changed: set[str] = set()
    for seed in range(part, LIVES, PARTS):
        goal, ability, today = draw(seed)
        try:
            plan = compile_plan(goal, ability, frame(today))
        except ValidationFailed:
            continue
        life = Life(seed, plan, ability)
        day = plan.first_day
        while day <= plan.last_day:
            happened = life.day(day)
            before, now = life.plan, MADE_AT + (day - today)
            life.plan = adapt(before, happened, now=now)
            assert adapt(life.plan, happened, now=now) == life.plan, (seed, day)
            assert broken(life, happened) == [], (seed, day)
            assert not_eased(before, life.plan, happened) is None, (seed, day)
            life.plan = _moved_somewhere(life, day)
            day += dt.timedelta(days=int(life.rng.integers(1, 5)))
        changed |= {change.rule for change in life.plan.changes}
        assert [c.sentence for c in life.plan.changes if unverified_numbers(c.sentence, ())] == []
    assert changed > EASED | {"missed", "growth", "moved"}
    assert changed & {"injury", "illness", "recovered"}


def _moved_somewhere(life: Life, today: dt.date) -> Plan:
    """The runner tries to move a session of the week."""
    week = next((w for w in life.plan.weeks if w.first_day <= today < w.first_day + dt.timedelta(days=7)), None)
    runs = [one for one in week.workouts if one.is_run] if week else []
    if not week or not runs or life.rng.random() > 0.2:
        return life.plan
    workout = runs[int(life.rng.integers(len(runs)))]
    to = week.first_day + dt.timedelta(days=int(life.rng.integers(0, 7)))
    try:
        return moved(life.plan, workout.workout_id, to, today=today, now=MADE_AT)
    except ValidationFailed:
        return life.plan


def broken(life: Life, happened: Happenings) -> list[str]:
    plan, c = life.plan, Columns(life.plan)
    scaled = "growth" in {change.rule for change in plan.changes}
    found = [*shares(c, plan), *hard_days(c), *_growth(life, c, happened)]
    week_min, week_m = c.minutes.sum(axis=1), c.metres.sum(axis=1)
    lighter = (np.arange(len(week_min)) % 4 == 3) & ~c.race.any(axis=1)
    for volume in (week_min, week_m):
        left = np.concatenate(([0.75], volume[1:] / volume[:-1]))
        found += [f"week {i} is not lighter" for i in np.flatnonzero(lighter & (left > 0.8))]
        found += [f"week {i} is too light" for i in np.flatnonzero(lighter & (left < 0.7)) if not scaled]
    spared = (n for n in happened.notes if n.kind is not NoteKind.TRAVEL)
    days = {one.day for n in spared for one in plan.workouts if n.holds_on(one.day) and one.day >= happened.today}
    hard = {
        one.day for one in plan.workouts if one.kind.value in {"tempo", "intervals"} and one.status.value == "planned"
    }
    return found + [f"hard on {day} in spite of a note" for day in sorted(days & hard)]


def _growth(life: Life, c: Columns, happened: Happenings) -> list[str]:
    """Weeks to come against the three before each: run where they are over, as planned where they are to come."""
    found, plan = [], life.plan
    first, least_m = plan.weeks[0].first_day, LEAST_WEEK_S * life.easy_m_per_s
    for name, daily, least in (("time", c.minutes, LEAST_WEEK_S / 60), ("distance", c.metres, least_m)):
        volume = {}
        for back in (3, 2, 1):
            volume[-back] = _run_in(happened, first - dt.timedelta(weeks=back), name)
        for number, week in enumerate(plan.weeks):
            if week.first_day >= happened.today:
                allowed = 1.1 * max(least, *(volume[number - back] for back in (1, 2, 3)))
                if daily[number].sum() > 1.0001 * allowed:
                    found.append(f"week {number} grows in {name} to {daily[number].sum():.0f} over {allowed:.0f}")
                volume[number] = daily[number].sum()
            else:
                days = [first + dt.timedelta(days=7 * number + day) for day in range(7)]
                ahead = [
                    daily[number, i]
                    for i, day in enumerate(days)
                    if day >= happened.today and plan.on(day).status.value == "planned"
                ]
                volume[number] = _run_in(happened, week.first_day, name) + sum(ahead)
    return found


def _run_in(happened: Happenings, monday: dt.date, name: str) -> float:
    runs = [run for run in happened.runs if 0 <= (run.day - monday).days < 7]
    return sum(run.moving_s / 60 if name == "time" else run.distance_m for run in runs)


def not_eased(before: Plan, after: Plan, happened: Happenings) -> dt.date | None:
    """The next hard session, where a sign of fatigue says that it should be easy and it is not."""
    tired = happened.form < -30 or happened.acute_chronic_ratio > 1.5 or happened.light is Light.RED
    if not tired or any(one.rule in EASED and one.was and one.day >= happened.today for one in before.workouts):
        return None
    done = {one.day for one in after.workouts if one.status.value != "planned"}
    hard = [
        one.day
        for one in before.workouts
        if one.kind.value in {"tempo", "intervals"} and one.day >= happened.today and one.day not in done
    ]
    following = min(hard, default=None)
    return following if following is not None and after.on(following).is_hard else None
