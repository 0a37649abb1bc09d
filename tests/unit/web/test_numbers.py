"""Numbers stand out with their source; nothing in an answer becomes markup."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.web.numbers import Fact, find_marks, given_marks, name_of, underlined


def fact(label: str, text: str, kind: str = "activity") -> Fact:
    return Fact.of({"id": label, "label": label, "text": text, "source": {"kind": kind, "id": "x"}})


def shown(text: str, *facts: Fact) -> str:
    return str(underlined(text, 0, find_marks(text, facts)))


def found(text: str, *facts: Fact) -> list[tuple[str, str]]:
    return [(text[mark.start : mark.end], mark.fact.fact_id) for mark in find_marks(text, facts)]


def test_each_fact_is_found_where_it_stands():
    text = "10.02 km in 52:01, at 5:11 /km."
    facts = fact("pace", "5:11 /km"), fact("distance", "10.02 km"), fact("duration", "52:01")
    assert found(text, *facts) == [("10.02 km", "distance"), ("52:01", "duration"), ("5:11 /km", "pace")]


def test_a_part_of_a_longer_number_is_not_a_fact():
    assert found("1:52:01 and 52:013 and 152:01", fact("duration", "52:01")) == []
    assert found("59, 159, 59.5, 59 and 59.", fact("load", "59")) == [("59", "load")] * 3


def test_the_longer_fact_wins_where_two_begin_alike():
    assert found("5:11 /km", fact("time", "5:11"), fact("pace", "5:11 /km")) == [("5:11 /km", "pace")]


def test_a_fact_without_a_digit_is_never_searched_for():
    assert found("none and e", fact("word", "none"), fact("letter", "e"), fact("empty", "")) == []


def test_marks_that_came_with_the_answer_are_taken_as_given():
    text = "52:01 and 52:01"
    facts = [fact("duration", "52:01"), fact("movingTime", "52:01")]
    items = [
        {"start": 10, "end": 15, "factId": "movingTime"},
        {"start": 0, "end": 5, "factId": "duration"},
        {"start": 3, "end": 12, "factId": "duration"},
        {"start": 14, "end": 99, "factId": "duration"},
        {"start": 0, "end": 5, "factId": "nobody"},
    ]
    marks = given_marks(items, text, facts)
    assert [(mark.start, mark.end, mark.fact.fact_id) for mark in marks] == [(0, 5, "duration"), (10, 15, "movingTime")]


def test_the_source_is_said_with_the_number():
    page = shown("Below 152 bpm.", fact("easyCeiling", "152 bpm", "athlete"))
    assert 'tabindex="0"' in page
    assert "Easy ceiling" in page
    assert "from your profile" in page


def test_hostile_text_and_facts_stay_text():
    attack = '<img src=x onerror=alert(1)>" 7'
    page = shown(f"<script>alert(1)</script> {attack} & done", fact('x"><script>', attack, '"><b>'))
    assert re.findall(r"<[^>]+>", page) == [
        '<span class="fact" tabindex="0">',
        '<span class="fact-note" role="note">',
        '<span class="fact-name">',
        "</span>",
        "</span>",
        "</span>",
    ]


@given(st.text(), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_the_text_itself_is_never_changed(text: str, facts: list[str]):
    page = shown(text, *(fact(f"f{i}", value) for i, value in enumerate(facts)))
    without_notes = re.sub(r'<span class="fact-note".*?</span>[^<]*</span>', "", page, flags=re.DOTALL)
    assert html.unescape(re.sub(r"<[^>]+>", "", without_notes)) == text


def test_labels_read_as_words():
    assert name_of("averageHeartRate") == "Average heart rate"
    assert name_of("timeInZone1") == "Time in zone 1"
    assert name_of("fastest5Km") == "Fastest 5 km"
    assert name_of("pace.previous") == "Pace of the run before"
    assert name_of("distance.2026-11-18") == "Distance (2026-11-18)"
