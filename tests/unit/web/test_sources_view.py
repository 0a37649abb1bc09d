"""Whether data is arriving, in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gateway.web.moments import Moments
from gateway.web.sources_view import SourceView
from tests.unit.web.garmin import SOURCES, connected, connection

MOMENTS = Moments(dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC), "Europe/Berlin")
AWAY = {"code": "GARMIN_UNAVAILABLE", "message": "Garmin is not answering."}
STALE = {"freshness": "stale", "lastSyncAt": "2026-11-17T08:12:00Z"}


def view(**changes: Any) -> SourceView:
    return SourceView.of(connected(**changes), MOMENTS)


def facts(**changes: Any) -> dict[str, tuple[str, str]]:
    return {fact.label: (fact.text, fact.detail) for fact in view(**changes).facts}


@pytest.mark.parametrize(
    ("changes", "state", "word", "headline", "line"),
    [
        ({}, "fresh", "Up to date", "Your runs are arriving.", "From Garmin, 12 min ago"),
        (
            {"lastSyncAt": None, "freshness": None},
            *("fresh", "Connected", "Connected. Your first runs are on their way."),
            "Connected to Garmin, nothing fetched yet",
        ),
        (
            STALE,
            *("stale", "Out of date", "Nothing has been fetched since 17 November, 09:12."),
            "From Garmin, not since then, 2 days ago",
        ),
        (
            {"status": "cooling_down", "cooldownUntil": "2026-11-20T13:05:00Z"},
            *("waiting", "Waiting for Garmin", "Garmin asks us to wait until 14:05."),
            "Garmin asks us to wait until 14:05",
        ),
        (
            {"status": "broken", "freshness": "broken"},
            *("broken", "Not working", "Your runs are not arriving."),
            "Nothing is arriving from Garmin",
        ),
        ({"status": "syncing"}, "busy", "Fetching now", "Your runs are being fetched.", "Fetching from Garmin"),
    ],
)
def test_each_state_has_a_word_a_headline_and_a_line(changes, state, word, headline, line):
    source = view(**changes)
    assert (source.state, source.word, source.headline, source.line) == (state, word, headline, line)


def test_what_went_wrong_is_said_in_the_words_of_the_service():
    assert view(status="broken", error=AWAY).explanation == "Garmin is not answering."
    assert view(**STALE, error=AWAY).explanation == "The last try did not work: Garmin is not answering."


def test_tries_are_told_by_the_clock_and_by_how_far_they_are():
    told = facts()
    assert told["Last success"] == ("12 min ago", "06:48")
    assert told["Next try"] == ("in 5 hours", "12:48")
    assert "Last try" not in told
    assert facts(lastSyncAt=None)["Last success"] == ("None yet", "")
    assert facts(lastSyncAt="2026-11-17T08:12:00Z")["Last try"] == ("12 min ago", "06:48")
    assert facts(nextSyncAt="2026-11-20T05:59:00Z")["Next try"] == ("any moment now", "")
    assert facts(cooldownUntil="2026-11-20T13:05:00Z")["Next try"] == ("in 7 hours", "14:05")
    assert "Next try" not in facts(status="broken")


def test_access_and_key_are_counted_down():
    assert facts()["Access"] == ("Works", "24 hours left, then renewed by itself")
    assert facts(credentialHealth="refused")["Access"] == ("Refused by Garmin", "")
    assert facts(keyExpiresAt="2026-12-09T00:00:00Z")["Your key"] == ("18 days left", "9 December")
    assert facts(keyExpiresAt="2026-11-19T00:00:00Z")["Your key"] == ("Has ended", "19 November")


def test_the_first_day_is_said_or_that_there_is_none():
    assert facts()["Runs since"] == ("20 November 2025", "")
    assert facts(importFrom="2003-01-01")["Runs since"] == ("the very first", "")


def test_gaps_are_days_to_fetch_except_while_they_are_being_fetched():
    gaps = [{"from": "2026-11-03", "to": "2026-11-12"}, {"from": "2025-12-24", "to": "2025-12-24"}]
    assert [(gap.first, gap.last, gap.words, gap.length) for gap in view(gaps=gaps).gaps] == [
        ("2026-11-03", "2026-11-12", "3 November to 12 November", "10 days"),
        ("2025-12-24", "2025-12-24", "24 December 2025", "1 day"),
    ]
    assert view(gaps=gaps, status="syncing").gaps == ()


def test_the_easiest_way_comes_first_and_a_closed_one_last():
    def kinds(**changes: Any) -> list[str]:
        return [way.kind for way in SourceView.of(connection(**changes), MOMENTS).ways]

    assert kinds() == ["credentials", "personalApiKey", "officialPartner"]
    assert kinds(sources=[{**one, "available": True} for one in SOURCES])[0] == "officialPartner"
    assert kinds(source="personalApiKey")[0] == "personalApiKey"
    assert kinds(sources=[]) == []


def test_a_page_that_opens_asks_at_most_every_ten_minutes_and_only_where_it_may():
    assert view().sync_due
    assert not view(lastAttemptAt="2026-11-20T05:50:01Z").sync_due
    assert view(lastAttemptAt=None).sync_due
    for status in ("syncing", "cooling_down", "broken"):
        assert not view(status=status).sync_due
    assert not SourceView.of(connection(), MOMENTS).sync_due


def test_connecting_is_offered_where_there_is_nothing_or_it_ends():
    assert not view().wants_connecting
    assert view(credentialHealth="expiring").wants_connecting
    assert view(status="broken").wants_connecting
    assert SourceView.of(connection(), MOMENTS).wants_connecting
