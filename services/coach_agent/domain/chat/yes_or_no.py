"""Questions that want a yes or a no about a day to come, and the word that the day's decision answers them with."""

from __future__ import annotations

from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.insights.next_run import Session
from services.coach_agent.domain.insights.rules import Decision, Rule
from services.coach_agent.domain.plans.models import HARD_KINDS, WorkoutKind

REST, GENTLE, HARD, LONG, RUN = "rest", "gentle", "hard", "long", "run"
_CLOSED = (
    r"(should|shall|can|could|may|must|do|would) (i|we)( \w+)? \w+|do you think (i|it|that)|"
    r"am i (ok|okay|fine|good|allowed|ready)|"
    r"(is|would) (it|today|tomorrow|\w+day|this|that)( be)? \w+|"
    r"(ok|okay|fine|safe|wise|smart) (to|if)|(good|bad|smart|wise) (idea|day|moment|time)"
)
_OPEN = (
    r"have to|too (early|soon|late|much|hard|long|fast)|what|which|how|when|where|why|"
    r"suggest\w*|recommend\w*|give me|ideas"
)
# The first that is named is asked about: "Is it ok to skip the intervals" asks for rest.
_ABOUT = (
    (r"rest|day off|off|skip|take a break|not (run|train)|stay home", REST),
    (r"take it easy|easy|gentle|slow|recovery", GENTLE),
    (r"intervals|hard|push|tempo|threshold|speed|speedwork|fast|repeats|sprints?|track|all out|quality", HARD),
    (r"race|personal (best|record)", HARD),
    (r"long", LONG),
    (r"run|jog|go|train|workout|session|exercise|running|training", RUN),
)
_EASY_KINDS = frozenset({WorkoutKind.EASY, WorkoutKind.RECOVERY, WorkoutKind.STRIDES})


def wanted(q: Question) -> str | None:
    """What the runner wants a yes or a no to; None for a question that is open or offers a choice."""
    if q.says(_OPEN) or q.says(r"or") or not q.says(_CLOSED):
        return None
    return kind_of_day(q)


def kind_of_day(q: Question) -> str | None:
    """What kind of day or run is named; None without any."""
    return next((about for pattern, about in _ABOUT if q.says(pattern)), None)


def word_for(about: str, decision: Decision, suggestion: Session | None) -> str:
    """One short sentence that answers ``about`` as the decision does; what to do and why follow it."""
    if decision.rules[0] is Rule.DONE and about != REST:
        return "Better not: what the plan holds for the day is done."
    no = "No." if {Rule.ILLNESS, Rule.INJURY} & set(decision.rules) else "Better not."
    advice = decision.advice
    match about:
        case "rest":
            return _about_rest(decision, suggestion)
        case "gentle":
            return "Yes." if advice in _EASY_KINDS else no if advice is WorkoutKind.REST else "No need to."
        case "hard":
            return "Yes." if advice in HARD_KINDS else no
        case "long":
            return "Yes." if advice is WorkoutKind.LONG else no
        case _:
            return no if advice is WorkoutKind.REST else "Yes."


def _about_rest(decision: Decision, suggestion: Session | None) -> str:
    if decision.advice is WorkoutKind.REST:
        return "Yes."
    from_runs = decision.rules[0] is Rule.SUGGESTED and suggestion is not None
    if from_runs and suggestion is not None and suggestion.rest:
        return "Yes, or keep it short and very easy."
    return "No, you need not."
