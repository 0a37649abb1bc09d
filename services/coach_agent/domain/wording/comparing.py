"""Whether comparisons, trends, superlatives and levels are borne out.

By two facts whose values say the same, by a fact that is a change or an extreme itself, or by a sentence of the rules
that says so of the same thing. Advice to go slower or shorter claims nothing and is let by.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

from services.coach_agent.domain.facts import Fact
from services.coach_agent.domain.wording.advising import advises
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.reversing import is_reversed
from services.coach_agent.domain.wording.sentences import SlotAt, masked_slots, slots_in, without_slots
from services.coach_agent.domain.wording.topics import meaning_of, mentions, pattern


class _Claim(enum.Enum):
    FASTER = "faster"
    SLOWER = "slower"
    MORE = "more"
    LESS = "less"
    BETTER = "better"
    WORSE = "worse"
    SAME = "the same"
    CHANGE = "a change"
    EXTREME = "an extreme"
    ABOVE = "above"
    BELOW = "below"
    LEVEL = "a level"


_WORDS = {
    _Claim.FASTER: r"faster|quicker|sped up|speeding up|picked up|quickened|negative split\w*",
    _Claim.SLOWER: r"slower|slowed|slowing(?! down\b)|faded?|fading|positive split\w*|lost (?:time|speed|pace)",
    _Claim.MORE: r"further|farther|on the (?:up|rise|way up)"
    r"|(?<!once )more(?= (?:than|of|\w+ than|load|volume|distance|time|ground|often|km|climbing))|higher"
    r"|longer|greater|bigger|larger|heavier|increas\w+|rose|rises|risen|rising|rise|climb(?:ed|s)|grew|grown"
    r"|grows|growing|went up|up (?:from|on|by)|jump\w*|surg\w+|crept|exceed\w*|gained|extra",
    _Claim.LESS: r"lost(?! (?:time|speed|pace))"
    r"|less|fewer|lower(?!ed your)|shorter|smaller|lighter|decreas\w+|dropp\w+|drops?|fell"
    r"|fallen|falls|falling|reduc\w+|went down|down (?:from|on|by)|shrank|shrunk|sank|sinking|declin\w+|dipp\w+",
    _Claim.BETTER: r"better|(?<!to )improv\w+|fitter|stronger|fresher|progress\w*|smoother|healthier|sharper|ahead of"
    r"|beat(?:s|en|ing)? (?:your|the|a|all|every)|broke your|breaking your",
    _Claim.WORSE: r"worse|deteriorat\w+|weaker|slipp\w+|tireder|more tired|backslid\w*|regress\w*|behind",
    _Claim.SAME: r"the same|same \w+ as|similar\w*|equal\w*|identical\w*|unchanged|match(?:ed|es|ing)"
    r"|as (?:fast|long|far|hard|much|many|high|low|slow) as|(?:held|stayed|remained|kept) (?:very |quite |remarkably )?"
    r"(?:steady|even|stable|constant|level|flat)|consisten\w+|steady|steadily|stable|constant|even(?:ly)? pac\w+",
    _Claim.CHANGE: r"trend\w*|drift(?:ed|ing|s)|c[ao]m(?:e|es|ing) (?:back|along)|getting there|is gone|turned"
    r"|chang(?:ed|ing)|vari(?:ed|es|able)|differ(?:ed|s|ent)?|easier|harder"
    r"|easing|tougher|gentler|softer|compared|versus|vs"
    r"|(?<!rather )(?<!other )than|build(?:ing|s)? up|trending|momentum|peaking|lately",
    _Claim.EXTREME: r"best|came (?:first|last|second)|new (?:high|low|best|mark|level|peak)"
    r"|worst|fastest|slowest|quickest|longest|shortest|highest|lowest|biggest|largest|smallest"
    r"|hardest|easiest|strongest|weakest|most(?! (?:of all|importantly|likely|useful|recent)\b)|least(?<!at least)"
    r"|records?|pbs?|prs?|personal best|ever|never|always|unprecedented|peak(?:ed|s)?|maximum|max|top(?:ped)?"
    r"|every (?:run|session|week|day|time)|all (?:of )?your runs|each of your"
    r"|elite|for your age|other runners|runners of",
    _Claim.ABOVE: r"above|went (?:over|past)|over(?= \{)|beyond|past(?= \{)",
    _Claim.BELOW: r"below|under(?= \{)|beneath|within(?= \{)|inside",
    _Claim.LEVEL: r"high|low|normal|poor|weak|bad|badly|good|strong(?! aerobic base)|tired|stiff|fresh|freshness|fit"
    r"|ready|green|red|amber|quick|quickly|fast|slow|slowly|hard|heavy|easy(?! (?:ceiling|limit))|easily|flat|relaxed"
    r"|calm|calmly|comfortable|comfortably|all of|nearly all|almost all|every|mostly|largely|completely"
    r"|natural|right(?! now)"
    r"|late|early|recovered"
    r"|on track|paying off|(?:ran|did|went|paced|held)(?: it)? well"
    r"|in (?:\w+ )?(?:shape|form)|out of (?:shape|form)|(?:recovery|tempo|interval|long) (?:run|session|effort)s?",
}
_DIRECTIONS = {
    _Claim.MORE: 1, _Claim.ABOVE: 1, _Claim.LESS: -1, _Claim.BELOW: -1, _Claim.FASTER: 1, _Claim.SLOWER: -1,
    _Claim.BETTER: 1, _Claim.WORSE: -1, _Claim.SAME: 0,
}  # fmt: skip
# Where less is faster and better; of a topic in neither set nobody can say whether more of it is better.
_LESS_IS_FASTER = frozenset({"pace", "duration"})
_MORE_IS_BETTER = frozenset({"efficiency", "fitness", "form", "readiness", "critical speed"})
_LESS_IS_BETTER = frozenset({"pace", "drift", "fatigue"})
# Whether a day is one to go hard on is for the rules to say.
_EGGED_ON = re.compile(
    r"\b(?:go|run|train|push|start|finish|work|make)\b(?: (?!before|after|between|your)\w+){0,3}"
    r" (?:hard|fast|quickly)$",
    re.IGNORECASE,
)
# The rules' "same" is as wide as what two readings of one thing may differ by.
_SAME_SHARE = 0.02
_CHANGE_LABEL = re.compile(
    r"change|difference|gain|loss|drop|rise|drift|decoupling|spread|ramp|ratio|trend", re.IGNORECASE
)
_EXTREME_LABEL = re.compile(r"^(?:max|min|fastest|longest|best|peak|highest)|record", re.IGNORECASE)
_GENTLE = re.compile(
    r"\b(?:slower|slowing|easier|shorter|gentler|lighter|earlier|less|lower|below|under|within|steady|steadily|softer"
    r"|even(?:ly)? pac\w+|stable|constant|easing|more (?:sleep|rest|time)|drops?|never|always|consisten\w+|inside)\b",
    re.IGNORECASE,
)
# "from 5:10 /km to 5:00 /km": what it became is measured against what it was.
_WENT = re.compile(r"\bfrom\b[^{]*\{[^}]*\}[^{]*\bto\b[^{]*\{")
_TIMES = re.compile(
    r"\b(?:last|previous|month|months|week|weeks|year|years|season|usual|usually|normal|average|ever|before|yesterday|ago"
    r"|lately|recently|since|expected|always|never)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;:\u2014\u2013]| - |, (?:and|but|while|so|though|although|which)\b|\b(?:but|while|whereas|although|though)\b"
)


def comparing_of(sentence: str, found: list[tuple[SlotAt, Fact]], ground: Ground) -> Iterator[Rejection]:
    """What is claimed in ``sentence`` and borne out by nothing."""
    start = 0
    masked = masked_slots(sentence)
    borders = [*((match.start(), match.end()) for match in _CLAUSE.finditer(masked)), (len(sentence), len(sentence))]
    for stop, resume in borders:
        clause = masked[start:stop]
        inside = [fact for slot, fact in found if start <= slot.start < stop]
        facts = inside or [fact for _, fact in found]
        yield from _claims(clause, facts, ground, is_advice=advises(clause, sentence))
        start = resume


def _claims(clause: str, facts: list[Fact], ground: Ground, *, is_advice: bool) -> Iterator[Rejection]:
    for claim, words in _WORDS.items():
        for match in pattern(words).finditer(clause):
            is_mild = claim is _Claim.LEVEL and not _EGGED_ON.search(clause[: match.end()])
            if is_advice and (is_mild or _GENTLE.fullmatch(match[0])):
                continue
            if is_reversed(clause[: match.start()], facts, ground) or not _is_borne_out(
                claim, match, clause, facts, ground
            ):
                yield Rejection(
                    RejectionKind.COMPARISON, f'No fact or sentence of the coach bears out "{match[0]}"; leave it out.'
                )


def _is_borne_out(claim: _Claim, match: re.Match[str], clause: str, facts: list[Fact], ground: Ground) -> bool:
    compared = _compared(clause, facts)
    if claim is _Claim.EXTREME:
        borne_out = _is_extreme(match[0], facts)
    elif claim in {_Claim.ABOVE, _Claim.BELOW} and _is_share(claim, facts):
        borne_out = True
    elif claim is _Claim.CHANGE:
        borne_out = _is_change(match[0].lower(), facts, compared=compared is not None)
    elif claim is _Claim.LEVEL:
        borne_out = _is_level(match[0].lower(), facts)
    elif compared is not None and claim is not _Claim.SAME:
        # Two figures that say otherwise are not outvoted by a sentence.
        return _agrees(claim, *compared)
    else:
        borne_out = compared is not None and _agrees(claim, *compared)
    return borne_out or _is_said_by_rules(claim, match[0], clause, facts, ground)


def _is_change(word: str, facts: list[Fact], *, compared: bool) -> bool:
    """Words that only set two things side by side, and a drift where a fact is one."""
    if word in {"than", "compared", "versus", "vs", "differed", "differ", "different", "changed"}:
        return compared or bool(_changes(facts))
    return word.startswith("drift") and any(fact.value > 0 for fact in _changes(facts))


def _changes(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if _CHANGE_LABEL.search(fact.label)]


def _is_level(word: str, facts: list[Fact]) -> bool:
    """Of an easy share, or a ceiling of easy running, it is in the name."""
    return any(
        word[:4] in fact.label.lower() for fact in facts if "share" in fact.label.lower() or "eiling" in fact.label
    )


def _is_extreme(word: str, facts: list[Fact]) -> bool:
    """A highest heart rate is a maximum; a share above half is most of it."""
    if word.lower() == "most":
        return any(fact.unit == "%" and fact.value > 50 for fact in facts)
    return any(_EXTREME_LABEL.search(fact.label) for fact in facts)


def _is_share(claim: _Claim, facts: list[Fact]) -> bool:
    """Shares are of the time below or above a limit, which their labels say."""
    side = {"easyShare": _Claim.BELOW, "recoveryShare": _Claim.BELOW, "hardShare": _Claim.ABOVE}
    side |= {"aboveEasyShare": _Claim.ABOVE}
    return any(side.get(fact.label.partition(".")[0]) is claim for fact in facts)


def _compared(clause: str, facts: list[Fact]) -> tuple[Fact, Fact] | None:
    """Two facts of one topic and unit, in the order in which the first is measured against the second."""
    for index, one in enumerate(facts):
        for other in facts[index + 1 :]:
            same = meaning_of(one).topic == meaning_of(other).topic and one.unit == other.unit != "date"
            if same and one.id != other.id:
                return (other, one) if _WENT.search(clause) else (one, other)
    return None


def _agrees(claim: _Claim, measured: Fact, reference: Fact) -> bool:
    topic = meaning_of(measured).topic.name
    if claim is _Claim.SAME:
        return abs(measured.value - reference.value) <= _SAME_SHARE * max(abs(measured.value), abs(reference.value))
    sign = _DIRECTIONS[claim]
    if claim in {_Claim.FASTER, _Claim.SLOWER}:
        if topic not in _LESS_IS_FASTER:
            return False
        sign = -sign
    elif claim in {_Claim.BETTER, _Claim.WORSE}:
        if topic not in _MORE_IS_BETTER | _LESS_IS_BETTER:
            return False
        sign = -sign if topic in _LESS_IS_BETTER else sign
    elif topic == "pace":
        # Of a pace that is "higher" nobody knows whether it is faster.
        return False
    return (measured.value - reference.value) * sign > 0


def _is_said_by_rules(claim: _Claim, word: str, clause: str, facts: list[Fact], ground: Ground) -> bool:
    """Whether a sentence of the rules makes the same claim of the same thing."""
    topics = {topic.name for _, _, topic in mentions(clause)} | {meaning_of(fact).topic.name for fact in facts}
    ids = {fact.id for fact in facts}
    for sentence in ground.support:
        if not pattern(_WORDS[claim]).search(sentence):
            continue
        its_ids = {slot.fact_id for slot in slots_in(sentence)}
        if ids:
            if ids & its_ids:
                return True
            continue
        if _leaves_out(clause, sentence) or (claim is _Claim.EXTREME and word.lower() not in sentence.lower()):
            continue
        its_topics = {topic.name for _, _, topic in mentions(without_slots(sentence))}
        its_topics |= {meaning_of(ground.facts[one]).topic.name for one in its_ids if one in ground.facts}
        if topics & its_topics or (not topics and word.lower() in sentence.lower()):
            return True
    return False


def _leaves_out(clause: str, sentence: str) -> bool:
    """Whether the clause compares with a time that the sentence does not speak of."""
    said = {word.lower() for word in _TIMES.findall(sentence)}
    return any(word.lower() not in said for word in _TIMES.findall(clause))
