"""What a coach must not coach about, each in words that runners use; here a single miss is one too many."""

import datetime as dt

import pytest

from services.coach_agent.domain.chat.intent import IntentKind
from services.coach_agent.domain.chat.intents import read_intent

TODAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    "message",
    [
        "My heart races and I feel dizzy when I run",
        "got light-headed after intervals, is that ok?",
        "lightheaded at the end of my long run",
        "I feel dizziness",
        "my heart skipped a beat while running",
        "my heart keeps skipping beats",
        "heart flutters during easy runs",
        "my heart was pounding at rest",
        "I can't catch my breath",
        "I was gasping for air on an easy run",
        "struggling to breathe on hills",
        "my vision went black",
        "my left arm hurts when I run",
        "pain in my left arm",
        "my lips went blue",
        "my calf is swollen, red and hot",
        "sudden severe headache while running",
        "I stopped sweating and felt confused in the heat",
        "chset pain on my run",
        "I nearly fainted",
    ],
)
def test_signs_of_an_emergency_come_before_everything_else(message: str):
    assert read_intent(message, TODAY).kind is IntentKind.RED_FLAG


@pytest.mark.parametrize(
    "message",
    [
        "my chest strap hurts",
        "what races can I run in spring",
        "was my heart rate too high on the hills?",
        "my fingers were numb in the cold",
        "how should I breathe when running",
        "my calf is sore",
    ],
)
def test_what_only_sounds_like_it_is_answered(message: str):
    assert read_intent(message, TODAY).kind is not IntentKind.RED_FLAG
