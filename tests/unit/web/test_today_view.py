"""What the page that a runner comes home to makes of advice, readiness, the week and notes."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.web.measures import Measures
from gateway.web.memory import Remembered
from gateway.web.moments import Moments
from gateway.web.today_view import Advice, Note, Readiness, WeekSoFar
from tests.unit.web.fitness import fitness, reason
from tests.unit.web.insights import advice, memory, note

# A Friday.
MOMENTS = Moments(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), "Europe/Berlin")
KM = Measures()


def test_what_to_do_stands_apart_from_why_with_each_number_underlined():
    shown = Advice.of(advice())
    assert shown.headline.striptags().startswith("An easy run of 30:00")
    assert '<span class="fact" tabindex="0">30:00<' in shown.headline
    assert shown.reasons[0] == "You noted an injury."
    assert '<span class="fact" tabindex="0">-31<' in shown.reasons[1]


def test_advice_without_reasons_is_said_whole():
    shown = Advice.of(advice(text="Today: rest.", reasons=[], facts=[], marks=[]))
    assert (shown.headline, shown.reasons) == ("Rest.", ())


def test_nothing_in_advice_can_be_markup():
    assert Advice.of(advice(text="<b>", reasons=[], marks=[])).headline == "&lt;b&gt;"


def test_readiness_tells_signals_that_speak_from_those_that_are_not_known():
    shown = Readiness.of(fitness()["readiness"])
    assert shown.word == "Take care"
    [spoken] = shown.reasons
    # 18,900 s and 26,500 s.
    assert (spoken.signal, str(spoken.now), str(spoken.usual)) == ("Sleep", "5:15 h", "7:22 h")
    [silent] = shown.silent
    assert (silent.signal, str(silent.now)) == ("Load of three days", "")


@pytest.mark.parametrize(("light", "word"), [("green", "Ready"), ("red", "Recover"), ("unknown", "Not known yet")])
def test_each_light_has_its_word(light, word):
    assert Readiness.of({"light": light, "reasons": [reason("sleepShort", "amber")]}).word == word


def test_the_week_so_far_is_the_calendar_week_beside_what_is_planned():
    week = WeekSoFar.of(fitness()["weeks"], KM, MOMENTS, planned_m=40_000.0)
    assert week is not None
    assert (week.first_day, str(week.distance), str(week.planned), week.done_pct) == (
        "16 November", "10.0 km", "40 km", 25,
    )  # fmt: skip
    unplanned = WeekSoFar.of(fitness()["weeks"], KM, MOMENTS, planned_m=None)
    assert unplanned is not None
    assert not unplanned.planned
    assert WeekSoFar.of([], KM, MOMENTS, planned_m=None) is None


@pytest.mark.parametrize(
    ("first", "last", "days", "over_on"),
    [
        ("2026-11-10", None, "since 10 November", "2026-11-19"),
        ("2026-11-20", None, "since 20 November", "2026-11-19"),
        ("2026-11-10", "2026-12-01", "10 November to 1 December", "2026-11-19"),
        ("2026-12-13", "2026-12-13", "13 December", None),
        ("2027-01-02", None, "from 2 January 2027", None),
    ],
)
def test_a_note_says_its_days_and_can_be_over_once_it_has_begun(first, last, days, over_on):
    shown = Note.of(note(**{"from": first, "to": last}), MOMENTS)
    assert (shown.kind, shown.days, shown.over_on) == ("Injury", days, over_on)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(None, None, ""), ("2026-03-01", "2026-03-20", "1 March to 20 March"), ("2026-03-01", "2026-03-01", "1 March")],
)
def test_a_memory_says_the_days_it_is_about(first, last, days):
    assert Remembered.of(memory(**{"from": first, "to": last}), MOMENTS).days == days
