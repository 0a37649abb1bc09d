"""The verifier lets by what the facts bear out and nothing else. What each text says wrong is stated beside it."""

from __future__ import annotations

import pytest

from services.coach_agent.domain.facts import Passage, unverified_numbers
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.rejections import RejectionKind as Kind
from services.coach_agent.domain.wording.verifier import Verifier
from tests.unit.coach_agent.wording import grounds, replies
from tests.unit.coach_agent.wording.attacks import ATTACKS

GROUNDS = {name: getattr(grounds, name)() for name in ("drifting", "compared", "advised")}
GOOD = [
    *(("drifting", text) for text in replies.DRIFTING),
    *(("compared", text) for text in replies.COMPARED),
    *(("advised", text) for text in replies.ADVISED),
]


def kinds(name: str, text: str, **options) -> set[Kind]:
    _, rejections = Verifier(grounds.ground(GROUNDS[name], **options)).verify(text)
    return {rejection.kind for rejection in rejections}


@pytest.mark.parametrize(("name", "text"), GOOD, ids=[text for _, text in GOOD])
def test_a_sentence_that_the_facts_bear_out_is_let_by(name, text):
    passage, rejections = Verifier(grounds.ground(GROUNDS[name])).verify(text)
    assert rejections == ()
    assert unverified_numbers(passage.text, GROUNDS[name].facts) == ()


@pytest.mark.parametrize(
    "text",
    [
        "You ran 13 of them.", "Your heart rate was 148.", "It took one hundred minutes.", "You ran thirteen.",
        "That is twice your usual.", "Half of it was easy.", "Your third run this week.", "A dozen runs.",
        "You ran \uff11\uff13 of them.", "Zone \u2161 was yours.", "Zone II was yours.", "It was \u0661\u0663.",
        "It was \u2460.", "It was \u00bd of it.", "Take 10 easy minutes.", "You ran sixty-five.", "You ran twen-ty.",
        "You ran t w e n t y.", "That is a tenfold gain.", "You are in the top quarter.", "It was fifty percent.",
        "It took a couple of hours.", "You ran doubly far.", "Es waren zwei.", "C'est deux.", "Your second run.",
        "One kilometre went well.", "Do it once a week.", "It was twentieth.", "This is a century.", "That is xii.",
        "It took you a fortnight.", "You ran f\u00edve.", "You ran m\u00b2.", "It was {fact:distance} plus 1.",
        "\u4e09 runs.", "You ran \U0001d7d3.", "Fifteenth of all.",
        "It was five-ish.", "Scores of runs.", "Zero drift.",
    ],
)  # fmt: skip
def test_a_number_that_is_no_slot_is_rejected(text):
    assert kinds("drifting", text) & {Kind.NUMBER, Kind.MARKUP}


@pytest.mark.parametrize(
    "text",
    [
        "Your heart rate was {fact:pace}.",
        "Your pace averaged {fact:averageHeartRate}.",
        "An average heart rate of {fact:cadence} is fine.",
        "Heart rate: {fact:pace}.",
        "Your cadence, {fact:averageHeartRate}, was fine.",
        "Heart rate went from {fact:heartRateFirstHalf} in the first half to {fact:paceSecondHalf} in the second half.",
        "You ran with {fact:pace} average heart rate.",
        "Your average heart rate was {fact:maxHeartRate}.",
        "Your heart rate peaked at {fact:averageHeartRate}.",
        "Your heart rate was {fact:maxHeartRate}.",
        "You ran the first half at {fact:paceSecondHalf}.",
        "You ran the first half at {fact:pace}.",
        "The session took {fact:load}.",
        "Your threshold is {fact:easyCeiling}.",
        "You climbed a distance of {fact:ascent}.",
        "Your heart rate peaked at {fact:maxHeartRateUsed}.",
        "The load of it was {fact:hourAtThreshold}.",
        "You ran for {fact:driftShortest}.",
        "Your decoupling was {fact:driftLimit}.",
        "You ran for {fact:warmUp}.",
        "You covered {fact:pace}.",
        "You got it done in {fact:averageHeartRate}.",
        "It came to {fact:decoupling}.",
        "The load was {fact:decoupling}.",
        "Your fitness is {fact:load}.",
        "The distance was {fact:duration}.",
        "Distance, time and pace were {fact:duration}, {fact:distance} and {fact:pace}.",
        "Pace and heart rate were {fact:averageHeartRate} and {fact:pace}.",
        "You ran {fact:distance} of climbing.",
    ],
)
def test_a_slot_among_words_of_another_metric_is_rejected(text):
    assert kinds("drifting", text) & {Kind.METRIC}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("drifting", "Today you ran {fact:distance}."),
        ("drifting", "On Tuesday you ran {fact:distance}."),
        ("drifting", "Your previous run was {fact:distance} long."),
        ("drifting", "This week you ran {fact:distance}."),
        ("drifting", "In October you ran {fact:distance}."),
        ("compared", "Your pace was {fact:pace.previous}."),
        ("compared", "Your last run took {fact:duration.previous}."),
        ("compared", "On {fact:date} you ran {fact:distance.previous}."),
        ("compared", "On {fact:date.previous} you ran {fact:distance}."),
        ("compared", "On Monday you ran {fact:distance}."),
        ("compared", "Your previous run took {fact:duration}."),
        ("advised", "Yesterday you ran {fact:distance.2026-11-17}."),
        ("advised", "You ran {fact:distance.2026-11-17}."),
        ("advised", "On {fact:date.2026-11-15} your pace was {fact:pace.2026-11-17}."),
        ("advised", "This month your load was {fact:load.2026-11-17}."),
        ("advised", "Yesterday you ran for {fact:sessionDuration}."),
        ("drifting", "You also ran on Sunday."),
        ("drifting", "The day before yesterday you ran {fact:distance}."),
        ("drifting", "Weeks ago you ran {fact:distance}."),
    ],
)
def test_a_slot_among_words_of_another_run_or_day_is_rejected(name, text):
    assert Kind.SUBJECT in kinds(name, text)


def test_the_run_asked_about_is_the_last_one_only_where_it_is():
    assert kinds("drifting", "Your last run was {fact:distance} long.", is_latest=False) == {Kind.SUBJECT}


def test_its_pace_goes_on_where_the_sentence_before_ended():
    verifier = Verifier(grounds.ground(GROUNDS["advised"]))
    verifier.verify("On {fact:date.2026-11-17} you ran {fact:distance.2026-11-17}.")
    assert verifier.verify("Its pace was {fact:pace.2026-11-17}.")[1] == ()
    assert verifier.verify("Your pace was {fact:pace.2026-11-17}.")[1] != ()


@pytest.mark.parametrize(
    "text",
    ["The distance was {fact:distance}.", "Here the pace was {fact:pace}.", "It took {fact:duration}."],
)
def test_a_figure_behind_a_sentence_of_another_run_says_whose_it_is(text):
    verifier = Verifier(grounds.ground(GROUNDS["compared"]))
    assert verifier.verify("Your previous run took {fact:duration.previous}.")[1] == ()
    assert {rejection.kind for rejection in verifier.verify(text)[1]} == {Kind.SUBJECT}
    assert verifier.verify("This run took {fact:duration}.")[1] == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("drifting", "You were faster than usual."),
        ("drifting", "Your fitness is improving."),
        ("drifting", "This was your best run of the year."),
        ("drifting", "That is a personal best."),
        ("drifting", "You have never run so well."),
        ("drifting", "Your training trends upward."),
        ("drifting", "Your longest run was {fact:distance}."),
        ("drifting", "You sped up from {fact:paceFirstHalf} to {fact:paceSecondHalf} from half to half."),
        ("drifting", "Heart rate fell from {fact:heartRateFirstHalf} to {fact:heartRateSecondHalf} from half to half."),
        ("drifting", "The second half at {fact:paceSecondHalf} was faster than {fact:paceFirstHalf}."),
        ("drifting", "A heart rate of {fact:averageHeartRate} is above your threshold of {fact:thresholdHeartRate}."),
        ("drifting", "You stayed below {fact:thresholdHeartRate}, your threshold, with more than enough in hand."),
        ("compared", "The latest run was {fact:paceDifference} slower."),
        ("compared", "You ran {fact:pace}, slower than the {fact:pace.previous} of the run before."),
        ("compared", "Each heartbeat bought {fact:efficiencyChange} less ground than in the run before."),
        ("compared", "The latest run was longer: {fact:distance} after {fact:distance.previous} in the run before."),
        ("compared", "Your heart rate was lower than in the run before."),
        ("compared", "The load went up from {fact:load.previous} in the run before to {fact:load}."),
        ("advised", "Your mileage has increased lately."),
    ],
)  # fmt: skip
def test_a_comparison_a_trend_or_a_superlative_without_a_fact_is_rejected(name, text):
    assert Kind.COMPARISON in kinds(name, text)


@pytest.mark.parametrize(
    "text",
    [
        "You ran {fact:distance} kilometres.", "You ran {fact:distance} miles.", "It took {fact:duration} minutes.",
        "Heart rate was {fact:averageHeartRate} bpm.", "Pace was {fact:pace} per mile.", "Pace was {fact:pace} km/h.",
        "The load was {fact:load} km.", "{fact:easyShare}% of the time was below your easy ceiling.",
        "Heart rate was {fact:averageHeartRate}%.", "The load was {fact:load}k.", "Pace was 4:{fact:pace}.",
        "The load was -{fact:load}.", "The load was {fact:load}.5.",
    ],
)  # fmt: skip
def test_a_unit_or_a_digit_beside_a_slot_is_rejected(text):
    assert kinds("drifting", text) & {Kind.UNIT, Kind.NUMBER}


@pytest.mark.parametrize(
    "text",
    [
        "You have a stress fracture.", "Take ibuprofen before the next run.", "This looks like anaemia.",
        "It may be tachycardia.", "Those are symptoms of illness.",
        "Ask for medication.", "My diagnosis is fatigue.", "Run through the pain.", "No need to see a doctor.",
        "A small dose helps.", "Your tendinitis will pass.", "This treatment helps.",
    ],
)  # fmt: skip
def test_a_diagnosis_or_a_medicine_is_rejected(text):
    assert Kind.MEDICAL in kinds("drifting", text)


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org for more.", "**Well** run.", "<b>Hello</b> there.", "[Look](here) at it.", "# A title",
        "Use `code` here.", "Mail me at a@b.example.", "A\u200bb is hidden.", "\u202eback to front",
        "Go to evil.com now.",
        "\u0422\u0435\u043c\u043f was fine.", "&#49; is what it was.", "| a | table |", "\U0001f947 for you.",
    ],
)  # fmt: skip
def test_markup_and_hidden_characters_are_rejected(text):
    assert kinds("drifting", text) & {Kind.MARKUP, Kind.NUMBER}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Your pace was {fact:speed}.", Kind.SLOT),
        ("Your pace was {pace}.", Kind.SLOT),
        ("Your pace was {fact:pace.", Kind.SLOT),
        ("Your pace was {{fact:pace}}.", Kind.SLOT),
        ("What a great run!", Kind.PRAISE),
        ("Your bike ride helped.", Kind.ACTIVITY),
        ("Your marathon went well.", Kind.ACTIVITY),
        ("The rain did not stop you.", Kind.ACTIVITY),
        ("You were tired before it began.", Kind.ACTIVITY),
        ("Elite legs carried you.", Kind.COMPARISON),
        ("There is no heart rate in this file.", Kind.NEGATION),
        ("Deine Herzfrequenz war ruhig, prima gemacht.", Kind.LANGUAGE),
        ("!!!", Kind.LANGUAGE),
        ("word " * 200, Kind.LANGUAGE),
    ],
)
def test_what_else_is_not_borne_out_is_rejected(text, kind):
    assert kind in kinds("drifting", text)


@pytest.mark.parametrize(("name", "text"), ATTACKS, ids=[text for _, text in ATTACKS])
def test_what_is_written_to_get_past_the_verifier_is_rejected(name, text):
    assert kinds(name, text)


def test_a_word_that_the_rules_say_may_be_said():
    said = Passage(("Your race in Lisbon is a week ago.",))
    known = Ground.of((), said, grounds.TODAY)
    assert Verifier(known).verify("Your race in Lisbon is a week ago.")[1] == ()
    assert Verifier(known).verify("Your race in Porto is a week ago.")[1] != ()


def test_a_rejection_tells_the_model_what_to_repair():
    _, rejections = Verifier(grounds.ground(GROUNDS["drifting"])).verify("Your heart rate was {fact:pace}.")
    assert [rejection.reason for rejection in rejections] == [
        "{fact:pace} is a fact of pace, but the words around it speak of heart rate."
    ]
