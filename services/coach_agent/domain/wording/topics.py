"""What a fact is about and how a text speaks of that: topics, and the qualifiers that tell facts of one topic apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from services.coach_agent.domain.facts import Fact

# Facts whose own text says what they are: "10.02 km" cannot be taken for a heart rate.
_SPEAKING_UNITS = frozenset({"m", "s", "s/km", "bpm", "spm", "degC", "date", "period", "days", "m/s", "mm"})


@dataclass(frozen=True, slots=True)
class Topic:
    """``words`` are the nouns by which a text names it; ``labels`` matches the labels of its facts, in lower case."""

    name: str
    labels: str
    words: str
    units: frozenset[str] = frozenset()


def _topic(name: str, labels: str, words: str, *units: str) -> Topic:
    return Topic(name, labels, words, frozenset(units))


# The first whose label fits is a fact's topic; where none does, the first with its unit.
TOPICS = (
    _topic("zone", r"inzone|ofzone|^zone\d", r"zones?"),
    _topic("period", r"^period", r"from|in|of|between|during", "period"),
    _topic("hour", r"^forecasttime", r"at|from|hours?|local time|until|around|by"),
    _topic("heart-rate variability", r"^hrv", r"heart[- ]rate variability|hrv"),
    _topic("slowdown", r"^slowdown", r"slow\w*|costs?"),
    _topic("change", r"^(?:half|late|bout)change|spread", r"halves|differ\w*|slower|faster|change\w*|apart|spread"),
    _topic("temperature", r"temperature|dewpoint|heatcost", r"temperatures?|degrees|dew point", "degC"),
    _topic(
        "share",
        r"share$",
        r"shares?|of (?:the|your|that|its|this) (?:time|run(?! before)|running|session|minutes)|proportion",
    ),
    _topic("drift", r"decoupling|drift(?!shortest)", r"drift\w*|decoupling|speed per heartbeat"),
    _topic("efficiency", r"efficiency", r"efficien\w+|per (?:heart)?beat|each heartbeat"),
    _topic("load balance", r"acutechronic|loadratio|balance", r"ratio|balance"),
    _topic("monotony", r"monotony", r"monotony"),
    _topic("strain", r"strain", r"strain"),
    _topic("ramp", r"ramp", r"ramp(?:ed|ing| rate)?"),
    _topic("fatigue", r"^fatigue", r"fatigue"),
    _topic("form", r"^form", r"form|freshness"),
    _topic("fitness", r"^fitness", r"fitness"),
    _topic("readiness", r"readiness", r"readiness"),
    _topic("load", r"load|trimp|houratthreshold", r"(?:training )?loads?|trimp|impulse", "load", "trimp"),
    _topic(
        "heart rate",
        r"heartrate|ceiling|thresholdbpm",
        r"heart[- ]?rates?|pulse|hr|bpm|beats(?: per minute)?|easy ceiling|recovery ceiling|ceiling",
        "bpm",
    ),
    _topic("cadence", r"cadence", r"cadence|turnover|step rate|steps per minute", "spm"),
    _topic("power", r"power", r"power|watts?", "W"),
    _topic("ascent", r"ascent|descent|climb", r"ascent|climb(?:ing|ed|s)?|elevation(?: gain)?|vertical|uphill"),
    _topic("critical speed", r"criticalspeed", r"critical speed", "m/s"),
    _topic("weight", r"weight", r"weight", "kg"),
    _topic("age", r"^age", r"age", "years"),
    _topic("pace", r"pace", r"pac(?:e|es|ing)|speed|tempo pace|splits?", "s/km"),
    _topic("record", r"^fastest", r"(?:fastest|best|quickest)(?: \w+)? (?:kilomet\w+|km|miles?)|records?"),
    _topic("date", r"date|day$", r"date", "date"),
    _topic("count", r"^runs|count|runs$|sessions|days|weeks", r"runs|sessions|days|weeks|times|reps|repeats", "count"),
    _topic("distance", r"distance|volume|longest", r"distances?|kilomet(?:re|er)s?|miles?|mileage|volume", "m"),
    _topic(
        "duration",
        r"duration|time|fastest|length|block|warmup|span",
        r"durations?|(?<!this )(?<!local )(?<!next )(?<!last )(?<!each )"
        r"(?<!every )times?",
        "s",
    ),
)


# Words such as "runs" and "date" are said of everything, and bind no figure.
_TOO_COMMON = frozenset({"count", "date", "period", "change", "slowdown", "hour"})


@dataclass(frozen=True, slots=True)
class Qualifier:
    """What a fact is of its topic. One of ``group`` excludes the others of it.

    ``owed`` says that a text must name it: a highest heart rate is not simply the heart rate.
    """

    name: str
    group: str
    labels: str
    words: str
    owed: bool = True


def _q(group: str, name: str, labels: str, words: str, *, owed: bool = True) -> Qualifier:
    return Qualifier(name, group, labels, words, owed)


QUALIFIERS = (
    _q("statistic", "average", r"^average", r"averag(?:e|ed|ing)|mean", owed=False),
    _q("statistic", "maximum", r"^max", r"max(?:imum)?|peak(?:ed|ing|s)?|highest|topp?(?:ed|ing)?(?: out)?"),
    _q("portion", "first half", r"firsthalf", r"(?:first|opening) half|from half to half|(?:the|your|both) halves"),
    _q("portion", "second half", r"secondhalf", r"(?:second|latter|closing|other) half|the second|halves|half to half"),
    _q("portion", "first quarter", r"firstquarter", r"(?:first|opening) quarter|start|hold|go out"),
    _q("portion", "second quarter", r"secondquarter", r"second quarter"),
    _q("portion", "third quarter", r"thirdquarter", r"third quarter"),
    _q("portion", "last quarter", r"lastquarter", r"(?:last|final|closing) quarter|in the last|towards? the end"),
    _q("kind", "threshold", r"^threshold|ofthreshold", r"threshold"),
    _q("kind", "easy ceiling", r"easyceiling", r"easy|ceiling|limit|below|under"),
    _q("kind", "recovery ceiling", r"recoveryceiling", r"recovery"),
    _q("kind", "adjusted", r"gradeadjusted", r"grade[- ]adjusted|adjusted|level (?:ground|terms)|flat"),
    _q("kind", "repetitions", r"^bout", r"reps?|repeats?|repetitions?|intervals?|bouts?|efforts?"),
    _q("kind", "fastest", r"^fastest", r"fastest|best|quickest|record|personal best"),
    _q("kind", "longest", r"^longest", r"longest"),
    _q("kind", "usual", r"^usual", r"usual\w*|typical\w*|normally"),
    _q("kind", "moving", r"^moving", r"moving|on the move", owed=False),
    _q("kind", "stopped", r"^stopped", r"stop(?:s|ped|ping)?|stood|standing|paus(?:e|es|ed)|still"),
    _q("kind", "tempo", r"^tempo", r"tempo|sustained|held"),
    _q("kind", "suggested", r"^session|^target",
       r"aim|goals?|target|plan\w*|suggest\w*|keep|between|tomorrow|today|next|about|for|hold|stay|run"),
    _q("kind", "predicted", r"predict|equivalent", r"predict\w*|could|estimate\w*|potential|expect\w*|likely"),
    # Yardsticks, which must not be taken for what a run was.
    _q("yardstick", "the hour at threshold", r"^houratthreshold", r"hour|threshold"),
    _q("yardstick", "the limit of drift", r"^driftlimit", r"limit|under|below|within|stays?"),
    _q("yardstick", "the shortest run for drift", r"^driftshortest", r"takes|needs?|at least|more than|longer"),
    _q("yardstick", "the warm-up", r"^warmup", r"warm\w*"),
    _q("yardstick", "the test", r"^test", r"tests?|trial"),
    _q("yardstick", "the block", r"^tempo(?:block|span)", r"tempo|block|sustained|hold"),
    _q("yardstick", "the share of threshold", r"ofthreshold$", r"threshold"),
    _q("yardstick", "the profile", r"used$", r"profile|on file|assum\w*|your maximum|your resting|zones?|estimat\w*"),
    _q("yardstick", "the least that is needed", r"^fewest", r"fewest|at least|takes|needs?"),
    _q("change", "change", r"(?:change|difference|gain|loss|drop|rise)$", r"fast\w*|slow\w*|high\w*|low\w*|more|less|"
       r"differ\w*|chang\w*|drop\w*|rose|fell|gain\w*|improv\w*|apart|within|long\w*|short\w*|lost|f[ae]ll\w*|quick\w*"),
    _q("intensity", "easy", r"^easyshare", r"easy|below|under"),
    _q("intensity", "moderate", r"^moderateshare", r"moderate\w*|middle|between"),
    _q("intensity", "hard", r"^hardshare", r"hard|above|over|at or above"),
    _q("intensity", "above easy", r"^aboveeasyshare", r"above|over|harder"),
    _q("intensity", "recovery", r"^recoveryshare", r"recovery|below|under"),
)  # fmt: skip


# The same by what stands behind the point of a label.
_SUFFIXES = (
    _q("suffix", "the time before", r"^previous$",
       r"previous\w*|before|earlier|ago|last|compared|against|than|from|after|one before"),
    _q("suffix", "the floor", r"^floor$", r"floor|below|under|limit|lowest|above"),
    _q("suffix", "the ceiling", r"^ceiling$", r"ceiling|below|under|limit|above|up to|over"),
    _q("suffix", "the range", r"^(?:low|high)$", r"between|to|range|from|faster|slower|up|down|low|high|no"),
    _q("suffix", "the usual", r"^usual$", r"usual\w*|typical\w*|normal\w*"),
    _q("suffix", "the formula", r"^riegel$", r"riegel\S*|formula|opinion"),
    _q("suffix", "the plan", r"^plan$", r"plan\w*|week|phase"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    topic: Topic
    qualifiers: tuple[Qualifier, ...]
    speaks_for_itself: bool


@cache
def _meaning(label: str, unit: str) -> Meaning:
    base, _, suffix = label.partition(".")
    lower = base.lower()
    topic = next((topic for topic in TOPICS if re.search(topic.labels, lower)), None)
    if topic is None or (topic.units and unit in _SPEAKING_UNITS and unit not in topic.units):
        topic = next((topic for topic in TOPICS if unit in topic.units), None) or _own_topic(base)
    qualifiers = tuple(one for one in QUALIFIERS if re.search(one.labels, lower))
    qualifiers += tuple(one for one in _SUFFIXES if re.search(one.labels, suffix))
    is_plain = topic.name not in {"ascent", "weight", "age", "load balance"} and (
        unit in _SPEAKING_UNITS or topic.name == "period"
    )
    return Meaning(topic, qualifiers, is_plain)


def meaning_of(fact: Fact) -> Meaning:
    return _meaning(fact.label, fact.unit)


def _own_topic(base: str) -> Topic:
    """For a label that nothing is known of: a text must use a word of it."""
    words = re.findall(r"[A-Z]?[a-z]+", base)
    return Topic(base, re.escape(base), "|".join(rf"{re.escape(word.lower())}\w*" for word in words) or "$^")


@cache
def pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def mentions(text: str) -> tuple[tuple[int, int, Topic], ...]:
    """The topics that a text names, with where; of two that overlap the longer."""
    found = [
        (match.start(), match.end(), topic)
        for topic in TOPICS
        if topic.name not in _TOO_COMMON
        for match in pattern(topic.words).finditer(text)
    ]
    kept: list[tuple[int, int, Topic]] = []
    for start, end, topic in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, topic))
    return tuple(kept)
