import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.measures import named_distance, named_time, named_units, named_zone
from services.coach_agent.domain.chat.red_flags import is_red_flag
from services.coach_agent.domain.chat.words import mended, plain


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("anaylze my lst runn", "analyze my last run"),
        ("wether in lisbon tmrw", "weather in lisbon tomorrow"),
        ("Whats my 5k PB?", "what is my 5 km personal best"),
        ("halfmarathon prediciton", "half marathon prediction"),
        ("how\u2019s my fitnes", "how is my fitness"),
        ("my chset hurts", "my chest hurts"),
    ],
)
def test_slips_are_mended(typed, read):
    assert mended(plain(typed)) == read


@pytest.mark.parametrize(
    "word", ["whether", "plain", "heat", "meaning", "greeting", "places", "paid", "past", "least", "process", "morning"]
)
def test_ordinary_words_stay_what_they_are(word):
    assert mended(word) == word


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("a half marathon", 21_097.5), ("marathon", 42_195), ("5 km", 5000), ("10 miles", 16_093.44),
        ("fastest miles", 1609.344), ("400 m", 400), ("in miles", None), ("how fast", None), ("21 km", 21_097.5),
    ],
)  # fmt: skip
def test_distances(text, metres):
    assert named_distance(text) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("text", "distance_m", "seconds"),
    [
        ("3:30", 42_195, 12_600), ("20:30", 5000, 1230), ("1:45:10", 21_097.5, 6310), ("sub 40", 10_000, 2400),
        ("sub 4", 42_195, 14_400), ("under 45 minutes", 10_000, 2700), ("break 2 hours", 21_097.5, 7200),
        ("nothing", 5000, None),
    ],
)  # fmt: skip
def test_finish_times(text, distance_m, seconds):
    assert named_time(text, distance_m) == seconds


def test_zones_and_units():
    assert named_zone("time in zone 3") == 3
    assert named_units("how many miles") is Units.MILES
    assert named_units("10 miles") is None
    assert named_units("in km") is Units.KILOMETRES


@pytest.mark.parametrize("text", ["chest strap", "pressure to perform", "out of breath", "my heart rate was high"])
def test_what_is_no_emergency(text):
    assert not is_red_flag(text, text)
