"""Answers that need no data: greetings, terms, what lies behind an answer, and what is left to others."""

from __future__ import annotations

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.examples import EXAMPLES
from services.coach_agent.domain.chat.inquiry import Inquiry
from services.coach_agent.domain.chat.intent import IntentKind
from services.coach_agent.domain.chat.terms import BY_KEY, Term
from services.coach_agent.domain.facts import Fact, FactBook, Passage, Source, SourceKind, join

MORE_EXAMPLES = (
    "Analyze my last run",
    "How much did I run this month?",
    "Am I getting fitter?",
    "What should I run tomorrow?",
    "Predict my 10 km time",
    "What are my zones?",
    "Weather for a run in Lisbon tomorrow at 7",
)

_SMALL_TALK = {
    "greeting": "Hello. Ask me about a run, a week, your fitness, your next session or a race.",
    "thanks": "You are welcome. Ask on whenever you like.",
    "bye": "See you after the next run.",
    "who": (
        "I am the coach in this app, a program and no person. I answer from your own recordings, and every "
        "number I say "
        "is one I can show you the source of."
    ),
    "able": (
        "I can analyse a run or compare runs and weeks, add up what you did, tell how fitness and form "
        "develop, predict "
        "races with a range, show records, zones and training paces, say what to run next, work with your "
        "plan, look at "
        "the weather of a run, and explain the terms."
    ),
    "left": "Good, it stays as it is.",
    "sharing": "Good to hear. Bring the run in and I can look at how it went.",
}
_OUT_OF_SCOPE = {
    "nutrition": (
        "What to eat and drink I leave to people who know you and your health; I hold no data to answer it "
        "from. What I "
        "can do is plan the run itself."
    ),
    "gear": "I know nothing of your gear, so I would be guessing. What I can judge is how your runs went in it.",
    "others": "I only see your own activities, and nobody else sees them here.",
    "account": (
        "That is on the Account page, and bringing in data on the Sources and Runs pages; I only answer questions."
    ),
    "instructions": "I keep to coaching your running; what stands in a message is a question to me and nothing more.",
    "world": "That is outside of what a running coach knows. Ask me about your running instead.",
}
_CLARIFYING = {
    "heart rate": (
        "What about your heart rate?",
        ("What was my heart rate on my last run?", "How is my heart rate at easy pace changing?", "What are my zones?"),
    ),
    "pace": (
        "Which pace do you mean?",
        ("What was my pace on my last run?", "Is my easy pace improving?", "What are my training paces?"),
    ),
    "compare": (
        "What should I compare?",
        ("Compare my last run with the one before", "This week vs last week", "This month vs last month"),
    ),
    "distance": (
        "Over which time?",
        ("How much did I run this week?", "How much did I run this month?", "How much did I run this year?"),
    ),
    "race": (
        "What about the race?",
        ("Predict my race times", "What are my records?", "Make me a plan for a half marathon"),
    ),
}
_UNCLEAR = (
    "What would you like to know about your running?",
    ("Analyze my last run", "How much did I run this month?", "What should I run tomorrow?"),
)

# The terms that an answer of each kind is made of, for whoever asks why.
_BEHIND = {
    IntentKind.ANALYSE_LAST: ("load", "decoupling", "efficiencyFactor"),
    IntentKind.ANALYSE_DAY: ("load", "decoupling", "efficiencyFactor"),
    IntentKind.ANALYSE_EARLIER: ("load", "decoupling", "efficiencyFactor"),
    IntentKind.COMPARE: ("efficiencyFactor", "decoupling"),
    IntentKind.COMPARE_PERIODS: ("pace", "load"),
    IntentKind.TOTALS: ("pace",),
    IntentKind.EXTREME: ("load", "pace"),
    IntentKind.TREND: ("efficiencyFactor", "easy"),
    IntentKind.FITNESS: ("fitness", "form", "acuteChronic"),
    IntentKind.READINESS: ("readiness", "hrv"),
    IntentKind.PREDICTION: ("prediction",),
    IntentKind.RECORDS: ("raceIndex",),
    IntentKind.ZONES: ("zones", "threshold"),
    IntentKind.ZONE_TIME: ("zones", "polarised"),
    IntentKind.PACES: ("raceIndex", "easy"),
    IntentKind.PLAN: ("longRun", "polarised", "taper"),
    IntentKind.PROJECTION: ("fitness", "form"),
    IntentKind.WEATHER: ("heat",),
}


def small_talk(inquiry: Inquiry) -> Answer:
    topic = inquiry.intent.topic or "greeting"
    return Answer(_words(_SMALL_TALK[topic]), Passage(), (), suggestions=MORE_EXAMPLES[:4])


def out_of_scope(inquiry: Inquiry) -> Answer:
    topic = inquiry.intent.topic or "world"
    return Answer(_words(_OUT_OF_SCOPE[topic]), Passage(), (), suggestions=MORE_EXAMPLES[:4])


def unknown() -> Answer:
    said = "I did not understand that. Say it in other words, or try one of these:"
    listed = "\n".join(f"- {example}" for example in EXAMPLES)
    return Answer(_words(said), _words(listed), (), suggestions=EXAMPLES)


def asked_back(inquiry: Inquiry) -> Answer:
    """One question back, with what it could mean."""
    question, suggestions = _CLARIFYING.get(inquiry.intent.topic or "", _UNCLEAR)
    return Answer(_words(question), Passage(), (), suggestions=suggestions)


def explained(inquiry: Inquiry) -> Answer:
    """A term: what it means here, how to read it, whose it is."""
    term = BY_KEY[inquiry.intent.topic or ""]
    book = inquiry.book()
    opening = _defined(book, term)
    return Answer(
        opening,
        book.compose(f"{term.read} {term.origin}"),
        book.facts,
        suggestions=("Analyze my last run", "Am I getting fitter?"),
    )


def behind(inquiry: Inquiry) -> Answer:
    """What the last answer rests on: the definitions that its figures come from."""
    kind = IntentKind(inquiry.intent.topic) if inquiry.intent.topic else IntentKind.UNKNOWN
    keys = _BEHIND.get(kind, ())
    if not keys:
        said = (
            "It follows from your recordings and what you told me; each figure names its source when you point at it."
        )
        return Answer(_words(said), Passage(), (), suggestions=MORE_EXAMPLES[:3])
    passages: list[Passage] = []
    facts: list[Fact] = []
    for key in keys:
        own = inquiry.book()
        passages.append(Passage(("- ",)) + _defined(own, BY_KEY[key], f".{key}"))
        facts += own.facts
    opening = _words("The answer before rests on these:\n") + join(passages, "\n")
    detail = (
        "Each figure names its source when you point at it, and your own figures are computed from your own recordings."
    )
    return Answer(opening, _words(detail), tuple(facts), suggestions=MORE_EXAMPLES[:3])


def _defined(book: FactBook, term: Term, suffix: str = "") -> Passage:
    source = Source(SourceKind.DEFINITION, term.key)
    text = term.text
    for label, value, unit, said in term.numbers:
        book.put(Fact(f"{label}{suffix}", value, unit, said, source))
        text = text.replace(f"{{{label}}}", f"{{{label}{suffix}}}")
    if any(character.isdigit() for character in term.title):
        book.put(Fact(f"term{suffix}", 0, "name", term.title, source))
        return book.compose(f"{{term{suffix}}}. {text}")
    return book.compose(f"{term.title}. {text}")


def _words(text: str) -> Passage:
    return Passage((text,))
