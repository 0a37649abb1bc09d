"""Questions about single runs: how one was, two beside each other, and what to run next."""

from __future__ import annotations

import datetime as dt
import re

from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.chat.yes_or_no import RUN, kind_of_day, wanted
from services.coach_agent.domain.models import RUNNING
from services.coach_agent.domain.runs.session_kind import SessionType

_RUN = (
    *(
        "run",
        "runs",
        "ran",
        "running",
        "jog",
        "jogged",
        "jogging",
        "workout",
        "workouts",
        "session",
        "training",
        "race",
    ),
    *("raced", "long", "tempo", "intervals", "parkrun", "marathon", "activity", "outing", "effort", "easy"),
)
_ASK = (
    *("analyze", "analysis", "review", "evaluate", "assess", "summarize", "feedback", "breakdown", "break", "explain"),
    *(
        "rate",
        "check",
        "look",
        "show",
        "tell",
        "think",
        "thoughts",
        "how",
        "what",
        "give",
        "did",
        "was",
        "take",
        "view",
    ),
)
_LAST = ("last", "latest", "recent", "newest", "previous", "just")
_COMPARING = (
    r"compare[ds]?|comparison|versus|vs|difference|differ|better|worse|faster|quicker|slower|harder|easier|against|than|"
    r"stack up|side by side|next to|beside|improvement (on|over)"
)
_ADVISING = (
    r"should|allowed|suggest|suggestion|recommend|recommendation|advice|advise|plan an?|do|shall|need|can i|could i|"
    r"ok to"
)
_WISHED = r"should|shall|must|ought|can|could|do|does|is|need"
_FITTING = r"(which|what) (workout|session|run) (makes sense|fits|would|is good|is best)"
_SOON = r"tomorrow|today|tonight|now|next|this (morning|afternoon|evening)"
_SESSIONS = {
    "long": SessionType.LONG, "tempo": SessionType.TEMPO, "threshold": SessionType.TEMPO,
    "intervals": SessionType.INTERVALS, "race": SessionType.RACE, "races": SessionType.RACE, "easy": SessionType.EASY,
    "recovery": SessionType.RECOVERY, "progression": SessionType.PROGRESSION,
}  # fmt: skip
_LAST_OF_KIND = re.compile(rf"\b(?:last|latest|recent|previous|newest)(?: \d+)? ({'|'.join(_SESSIONS)})\b")
_FIGURE = r"pace|heart rate|cadence|distance|time|average speed|elevation|climb|load|splits|drift"


def named_session(q: Question) -> SessionType | None:
    """The kind of the last runs that are asked about: of "my last long run", long."""
    found = _LAST_OF_KIND.search(q.text)
    return None if found is None else _SESSIONS[found[1]]


def compared_runs(q: Question) -> Intent | None:
    """Two runs, by day or the last two."""
    if not q.says(_COMPARING) and not q.says("last (2|couple)"):
        return None
    days = q.days
    if len(days) >= 2 and days[0] != days[1]:
        later, earlier = max(days[:2]), min(days[:2])
        return Intent(IntentKind.COMPARE, q.sport or RUNNING, day=later, other_day=earlier)
    two = q.says(
        r"last (2|couple)( of)?|(run|one|session|workout|ride) before|previous|before (it|that)|penultimate|two"
    )
    if two and (q.has(*_RUN, *_LAST) or q.sport):
        day = days[0] if days else None
        return Intent(IntentKind.COMPARE, q.sport or RUNNING, day=day, session=None if day else named_session(q))
    return None


def compared_somehow(q: Question) -> Intent | None:
    """A comparison of runs that does not say of which: the last two."""
    if q.says(r"compare[ds]?|comparison|versus|vs|difference") and q.has(*_RUN) and not q.spans:
        return Intent(IntentKind.COMPARE, q.sport or RUNNING, day=q.day)
    return None


def next_run(q: Question) -> Intent | None:
    """Advice for a day to come, today included."""
    if not _asks_for_advice(q):
        return None
    day = q.coming_day
    if day is None:
        day = q.today if q.says("today|tonight|now|this (morning|afternoon|evening)|rest day") else None
    return Intent(IntentKind.NEXT_RUN, day=day or q.today + dt.timedelta(1), topic=wanted(q))


def asked_briefly(q: Question) -> Intent | None:
    """A yes or a no wanted in as few words as can be, as in "Intervals tomorrow?"."""
    what = r"an?|rest|day off|day|intervals|tempo|hard|long|easy|session|run|on|for|again"
    if q.length > 5 or not q.says_only(rf"{what}|tomorrow|tonight") or not q.says("tomorrow|tonight"):
        return None
    about = kind_of_day(q)
    return None if about in {None, RUN} else Intent(IntentKind.NEXT_RUN, day=q.coming_day, topic=about)


def long_run(q: Question) -> Intent | None:
    """How long the long run should be."""
    length = r"how (long|far|much|many (km|miles|minutes|hours))|what (distance|length)"
    asked = q.says(rf"({length}) (\w+ ){{0,3}}({_WISHED}) (\w+ ){{0,4}}long runs?") or q.says(
        r"(length|distance) (of|for) (my|the|a) (\w+ )?long run"
    )
    return Intent(IntentKind.LONG_RUN) if asked and not q.says("was|were|did|last") else None


def _asks_for_advice(q: Question) -> bool:
    ahead = q.coming_day is not None and q.says(r"tomorrow|next|today|tonight|this \w+|on \w+day|for \w+day|\w+day")
    about_running = q.has(*_RUN, "go", "rest", "off", "intervals", "train")
    if q.says(r"(next|upcoming) (run|workout|session|training)|what is next|(tomorrow|today) (run|workout|session)$"):
        return not q.says("how was|how did|analyze|review")
    if ahead and (q.says(_FITTING) or (about_running and q.says("ideas?"))):
        return True
    if q.says("rest day|day off|take it easy|run or rest|rest or run"):
        return True
    if q.says(_ADVISING) and (ahead or q.says(_SOON)):
        return about_running or q.says("should i|shall i")
    if q.says(
        r"(suggest|recommend)( me)?( an?| some)? \w*|give me a (run|workout|session)|what (should|shall|can) i run"
    ):
        return about_running
    return q.says(r"what|how") and q.says("tomorrow") and about_running


def analysed(q: Question) -> Intent | None:
    """One run looked at: of a day that is named, or the last."""
    any_sport = q.has("activity", "activities") and not q.has("run", "runs", "running")
    sport = q.sport or (None if any_sport else RUNNING)
    named = q.has(*_RUN) or q.sport is not None
    day = q.day
    if day is not None and _about_day(q, named=named):
        return Intent(IntentKind.ANALYSE_DAY, sport, day=day)
    asked = q.has(*_ASK)
    if q.says(r"(last|first|final|middle) (\d+ )?(km|miles|half|part|stretch)"):
        return Intent(IntentKind.ANALYSE_LAST, sport)
    if q.says(
        r"(last|latest|most recent|newest|previous|recent) (\w+ ){0,2}(run|jog|workout|session|race|one|ride|"
        r"activity|swim|walk|hike|outing)"
    ):
        return Intent(IntentKind.ANALYSE_LAST, sport, session=named_session(q))
    if not named:
        return _unnamed(q)
    about_it = asked and q.says(r"my|the|this|that")
    if (q.has(*_LAST) and (asked or q.length <= 4)) or (
        about_it
        and q.says(r"how (was|did|is|hard|far|long)|analy\w+|review|feedback|break ?down|thoughts|think|went|happened")
    ):
        return Intent(IntentKind.ANALYSE_LAST, sport, session=named_session(q))
    return None


def _about_day(q: Question, *, named: bool) -> bool:
    if q.says(r"thoughts|opinion|verdict|impression|figures|numbers|details"):
        return True
    if named and (q.has(*_ASK) or q.length <= 6):
        return True
    if q.says(rf"how (did|was|hard|far|long|fast)|what (did|was|is) (my|i|the|wrong)|{_FIGURE}"):
        return q.says(rf"how|what|my|{_FIGURE}")
    return q.has("analyze", "analysis", "review", "breakdown")


def _unnamed(q: Question) -> Intent | None:
    if q.says(r"how (did i do|was it|did it go)|what went (wrong|well)|analyze (it|this|that)"):
        return Intent(IntentKind.ANALYSE_LAST)
    if q.says(rf"what (was|were) my (average |max |mean )?({_FIGURE})") or q.says(r"my splits"):
        return Intent(IntentKind.ANALYSE_LAST)
    return None
