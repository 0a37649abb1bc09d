"""What a question asks for, by rules: a handful of intents, many wordings, modest typos."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata

from services.coach_agent.domain.chat.intent import Intent, IntentKind, Thread
from services.coach_agent.domain.chat.time_words import MONTHS, WEEKDAYS, named_day
from services.coach_agent.domain.models import RUNNING

_RED_FLAG = re.compile(
    r"\bchest\b.{0,20}\b(pain|pains|tight|tightness|pressure|hurts?|ache|aches|burning)\b"
    r"|\b(pain|pressure|tightness|tight|ache)\b.{0,20}\bchest\b"
    r"|\bfaint(ed|ing|s)?\b|\bpass(ed|ing)? out\b|\bblack(ed|ing)? out\b|\bcollapsed?\b|\bunconscious\b"
    r"|\bpalpitations?\b|\birregular heart ?beat\b|\bheart (is )?(racing|fluttering)\b"
    r"|\b(cant|cannot|can not|could not|couldnt) breathe\b|\bcough(ed|ing)? (up )?blood\b|\bnumb\b.{0,20}\b(arm|face)\b"
)
_SPORTS = {
    "ride": "cycling",
    "rode": "cycling",
    "cycling": "cycling",
    "bike": "cycling",
    "swim": "swimming",
    "swam": "swimming",
    "walk": "walking",
    "hike": "hiking",
}
_RUN_WORDS = {
    *("run", "runs", "ran", "running", "jog", "jogged", "workout", "session", "training", "race", "raced", "long")
}
_ASK_WORDS = {
    *("analyze", "analyse", "analysis", "review", "evaluate", "assess", "summarize", "summarise", "summary"),
    *("feedback", "breakdown", "explain", "rate", "check", "look", "show", "tell", "think", "thoughts", "how", "what"),
}
_LAST_WORDS = {"last", "latest", "recent", "newest", "previous", "just", "todays"}
_COMPARE_WORDS = {"compare", "compared", "comparison", "versus", "vs", "difference", "differ", "better", "worse"}
_FUTURE_WORDS = {"tomorrow", "next", "today", "tonight", "now"}
_ADVICE_WORDS = {
    *("should", "suggest", "suggestion", "recommend", "recommendation", "advice", "plan", "do", "shall", "need")
}
_EARLIER = re.compile(
    r"\b(and )?(the )?((one|run|activity) before( that| it)?|previous (one|run)|before that|prior (one|run))\b"
)
_KNOWN_WORDS = _RUN_WORDS | _ASK_WORDS | _LAST_WORDS | _COMPARE_WORDS | _FUTURE_WORDS | _ADVICE_WORDS
_VOCABULARY = sorted(
    {word for word in _KNOWN_WORDS if len(word) > 3} - {"differ", "rate", "just"}
    | {*_SPORTS, *WEEKDAYS, *MONTHS, "yesterday", "before", "activity", "run", "chest", "pain"}
)
# Ordinary words that lie close to one of ours and must stay what they are.
_LEFT_ALONE = {
    *("fast", "past", "lost", "list", "most", "text", "train", "walked", "runner", "were", "there", "mine", "long"),
    *("days", "date", "back", "rain"),
}
_TYPO_LIKENESS = 0.8


def read_intent(message: str, today: dt.date, thread: Thread | None = None) -> Intent:
    """The intent of a question, in the light of what the conversation was last about."""
    subject = None if thread is None else thread.subject
    text = _plain(message)
    if _RED_FLAG.search(text):
        return Intent(IntentKind.RED_FLAG)
    day = named_day(text, today)
    text = _mended(text)
    words = set(text.split())
    if words & _COMPARE_WORDS and words & (_RUN_WORDS | _LAST_WORDS):
        return Intent(IntentKind.COMPARE)
    if subject is not None and _EARLIER.search(text) and len(words) <= 8:
        return Intent(IntentKind.ANALYSE_EARLIER, subject=subject)
    if _asks_for_advice(text, words):
        return Intent(
            IntentKind.NEXT_RUN, day=today if words & {"today", "tonight", "now"} else today + dt.timedelta(1)
        )
    return _analysis(text, words, day or named_day(text, today))


def _asks_for_advice(text: str, words: set[str]) -> bool:
    if "weather" in words or "forecast" in words:
        return False
    if words & _ADVICE_WORDS and words & _FUTURE_WORDS and (words & _RUN_WORDS or "should i" in text):
        return True
    return bool(re.search(r"\b(next|tomorrow s|tomorrows) (run|workout|session|training)\b", text)) or bool(
        words & {"what", "how"} and "tomorrow" in words and words & _RUN_WORDS
    )


def _analysis(text: str, words: set[str], day: dt.date | None) -> Intent:
    sport = next((_SPORTS[word] for word in text.split() if word in _SPORTS), None)
    names_run = bool(words & _RUN_WORDS)
    if (
        sport is None
        and not names_run
        and "activity" not in words
        and not re.search(r"\bhow (did i do|was it)\b", text)
    ):
        return Intent(IntentKind.UNKNOWN)
    if sport is None and "activity" not in words:
        sport = RUNNING
    if day is not None and (words & _ASK_WORDS or len(words) <= 5):
        return Intent(IntentKind.ANALYSE_DAY, sport, day)
    asked = words & _ASK_WORDS and re.search(r"\b(my|the|this|that|last|latest)\b", text)
    if (words & _LAST_WORDS and (asked or len(words) <= 4)) or (
        asked and re.search(r"\b(how (was|did|is)|analy\w+|review)\b", text)
    ):
        return Intent(IntentKind.ANALYSE_LAST, sport)
    return Intent(IntentKind.UNKNOWN)


def _plain(message: str) -> str:
    """Lower-case words with hyphens and dots kept for dates; apostrophes closed up, so that "can't" is one word."""
    text = unicodedata.normalize("NFKC", message).lower().replace("'", "").replace("\u2019", "")
    return " ".join(re.sub(r"[^\w\s.\-/]", " ", text).replace("/", " ").split()).rstrip(".")


def _mended(text: str) -> str:
    return " ".join(_mend(word) for word in text.split())


def _mend(word: str) -> str:
    """The vocabulary word that a misspelt one is closest to; short, known and ordinary words stay."""
    bare = word.strip(".-")
    if len(bare) < 4 or not bare.isalpha() or bare in _LEFT_ALONE or bare in _VOCABULARY:
        return bare if bare.isalpha() else word
    close = difflib.get_close_matches(bare, _VOCABULARY, n=1, cutoff=_TYPO_LIKENESS)
    return close[0] if close else bare
