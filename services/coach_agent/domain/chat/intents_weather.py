"""Questions about the weather of a run: where, on which day, at what hour."""

from __future__ import annotations

import re

from services.coach_agent.domain.chat.calendar_words import MONTHS, WEEKDAYS
from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.chat.words import mended

_ASKING = (
    r"weather|forecast|(the|how is the) (air|sky)|conditions|outside|what temperature|"
    r"(will|going to|does|is) (it )?(\w+ )?(rain|raining|snow|snowing|storm)|how (hot|cold|warm|windy|humid|wet)|"
    r"(be|too|so|very) (hot|cold|warm|windy|humid|icy)|the heat|humidity|dew point|(what|how)( \w+){0,3} wear|"
    r"need (a )?(gloves|jacket|hat|cap|rain \w+|sunscreen|lights?)|best time to run|"
    r"temperatures?|sunny|degrees (in|outside)|wind (in|tomorrow|today)"
)
_TIME = re.compile(r"(?<![\d.:/-])(\d{1,2})(?:[:.](\d{2}))?\s?(am|pm|a m|p m|h|uhr|oclock)?(?![\d/:-])")
_AT = re.compile(r"\b(?:at|around|by|from|about|for|um|@) $")
_PARTS = {
    "morning": 8, "noon": 12, "midday": 12, "lunchtime": 12, "lunch": 12, "afternoon": 15, "evening": 18, "tonight": 20,
    "night": 20,
}  # fmt: skip
_STOP = {
    *WEEKDAYS, *(f"{day}s" for day in WEEKDAYS), *MONTHS, *_PARTS,
    *("a", "an", "the", "my", "for", "in", "at", "on", "near", "around", "to", "of", "and", "or", "is", "are", "was"),
    *("it", "i", "me", "you", "we", "be", "will", "would", "should", "could", "can", "do", "does", "if", "when"),
    *("what", "how", "whats", "hows", "about", "like", "there", "here", "outside", "out", "go", "going", "get", "too"),
    *("very", "run", "runs", "running", "jog", "race", "training", "session", "workout", "long", "easy", "tempo"),
    *("pace", "adjust", "weather", "forecast", "air", "sky", "conditions", "rain", "raining", "snow", "hot", "cold"),
    *("warm", "windy", "wind", "humid", "humidity", "heat", "temperature", "temperatures", "wear", "best", "time"),
    *("tomorrow", "today", "tonight", "yesterday", "tmrw", "tmr", "next", "this", "week", "weekend", "day", "now"),
    *("later", "early", "am", "pm", "h", "uhr", "oclock", "please", "pls", "dew", "point", "sunny", "check", "show"),
    *("tell", "give", "good", "ok", "okay", "so", "then", "same", "again", "much", "wether", "storm", "icy", "degrees"),
    *("with", "from", "by", "during", "after", "before", "until", "start", "hi", "hey", "that", "instead", "also"),
    *("not", "dont", "no", "yes", "id", "im", "thanks", "which", "where", "hello", "coach", "your", "first", "half"),
    *("marathon", "morning", "have", "need", "want", "think", "know", "any", "some", "sat", "sun", "mon"),
}  # fmt: skip
_LONGEST_PLACE = 4


def weather(q: Question) -> Intent | None:
    if not q.says(_ASKING) or q.says(r"last run|yesterday|what (is|does) (the )?dew point( mean)?$"):
        return None
    place = named_place(q)
    return Intent(
        IntentKind.WEATHER, day=q.coming_day, hour=named_hour(q), place=place, asked=None if place else Asked.PLACE
    )


def named_place(q: Question) -> str | None:
    """The words after "in", "near" or "at" up to a word of time, else those that are nothing else."""
    words = q.raw.split()
    for lead in ("in", "near", "around", "at", "for"):
        for i, word in enumerate(words):
            if word == lead and (place := _until_stop(words[i + 1 :])):
                return place
    return next(filter(None, (_until_stop(words[i:]) for i in range(len(words)))), None)


def _until_stop(words: list[str]) -> str | None:
    taken: list[str] = []
    for word in words[:_LONGEST_PLACE]:
        if word in _STOP or mended(word) in _STOP or any(char.isdigit() for char in word):
            break
        taken.append(word)
    return " ".join(taken) or None


def named_hour(q: Question) -> int | None:
    """The hour of the day, 0 to 23; parts of the day stand for an hour in their middle."""
    for found in _TIME.finditer(q.raw):
        hour, half = int(found[1]), (found[3] or "").replace(" ", "")
        clock = found[2] is not None or found[3] is not None or _AT.search(q.raw[: found.start()])
        if not clock or hour > 23:
            continue
        if half == "pm" and hour < 12:
            return hour + 12
        if not half and hour < 12 and q.says("evening|tonight|afternoon"):
            return hour + 12
        return 0 if half == "am" and hour == 12 else hour
    return next((hour for part, hour in _PARTS.items() if q.has(part)), None)
