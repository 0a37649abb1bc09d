"""What is said beside training: small talk, terms to explain, ailments, and what a running coach leaves to others."""

from __future__ import annotations

import re

from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.chat.terms import TERMS

_PARTS = (
    r"knees?|achilles|shins?|calf|calves|hamstrings?|quads?|hips?|foot|feet|ankles?|heels?|toes?|back|glutes?|"
    r"groin|it band|"
    r"plantar|thighs?|legs?|tendons?|arch|arches|neck|shoulders?|soleus|patella|muscle"
)
_PAIN = (
    r"hurts?|hurting|pains?|painful|ache[sd]?|aching|sore|tight|stiff|swollen|twinges?|niggles?|killing me|"
    r"twisted|sprain(ed)?|"
    r"pulled|strained|throbbing|inflamed|bruised|cramps?|cramping|gave (way|out)|popped|bothering|acting up|"
    r"splints|fasci\w+|issues?|problems?"
)
_INJURY = (
    r"injur(y|ed|ies)|shin splints|stress fracture|plantar fasci\w+|runners knee|tendin\w+|it band syndrome|"
    r"it hurts|something hurts|in pain"
)
_ILLNESS = (
    r"flu|fever\w*|covid|i am (sick|ill)|feel(ing)? (\w+ )?(sick|ill|unwell|rough|feverish)|am (sick|ill)|"
    r"(have|got|had|with|caught|a) (\w+ )?cold|sore throat|"
    r"stomach bug|vomit\w*|nausea|infection|bronchitis|migraine|unwell|diarrh\w+|antibiotics|"
    r"under the weather|cold coming( on)?|coming down with"
)
# "My knee hurts, note it": what is asked for beside the ailment, and is no part of the note.
_TO_NOTE = re.compile(
    r"\b(?:(?:and|so|then|please|pls|can you|could you|you should) )*(?:"
    r"(?:note|remember|record|save|log|write|jot) (?:(?:it|this|that) down|down (?:it|this|that)|it|this|that)"
    r"|(?:put|add) (?:it|this|that) (?:in|into|to) (?:my|the|your) notes?"
    r"|keep (?:it|this|that)? ?in mind|(?:make|take|add) a note(?: of (?:it|this|that))?)(?: please| pls)?\b"
    r"|^(?:(?:please|can you|could you) )*(?:note(?: down)?|remember|write down|record|(?:make|add|take) a note)"
    r"(?: that)?(?= )"
)
_MEDICATION = (
    r"ibuprofen|paracetamol|aspirin|painkillers?|nsaids?|naproxen|medications?|medicine|diclofenac|cortisone|pills?"
)
_EXPLAINING = (
    r"what (is|are|does|do)|what (\w+ ){0,4}means?|explain|define|definition|meaning( of)?|how (is|are|do|"
    r"does|did) (\w+ ){0,5}(calculate\w*|comput\w+|measur\w+|work\w*|defined|estimated)|"
    r"why (should|do|does|would) (i|one|people|runners)|what do you mean|tell me (about|what)|difference between"
)
_MINE = r"my|mine|for me|i have|am i|is me|this|last|yesterday|today|tomorrow|right now"

_GREETING = (
    r"hi|hello|hey|hiya|yo|morning|evening|afternoon|good (morning|afternoon|evening|day)|greetings|howdy|hola|hallo|"
    r"moin|bonjour|ciao|servus"
)
_THANKS = (
    r"thanks|thank you|cheers|great|cool|nice|awesome|perfect|ok|okay|good|got it|understood|alright|sounds good|"
    r"lol|haha|wow|makes sense|will do|love it"
)
_BYE = r"bye|goodbye|see you|good night|cya|later|ciao"
_WHO = (
    r"who are you|what are you|are you (a |an )?(\w+ )?(bot|human|robot|ai|person|real)|your name|who (made|"
    r"built) you|how are you|are you there"
)
_ABLE = (
    r"what can (you|i) (do|ask)|help|what do you do|how does this work|how can you help|what should i ask|"
    r"commands|options"
)
_POLITE = (
    r"coach|that|this|it|stuff|work|is|was|helps|helped|helpful|one|you|very|much|so|really|for|the|all|a|lot|again|there|my|friend|"
    r"mate|and|to|i|am|now|will|do|your|help|answer|advice|info|then|we|are|done|how|doing"
)
_SHARING = (
    r"i (just )?(ran|run|finished|did|completed|won) (\w+ ){0,4}(race|marathon|first|5 km|10 km)|(so|very) happy|"
    r"i did it|feeling (great|good)|love running"
)

_ELSEWHERE = {
    "nutrition": (
        r"eat|eating|nutrition|gels?|diet|calories|carb\w*|drink|hydrat\w+|caffeine|protein|supplements?|"
        r"breakfast|lose weight|beetroot|creatine"
    ),
    "gear": (
        r"shoes?|trainers|which watch|best (garmin )?(watch|headphones)|garmin watch|buy|brand|socks|vest|"
        r"treadmill to"
    ),
    "others": (
        r"my friend|my (wife|husband|brother|sister|partner|dad|mum|mom)s? |other (users|people|runners)s? (runs?|"
        r"data|activities)|someone else|runs of (?!at least|over|more|under|less|mine|this|last|the|\d)|bobs"
    ),
    "account": (
        r"delete my (account|data)|my (account|password|subscription|billing|email|invoice|payment)|"
        r"cancel (my )?(plan|subscription|account)|log ?out|sign ?out|upgrade|pricing|refund|connect (my )?garmin|"
        r"sync|upload|import"
    ),
    "instructions": (
        r"(ignore|disregard|forget|override) (\w+ ){0,3}(instructions|rules|prompts?)|system prompt|you are now|"
        r"developer mode|jailbreak|api key|act as|pretend (to|you)|reveal (your|the)|print your"
    ),
    "world": (
        r"poem|joke|recipe|pancakes|capital of|world cup|bitcoin|stocks?|president|election|song|movie|film|"
        r"homework|essay|translate|python|javascript|code|story|news|lyrics|horoscope|football|score|the game|soccer|"
        r"politics|math|weather in space|write me|who (won|is the)|history of|meaning of life|invest\w*|crypto|chess"
    ),
}


def out_of_scope(q: Question) -> Intent | None:
    topic = next((topic for topic, pattern in _ELSEWHERE.items() if q.says(pattern)), None)
    if topic is None or (topic in {"nutrition", "account"} and q.says("plan for|my (knee|plan)|last run")):
        return None
    return Intent(IntentKind.OUT_OF_SCOPE, topic=topic)


def memory(q: Question) -> Intent | None:
    """What the coach remembers, asked for or wished forgotten."""
    kept = q.says(
        r"(you|the coach) (\w+ )?(remember|know|learn(ed|t)?|store[ds]?|keep|kept)( \w+){0,3} (about|of|on) me"
    )
    kept = kept or q.says(r"(your|the|coach|which|what) memor(y|ies)|remember about me|do you remember me")
    return Intent(IntentKind.MEMORY) if kept or q.says("forget (everything|all|me|what you)") else None


def health(q: Question) -> Intent | None:
    """What hurts or ails the runner; ``topic`` names it. Noted at once where the question itself says so."""
    if q.says(_MEDICATION):
        return Intent(IntentKind.HEALTH, topic="medication")
    topic = _ailment(q)
    if topic is None:
        return None
    said = " ".join(_TO_NOTE.sub(" ", q.raw).split())
    return Intent(IntentKind.HEALTH if said == q.raw else IntentKind.NOTE, topic=topic, said=said or q.raw)


def _ailment(q: Question) -> str | None:
    if q.says(_ILLNESS):
        return "illness"
    part = re.search(rf"\b(?:{_PARTS})\b", q.text)
    hurts = q.says(_INJURY) or (part is not None and q.says(_PAIN) and not q.says("heart rate drift"))
    return "injury" if hurts else None


def explained(q: Question) -> Intent | None:
    """A term of training that somebody wants explained; with "my" it is their own figure that is asked for."""
    if not q.says(_EXPLAINING):
        return None
    counted = q.says(
        r"how (is|are|do|does) (\w+ ){0,5}(calculate\w*|comput\w+|measur\w+|defined|work\w*)|what (does|"
        r"do) .{0,40}mean|meaning of"
    )
    if q.says(_MINE) and not counted:
        return None
    term = named_term(q)
    return None if term is None else Intent(IntentKind.EXPLAIN, topic=term)


def named_term(q: Question) -> str | None:
    return next((term.key for term in TERMS if q.says(term.names)), None)


def small_talk(q: Question) -> Intent | None:
    for topic, pattern, most in (("who", _WHO, 12), ("able", _ABLE, 7), ("sharing", _SHARING, 16)):
        if q.length <= most and q.says(pattern) and not _asks_something(q, topic):
            return Intent(IntentKind.SMALL_TALK, topic=topic)
    for topic, pattern in (("bye", _BYE), ("thanks", _THANKS), ("greeting", _GREETING)):
        if q.says(pattern) and q.says_only(rf"{_GREETING}|{_THANKS}|{_BYE}|{_POLITE}"):
            return Intent(IntentKind.SMALL_TALK, topic=topic)
    return None


def _asks_something(q: Question, topic: str) -> bool:
    if topic in {"who", "able"}:
        return q.says("run|runs|plan|workout|pace|train") and topic == "able"
    return (
        q.says(
            r"how (was|much|many|far|did|is)|what (should|is|was|are)|analy\w+|compare|predict|my (plan|zones|"
            r"last|run|week)|last|weather|"
            r"should|can i|explain|tomorrow|races?"
        )
        and topic != "sharing"
    )


_TOPICS = {
    "heart": "heart rate", "rate": "heart rate", "pace": "pace", "paces": "pace", "speed": "pace",
    "distance": "distance", "compare": "compare", "comparison": "compare", "versus": "compare", "cadence": "cadence",
    "elevation": "ascent", "run": "run", "runs": "run", "running": "run", "training": "run", "stats": "run",
    "time": "run", "race": "race", "marathon": "race", "races": "race", "data": "run",
}  # fmt: skip
_FILLING = {
    "my",
    "the",
    "a",
    "show",
    "me",
    "please",
    "about",
    "tell",
    "give",
    "and",
    "now",
    "it",
    "that",
    "this",
    "them",
}


def too_little(q: Question) -> Intent | None:
    """A topic and nothing else, which could mean several things."""
    words = [word for word in q.text.split() if word not in _FILLING]
    if not words or len(words) > 3 or any(word not in _TOPICS for word in words):
        return None
    return Intent(IntentKind.CLARIFY, topic=_TOPICS[words[0]], asked=Asked.TOPIC)
