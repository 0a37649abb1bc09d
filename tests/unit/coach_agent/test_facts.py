import datetime as dt

import pytest

from services.coach_agent.domain import units
from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.facts import FactBook, Source, SourceKind, marks, unverified_numbers

SOURCE = Source(SourceKind.ACTIVITY, "a")


def book(in_units=Units.KILOMETRES):
    facts = FactBook(in_units)
    facts.distance("distance", 10_020.0, SOURCE)
    facts.pace("pace", 311.6, SOURCE)
    facts.duration("duration", 3121.0, SOURCE)
    return facts


def test_figures_read_as_the_runner_reads_them():
    assert [fact.text for fact in book().facts] == ["10.02 km", "5:12 /km", "52:01"]
    assert [fact.text for fact in book(Units.MILES).facts] == ["6.23 mi", "8:21 /mi", "52:01"]


@pytest.mark.parametrize(("seconds", "text"), [(59.6, "1:00"), (271, "4:31"), (3599.5, "1:00:00"), (3750, "1:02:30")])
def test_times_round_across_their_borders(seconds, text):
    assert units.clock_text(seconds) == text


def test_a_difference_that_rounds_to_nothing_has_no_sign():
    assert units.percent_text(-0.04, decimals=1) == "0.0 %"
    facts = FactBook(Units.KILOMETRES)
    facts.number("form", -0.4, "load", SOURCE)
    assert facts["form"].text == "0"


def test_a_sentence_takes_its_numbers_from_facts():
    said = book().compose("You covered {distance} at {pace}.")
    assert said.text == "You covered 10.02 km at 5:12 /km."
    assert [fact.label for fact in said.facts] == ["distance", "pace"]
    assert unverified_numbers(said.text, book().facts) == ()


def test_marks_say_where_each_fact_stands():
    said = book().compose("You covered {distance} at {pace}.")
    assert [said.text[mark.start : mark.end] for mark in marks(said)] == ["10.02 km", "5:12 /km"]


def test_an_unknown_slot_is_a_bug_and_not_an_empty_word():
    with pytest.raises(KeyError):
        book().compose("{heartRate}")


def test_braces_in_data_are_never_slots():
    facts = book()
    facts.date("date", dt.date(2026, 11, 18), SOURCE)
    assert facts.compose("On {date} { not a slot }").text == "On 18 November 2026 { not a slot }"


@pytest.mark.parametrize(
    "text",
    [
        "You covered 10.03 km.",
        "It took 52 minutes.",
        "Twelve kilometres.",
        "You ran twice as far.",
        "At ５:12 you ran 6 km",  # noqa: RUF001 - a full-width digit is the point
        "\u0665 kilometres",  # Arabic-Indic five
        "\u00bd of it",
        "\u2167 bouts",
    ],
)
def test_a_number_that_is_no_fact_is_found(text):
    assert unverified_numbers(text, book().facts)


def test_words_that_only_look_like_numbers_pass():
    assert unverified_numbers("In the second half, one of your best; someone often runs.", ()) == ()
