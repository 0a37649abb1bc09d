"""Questions that carry on from the last answer: the one before, in miles, why, and last month?"""

from __future__ import annotations

import dataclasses
import re

from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind, Metric, Span
from services.coach_agent.domain.chat.intents_plan import with_goal
from services.coach_agent.domain.chat.intents_talk import named_term
from services.coach_agent.domain.chat.intents_time import metric_of
from services.coach_agent.domain.chat.intents_weather import named_hour, named_place
from services.coach_agent.domain.chat.measures import named_distance, named_time, named_units, named_zone
from services.coach_agent.domain.chat.periods import before, unit_of
from services.coach_agent.domain.chat.question import Question

_EARLIER = re.compile(
    r"\b(?:the )?(?:(?:one|run|activity|session|ride) before(?: that| it)?|previous (?:one|run)|before that|"
    r"prior (?:one|run)|earlier one|go back|one more|one further|further back)\b"
)
_WHY = re.compile(
    r"^(?:(?:but|and|so|ok|hm+|oh) )?(?:why|how come|why (?:is|was) (?:that|it|this)(?: so)?|"
    r"why (?:not|so|do you (?:think|say) (?:that|so))|explain(?: (?:that|it|this|more|please))*|"
    r"what do you mean(?: by that)?|what does (?:that|this|it) mean|how do you know(?: that)?|"
    r"how (?:sure|certain|accurate|reliable)(?: (?:are you|is (?:that|this|it)))?|tell me more|"
    r"more (?:details?|please|about (?:that|it))|elaborate|go on|really|are you sure|"
    r"is (?:that|it|this) (?:good|bad|normal|ok|fine)|"
    r"can you explain(?: (?:that|it|this))?|based on what|where (?:is|does) (?:that|this|it) (?:come )?from)"
    r"(?: please)?$"
)
_NOTE = re.compile(
    r"^(?:(?:yes|ok|sure|please|yeah|yep) ?)*(?:(?:please )?(?:note|remember|write|keep|save|do)"
    r"(?: (?:it|that|this))?(?: down| in mind)?)?(?: please)?$"
)
_YES = re.compile(
    r"^(?:yes|ok|okay|sure|please|yeah|yep|do|go|replace|end|delete|it|that|ahead|confirm|confirmed|the|my|plan| )+$"
)
_NO = re.compile(
    r"^(?:no|nope|nah|not|do|now|thanks|please|leave|keep|it|that|as|is|the|my|plan|old|one|stop|cancel| )+$"
)
_AND = re.compile(r"^(?:(?:ok|so|and|but|then|what about|how about|what of|also|same for|now|or) )+")
_THAT = r"that|it|this|those|them"

RUN_KINDS = frozenset({IntentKind.ANALYSE_LAST, IntentKind.ANALYSE_DAY, IntentKind.ANALYSE_EARLIER})
_SPAN_KINDS = frozenset(
    {
        *(IntentKind.TOTALS, IntentKind.ZONE_TIME, IntentKind.TREND, IntentKind.COMPARE_PERIODS),
        *(IntentKind.COUNT, IntentKind.EXTREME),
    }
)
_COMING_KINDS = frozenset({IntentKind.NEXT_RUN, IntentKind.PLAN, IntentKind.PROJECTION})
_DISTANCE_KINDS = frozenset({IntentKind.PREDICTION, IntentKind.RECORDS})


def carried_on(q: Question) -> Intent | None:
    """What only makes sense after an answer, and is that before it is anything else."""
    if _EARLIER.search(q.text) and q.length <= 8 and not q.says("compare|vs|versus|than"):
        return _one_before(q)
    last = q.thread.intent
    if last is None:
        return None
    steps = (_told_back, _noted, _asked_why, _in_units, _in_sport, _compared, _how_easy)
    return next((intent for step in steps if (intent := step(q, last)) is not None), None)


def _told_back(q: Question, last: Intent) -> Intent | None:
    """What was asked back for, plainly said."""
    if last.asked in {Asked.REPLACE, Asked.END} and _YES.match(q.text):
        return dataclasses.replace(last, asked=None, confirmed=True)
    if last.asked in {Asked.REPLACE, Asked.END} and _NO.match(q.text):
        return Intent(IntentKind.SMALL_TALK, topic="left")
    if last.asked is Asked.GOAL and (named_distance(q.text) or q.coming_day) and not q.says("how|what|analyze|compare"):
        return with_goal(q, last)
    if last.asked is Asked.PLACE and q.length <= 5 and re.search(r"\b(in|near|at)\b", q.raw) and named_place(q):
        return answered_back(q)
    return None


def _noted(q: Question, last: Intent) -> Intent | None:
    """Yes to the offer to keep an ailment in mind."""
    if last.kind is not IntentKind.HEALTH or last.said is None or _NOTE.match(q.text) is None:
        return None
    return dataclasses.replace(last, kind=IntentKind.NOTE, confirmed=True)


def _asked_why(q: Question, _: Intent) -> Intent | None:
    return None if _WHY.match(q.text) is None else asked_behind(q)


def asked_behind(q: Question) -> Intent | None:
    """What lies behind the last answer; None where there was none."""
    last = q.thread.intent
    if last is None:
        return None
    return dataclasses.replace(_plainly(last), kind=IntentKind.WHY, topic=_why(last), subject=q.thread.subject)


def _in_units(q: Question, last: Intent) -> Intent | None:
    units = named_units(q.text)
    if units is None or q.length > 6 or last.kind is IntentKind.WHY or q.spans or q.days:
        return None
    return dataclasses.replace(_plainly(last), units=units)


def _in_sport(q: Question, last: Intent) -> Intent | None:
    if q.sport is None or q.length > 4 or last.kind not in _SPAN_KINDS or q.spans or q.says("how|my|last"):
        return None
    return dataclasses.replace(_plainly(last), sport=q.sport)


def _how_easy(q: Question, last: Intent) -> Intent | None:
    if last.span is None or not q.says(rf"(of|was|is) (?:{_THAT})( \w+)? (easy|hard)|how easy"):
        return None
    return Intent(IntentKind.ZONE_TIME, span=last.span, topic="split")


def _one_before(q: Question) -> Intent | None:
    last, subject = q.thread.intent, q.thread.subject
    if last is not None and last.kind in _SPAN_KINDS and last.span is not None and not q.says("run|activity"):
        return dataclasses.replace(_plainly(last), span=before(last.span), other_span=None)
    if subject is not None:
        return Intent(IntentKind.ANALYSE_EARLIER, subject=subject)
    if last is not None or q.has("analyze", "analysis", "show", "how", "review", "my"):
        return None
    return Intent(IntentKind.CLARIFY, topic="run", asked=Asked.TOPIC)


def _compared(q: Question, last: Intent) -> Intent | None:
    if not q.says(rf"compare (?:{_THAT})") and not (q.says("compare[ds]?|vs|versus") and q.length <= 7):
        return None
    spans = q.spans
    if last.span is not None and len(spans) == 1 and last.kind in _SPAN_KINDS:
        later, earlier = sorted((last.span, spans[0]), key=lambda span: span.first, reverse=True)
        return Intent(IntentKind.COMPARE_PERIODS, last.sport, span=later, other_span=earlier)
    if last.span is not None and not spans and q.says("before|previous|prior"):
        return Intent(IntentKind.COMPARE_PERIODS, last.sport, span=last.span, other_span=before(last.span))
    if last.kind in RUN_KINDS and q.thread.subject is not None and not spans:
        return Intent(IntentKind.COMPARE, last.sport, other_day=q.day, subject=q.thread.subject)
    return None


def _plainly(last: Intent) -> Intent:
    return dataclasses.replace(last, asked=None)


def _why(last: Intent) -> str:
    return last.topic or "" if last.kind is IntentKind.WHY else last.kind.value


def answered_back(q: Question) -> Intent | None:
    """The answer to what was asked back; whatever it says, nothing is asked a second time."""
    last = q.thread.intent
    if last is None or last.asked is None:
        return None
    if last.asked is Asked.PLACE:
        place = named_place(q)
        return dataclasses.replace(
            last, place=place, day=q.coming_day or last.day, hour=named_hour(q) or last.hour, asked=None
        )
    if last.asked is Asked.GOAL:
        return with_goal(q, last)
    return None


def merged(q: Question) -> Intent | None:
    """A question that names only what is different from the last one."""
    last = q.thread.intent
    if last is None or (q.length > 8 and _AND.match(q.text) is None):
        return None
    steps = (
        _other_span, _other_unit, _other_metric, _other_zone, _other_distance, _other_day, _other_weather, _other_term,
        _other_run, _again,
    )  # fmt: skip
    return next((intent for step in steps if (intent := step(q, _plainly(last))) is not None), None)


def _other_span(q: Question, last: Intent) -> Intent | None:
    if last.kind not in _SPAN_KINDS:
        return None
    if last.span is not None and q.says("(week|month|year|weekend) (before|prior|earlier)"):
        return dataclasses.replace(last, span=before(last.span))
    spans = q.spans
    if spans and last.kind is IntentKind.COMPARE_PERIODS:
        return dataclasses.replace(last, other_span=spans[0])
    if spans or (last.kind is IntentKind.TOTALS and q.day):
        return dataclasses.replace(last, span=q.span)
    return None


def _other_unit(q: Question, last: Intent) -> Intent | None:
    """Weeks compared become months: the current one and the one before."""
    unit = next((unit for unit in ("week", "month", "year") if q.says(f"{unit}s?")), None)
    if unit is None or last.kind is not IntentKind.COMPARE_PERIODS or q.length > 5:
        return None
    now = Span(unit_of(unit, q.today).first, q.today)
    return dataclasses.replace(last, span=now, other_span=before(now))


def _other_metric(q: Question, last: Intent) -> Intent | None:
    metric = metric_of(q)
    if metric is Metric.ALL or last.kind not in {IntentKind.TREND, IntentKind.FITNESS} or q.length > 6:
        return None
    return Intent(IntentKind.TREND, span=last.span, metric=metric)


def _again(q: Question, last: Intent) -> Intent | None:
    """Something about the last answer that it says already."""
    return (
        last
        if q.says(r"when (was|did) (that|it|i)|since when|which (run|day|one)|what (date|day)") and q.length <= 6
        else None
    )


def _other_zone(q: Question, last: Intent) -> Intent | None:
    zone = named_zone(q.text)
    return dataclasses.replace(last, zone=zone) if zone and last.kind is IntentKind.ZONE_TIME else None


def _other_distance(q: Question, last: Intent) -> Intent | None:
    if last.kind not in _DISTANCE_KINDS:
        return None
    distance_m = named_distance(q.text)
    target_s = named_time(q.text, distance_m or last.distance_m)
    if distance_m is None and (target_s is None or last.kind is not IntentKind.PREDICTION):
        return None
    return dataclasses.replace(last, distance_m=distance_m or last.distance_m, target_s=target_s)


def _other_day(q: Question, last: Intent) -> Intent | None:
    day, span = q.coming_day, q.coming_span
    if last.kind not in _COMING_KINDS or (day is None and span is None):
        return None
    return dataclasses.replace(last, day=day, span=span if last.kind is IntentKind.PLAN else None)


def _other_weather(q: Question, last: Intent) -> Intent | None:
    if last.kind is not IntentKind.WEATHER:
        return None
    place, day, hour = named_place(q), q.coming_day, named_hour(q)
    if place is None and day is None and hour is None:
        return None
    hour = last.hour if hour is None else hour
    return dataclasses.replace(last, place=place or last.place, day=day or last.day, hour=hour)


def _other_term(q: Question, last: Intent) -> Intent | None:
    term = named_term(q) if last.kind is IntentKind.EXPLAIN else None
    return None if term is None else Intent(IntentKind.EXPLAIN, topic=term)


def _other_run(q: Question, last: Intent) -> Intent | None:
    if last.kind not in RUN_KINDS | {IntentKind.COMPARE}:
        return None
    if (day := q.day) is not None:
        return Intent(IntentKind.ANALYSE_DAY, q.sport or last.sport, day=day, units=last.units)
    figure = q.says(
        r"heart rate|pace|cadence|distance|how (long|far|fast)|splits?|elevation|load|zones?|drift|decoupling|"
        r"efficiency"
    )
    return dataclasses.replace(last, subject=last.subject) if figure and last.kind in RUN_KINDS else None


def asks_the_same(q: Question) -> Intent | None:
    """After an answer about one run, "What was my heart rate?" asks about that run."""
    last = q.thread.intent
    if last is None or last.kind not in RUN_KINDS or q.day is not None or q.has("last", "latest"):
        return None
    return (
        _plainly(last) if q.says(r"what (was|were) (my|the) |how (far|long|fast) (was|did)") and q.length <= 7 else None
    )
