"""A message as plain lower-case words: one spelling for what people write in many, misspelt words mended."""

from __future__ import annotations

import re
import unicodedata

from services.coach_agent.domain.chat.calendar_words import WEEKDAYS
from services.coach_agent.domain.chat.spelling import Speller

# What people type for what they mean; the right side is what the rules read.
_SPOKEN = {
    "whats": "what is", "wats": "what is", "wat": "what", "wut": "what", "hows": "how is", "whos": "who is",
    "wheres": "where is", "whens": "when is", "thats": "that is", "its": "it is", "im": "i am", "ive": "i have",
    "ill": "i will", "id": "i would", "isnt": "is not", "dont": "do not", "didnt": "did not", "wasnt": "was not",
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks", "ty": "thanks",
    "wanna": "want to", "gonna": "going to", "gimme": "give me", "lemme": "let me", "tmrw": "tomorrow",
    "tmr": "tomorrow", "tmw": "tomorrow", "tomo": "tomorrow", "2morrow": "tomorrow", "tomorrows": "tomorrow",
    "todays": "today", "yesterdays": "yesterday", "tonite": "tonight", "2day": "today", "lst": "last", "wk": "week",
    "wks": "weeks", "mth": "month", "mths": "months", "yr": "year", "yrs": "years", "min": "minutes", "mins": "minutes",
    "minute": "minutes", "hrs": "hours", "hour": "hours", "hr": "heart rate", "bpm": "heart rate",
    "heartrate": "heart rate", "pulse": "heart rate", "avg": "average", "fortnight": "2 weeks", "speedier": "faster",
    "pbd": "personal best", "pb": "personal best", "pbs": "personal best", "pr": "personal best",
    "prs": "personal best", "kms": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km",
    "kays": "km", "mile": "miles", "mi": "miles", "hm": "half marathon", "halfmarathon": "half marathon",
    "halves": "half marathon", "analyse": "analyze", "analysed": "analyze", "analyzed": "analyze",
    "analysing": "analyze", "summarise": "summarize", "summary": "summarize", "wendsday": "wednesday",
    "weds": "wednesday", "compair": "compare", "nee": "knee", "kneee": "knee", "vo2": "vo2max", "hiit": "intervals",
    "interval": "intervals", "wether": "weather", "wk's": "week", "favourite": "favorite", "practise": "practice",
    "metres": "meters", "bc": "because", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30",
    "forty": "40", "ninety": "90", "rnu": "run", "rin": "run", "hwo": "how", "shud": "should", "nxt": "next",
    "teh": "the", "anlyse": "analyze", "analys": "analyze",
}  # fmt: skip

_ENGLISH_MONTHS = {
    *(
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ),
}
_VOCABULARY = {
    *_ENGLISH_MONTHS, *WEEKDAYS,
    *("run", "runs", "running", "jogged", "workout", "workouts", "session", "sessions", "training", "raced", "races"),
    *("tempo", "intervals", "easy", "long", "recovery", "progression", "marathon", "half", "parkrun", "analyze"),
    *("analysis", "review", "evaluate", "assess", "summarize", "feedback", "breakdown", "explain", "define", "compare"),
    *("comparison", "versus", "difference", "better", "worse", "faster", "slower", "quicker", "quick", "quickest"),
    *("fitter", "last", "latest", "recent", "previous", "before", "yesterday", "today", "tomorrow", "tonight", "week"),
    *("weeks", "weekend", "month", "months", "year", "years", "days", "morning", "evening", "afternoon", "much"),
    *("many", "often", "distance", "mileage", "volume", "kilometers", "miles", "hours", "minutes", "total", "average"),
    *("statistics", "heart", "rate", "pace", "cadence", "zone", "zones", "threshold", "fitness", "fatigue", "form"),
    *("strain", "monotony", "decoupling", "efficiency", "critical", "speed", "lactate", "readiness", "recovered"),
    *("trend", "progress", "improving", "improved", "improve", "getting", "changing", "trimp", "taper", "overtraining"),
    *("predict", "prediction", "predictions", "estimate", "personal", "record", "records", "fastest", "longest"),
    *("should", "suggest", "suggestion", "recommend", "recommendation", "advice", "plan", "planned", "schedule"),
    *("weather", "forecast", "temperature", "humid", "rain", "wind", "windy", "what", "when", "which", "where"),
    *("chest", "pain", "painful", "fainted", "fainting", "dizzy", "breathe", "palpitations", "collapsed", "hurts"),
    *("hurting", "injured", "injury", "achilles", "hamstring", "ankle", "shin", "shins", "calf", "fever", "illness"),
    *("sick", "swollen", "sprained", "twisted", "niggle", "activity", "hello", "thanks", "thank", "please", "swim"),
    *("cycling", "unconscious", "irregular", "heartbeat", "tightness", "pressure"),
}  # fmt: skip

# Ordinary words that lie close to one of ours and must stay what they are.
_LEFT_ALONE = {
    *("fast", "past", "lost", "list", "most", "text", "train", "walked", "runner", "were", "there", "mine", "date"),
    *("back", "from", "farm", "firm", "plain", "plane", "plant", "plans", "whether", "place", "race", "peace", "score"),
    *("sore", "store", "main", "paid", "gain", "again", "spain", "brain", "reign", "mouth", "moth", "weak", "weekly"),
    *("monthly", "daily", "yearly", "hard", "harder", "heard", "hear", "later", "late", "rest", "best", "test", "west"),
    *("eats", "easier", "along", "alone", "wing", "king", "wine", "window", "chess", "cheat", "chase", "paint"),
    *("points", "point", "painted", "tainted", "form", "forms", "former", "march", "match", "watch", "patch", "reach"),
    *("hour", "half", "calm", "call", "size", "sizes", "trends", "friend", "friends", "spend", "spent", "then", "than"),
    *("them", "they", "this", "that", "these", "those", "thing", "think", "thank", "must", "muck", "mush", "such"),
    *("many", "mean", "means", "days", "daze", "rating", "rates", "paces", "spaces", "record", "total", "totals"),
    *("hurt", "shine", "shop", "ship", "chin", "thin", "skin", "speed", "spread", "steed", "trail", "trial", "plays"),
    *("play", "training", "raining", "gaining", "morning", "evening", "recover", "records", "recorded", "stress"),
    *("dress", "pressure", "measure", "planning", "averages", "minute", "fitted", "filter", "bitter", "butter"),
    *("letter", "better", "setting", "letting", "sitting", "getting", "winds", "windows", "rains", "plan", "swam"),
    *("explained", "compared", "changed", "change", "summer", "winter", "number", "numbers", "member", "ever", "never"),
    *("over", "every", "very", "even", "event", "events", "been", "being", "feel", "feels", "feeling", "felt", "down"),
    *("town", "could", "would", "shoulder", "will", "well", "sell", "smile", "while", "simple", "sample", "example"),
    *("heat", "heath", "heats", "neat", "seat", "beat", "head", "least", "about", "meaning", "greeting", "slept"),
    *("mail", "process", "product", "production", "internal", "compile", "compose", "cooling", "finding", "imported"),
    *("report", "mark", "trust", "reports", "strained", "sprain", "breath", "analysts", "estimate", "schedule"),
    *("defined", "nothing", "fainter", "stepped", "stopped", "wearing", "hearing", "nearing", "bearing", "leading"),
    *("reading", "heading", "boston", "london", "madrid", "lisbon", "berlin", "vienna", "dublin", "denver", "austin"),
    *("milan", "turin", "munich", "zurich", "fever", "fewer", "lower", "power", "tower", "flower", "slow", "show"),
    *("snow", "know", "known", "short", "sport", "sports", "start", "started", "state", "stats", "stage", "steps"),
    *("sleep", "asleep", "legs", "lets", "less", "loss", "paris", "rome", "rain", "porto", "oslo", "bath", "cork"),
    *("york", "nice", "minsk", "perth", "split"),
}  # fmt: skip

_SPELLER = Speller(_VOCABULARY, _LEFT_ALONE)
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc`\u00b4")


def plain(message: str) -> str:
    """Lower-case words; dots, colons, slashes and hyphens stay inside dates and times only."""
    text = unicodedata.normalize("NFKC", message).lower().translate(_APOSTROPHES)
    text = re.sub(r"[^\w\s.\-/:]", " ", text)
    text = re.sub(r"(?<!\d)[./:]|[./:](?![\d ]|$)|[.:/](?=\s*$)|(?<!\d)-|-(?!\d)", " ", text)
    text = re.sub(r"(?<=[a-z])[./:]", " ", text)
    return " ".join(text.split())


def mended(text: str) -> str:
    """``text`` in the spelling that the rules read."""
    text = re.sub(r"\b(\d+(?:\.\d+)?)\s?(k|kms?|kilomet(?:er|re)s?)\b", r"\1 km", text)
    text = re.sub(r"\b(\d) ?h ?(\d{2})\b", r"\1:\2", text)
    text = re.sub(r"\b(\d+)\s?(hr|hrs|h)\b", r"\1 hours", text)
    text = re.sub(r"\b(\d+)\s?(mins?|m(?=in))\b", r"\1 minutes", text)
    text = re.sub(r"\b(\d+)\s?(miles?|mi|milers?)\b", r"\1 miles", text)
    return " ".join(_mended_word(word) for word in text.split())


def _mended_word(word: str) -> str:
    spoken = _SPOKEN.get(word)
    if spoken is not None:
        return spoken
    mended_word = _SPELLER.mend(word)
    return _SPOKEN.get(mended_word, mended_word)
