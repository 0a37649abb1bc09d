"""What is remembered follows from the runs and notes, in words whose figures were worked out by hand."""

from __future__ import annotations

import datetime as dt
import uuid

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.insights.conclusions import conclude
from services.coach_agent.domain.insights.models import ContextNote, Memory, NoteKind
from services.coach_agent.domain.insights.phases import phases_of
from tests.unit.coach_agent.fitness.histories import Done
from tests.unit.coach_agent.fitness.histories import history as history_of
from tests.unit.coach_agent.runs import TODAY

ADA = uuid.UUID("0199f3a0-0000-7000-8000-000000000000")
MONDAY = dt.date(2026, 6, 1)


def weekly(first: dt.date, weeks: int, *weekdays: int) -> list[dt.date]:
    return [first + dt.timedelta(weeks=week, days=day) for week in range(weeks) for day in weekdays]


def history(days: list[dt.date], *, metres: float = 10_000.0, minutes: float = 50.0) -> History:
    """A run of one length on each of ``days``."""
    return history_of(*(run(day, metres, minutes) for day in days))


def run(day: dt.date, metres: float, minutes: float) -> Done:
    return Done((TODAY - day).days, minutes=minutes, speed_m_per_s=metres / minutes / 60.0)


def texts(memories: tuple[Memory, ...], kind: str) -> list[str]:
    return [memory.text for memory in memories if memory.kind == kind]


def note(kind: NoteKind, first: dt.date, last: dt.date | None = None) -> ContextNote:
    return ContextNote(uuid.uuid4(), kind, "private words", first, last, dt.datetime(2026, 11, 1, tzinfo=dt.UTC))


def test_nothing_is_concluded_of_nobody():
    assert conclude(ADA, history([]), (), units=Units.KILOMETRES, today=TODAY) == ()


def test_a_change_of_volume_begins_a_phase_and_three_weeks_off_are_a_break():
    days = weekly(MONDAY, 8, 1, 3, 5) + weekly(MONDAY + dt.timedelta(weeks=8), 4, 1, 5)
    back = MONDAY + dt.timedelta(weeks=15)
    days += weekly(back, 4, 1, 5)
    found = phases_of(history(days), back + dt.timedelta(weeks=4, days=2))
    assert [(p.first_day, p.last_day, p.weekly_distance_m) for p in found] == [
        (MONDAY, dt.date(2026, 7, 26), 30_000.0),
        (dt.date(2026, 7, 27), dt.date(2026, 8, 23), 20_000.0),
        (dt.date(2026, 8, 24), dt.date(2026, 9, 13), 0.0),
        (back, dt.date(2026, 10, 11), 20_000.0),
    ]


def test_two_weeks_off_are_no_break_and_the_running_week_is_left_out():
    days = weekly(MONDAY, 4, 2) + weekly(MONDAY + dt.timedelta(weeks=6), 2, 2)
    found = phases_of(history(days), MONDAY + dt.timedelta(weeks=7, days=3))
    assert [(p.first_day, p.last_day) for p in found] == [(MONDAY, dt.date(2026, 7, 19))]
    assert not found[0].is_break


def test_phases_are_told_in_the_runners_units():
    days = weekly(MONDAY, 4, 1, 3)
    today = MONDAY + dt.timedelta(weeks=4)
    said = conclude(ADA, history(days), (), units=Units.MILES, today=today)
    assert texts(said, "phase") == ["From 1 June 2026 to 28 June 2026 you ran about 12.43 mi a week."]


def test_habits_are_of_the_last_twelve_weeks():
    first = dt.date(2026, 8, 31)
    days = [*weekly(first, 11, 1, 5), dt.date(2026, 11, 17)]
    said = conclude(ADA, history(days, minutes=45.0), (), units=Units.KILOMETRES, today=TODAY)
    assert texts(said, "habit") == [
        "You run about 1.9 times a week, mostly on Tuesdays and Saturdays, for 45:00 at a time."
    ]


def test_too_few_runs_are_no_habit():
    said = conclude(ADA, history(weekly(dt.date(2026, 9, 7), 10, 1)), (), units=Units.KILOMETRES, today=TODAY)
    assert texts(said, "habit") == []


def test_notes_are_remembered_without_their_words():
    notes = (
        note(NoteKind.INJURY, dt.date(2026, 9, 1), dt.date(2026, 9, 20)),
        note(NoteKind.ILLNESS, dt.date(2026, 11, 18)),
        note(NoteKind.RACE, dt.date(2026, 10, 4)),
        note(NoteKind.RACE, dt.date(2026, 12, 6)),
        note(NoteKind.TRAVEL, dt.date(2026, 10, 20)),
    )
    race = dt.date(2026, 10, 4)
    ran = history_of(run(race, 2000.0, 12.0), run(race, 21_180.0, 105.0))
    said = conclude(ADA, ran, notes, units=Units.KILOMETRES, today=TODAY)
    assert texts(said, "injury") == ["You had an injury from 1 September 2026 to 20 September 2026."]
    assert texts(said, "illness") == ["You noted an illness on 18 November 2026, and it is still open."]
    assert texts(said, "race") == ["You raced on 4 October 2026: 21.18 km in 1:45:00."]
    assert not any("private" in memory.text for memory in said)


def test_the_same_conclusion_keeps_its_id_while_its_figures_grow():
    before = conclude(ADA, history(weekly(MONDAY, 4, 1)), (), units=Units.KILOMETRES, today=MONDAY + dt.timedelta(28))
    after = conclude(ADA, history(weekly(MONDAY, 6, 1)), (), units=Units.KILOMETRES, today=MONDAY + dt.timedelta(42))
    assert [m.memory_id for m in before if m.kind == "phase"] == [m.memory_id for m in after if m.kind == "phase"]
    assert texts(before, "phase") != texts(after, "phase")
