"""Questions about single runs among many: how many are of a size, and which one was the most of something."""

from __future__ import annotations

import re

from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.chat.measures import named_distance, named_units
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.models import RUNNING

_SIZES = (
    (r"over|above|longer than|more than|farther than|further than|beyond|exceed\w*|bigger than|greater than", "over"),
    (r"at least|or (more|longer|further|farther)|minimum of", "least"),
    (r"under|below|shorter than|less than|fewer than|at most|or (less|shorter)|up to", "under"),
)
_EXTREMES = (
    (r"hardest|toughest|heaviest|(highest|biggest|most) load|most (intense|demanding|exhausting|strenuous)", "hardest"),
    (r"easiest|lightest|gentlest", "easiest"),
    (r"longest|farthest|furthest|biggest", "longest"),
    (r"shortest", "shortest"),
    (r"fastest|quickest", "fastest"),
    (r"slowest", "slowest"),
    (r"hilliest|steepest|most (climb|climbing|ascent|elevation|hills|vert)", "hilliest"),
)
_ONE = r"runs?|session|workout|jog|one|training|outing|rides?|swim|walk|hike|activity"
_LASTING = re.compile(r"\b(\d+(?:\.\d+)?|an) (minutes|hours)\b")
_NOT_DONE = r"will|should|next|plan|planned|shall|upcoming|could|can i"


def counted(q: Question) -> Intent | None:
    """How many runs of a period are over or under a distance or a time."""
    if (
        not q.says(r"how (many|often)|number of|count|(did|have) i ever")
        or q.says(_NOT_DONE)
        or q.says("zones?|threshold|calories")
    ):
        return None
    size = next((size for pattern, size in _SIZES if q.says(pattern)), None)
    if size is None and q.says(r"(how many|number of|count my) (half )?marathons?"):
        size = "least"
    distance_m, lasting_s = named_distance(q.text), _lasting_s(q)
    if size is None or (distance_m is None and lasting_s is None):
        return None
    if not q.says(rf"{_ONE}|times|marathons?|have i|did i|activities|workouts|sessions"):
        return None
    return Intent(
        IntentKind.COUNT, q.sport or RUNNING, span=q.span, topic=size, distance_m=distance_m,
        target_s=lasting_s if distance_m is None else None, units=named_units(q.text),
    )  # fmt: skip


def extreme(q: Question) -> Intent | None:
    """The one run of a period that was the hardest, the longest, the fastest."""
    found = next(((pattern, name) for pattern, name in _EXTREMES if q.says(pattern)), None)
    if found is None or named_distance(q.text) is not None or q.says(_NOT_DONE):
        return None
    pattern, name = found
    about_one = q.says(rf"({pattern}) (\w+ )?({_ONE})|({_ONE}) (\w+ ){{0,3}}({pattern})")
    if not about_one or (q.says("week|month|year") and q.says(rf"({pattern}) (week|month|year)")):
        return None
    return Intent(IntentKind.EXTREME, q.sport or RUNNING, span=q.span, topic=name, units=named_units(q.text))


def _lasting_s(q: Question) -> float | None:
    named = _LASTING.search(q.text)
    if named is None:
        return None
    return (1.0 if named[1] == "an" else float(named[1])) * (60.0 if named[2] == "minutes" else 3600.0)
