"""Wishes to change the plan: a session skipped, the plan ended, its goal altered."""

from __future__ import annotations

import re

from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind
from services.coach_agent.domain.chat.measures import named_distance, named_time
from services.coach_agent.domain.chat.question import Question

_ENDING = (
    r"(end|delete|clear|remove|cancel|stop|drop|quit|abandon|discard|scrap|get rid of|give up|throw away)"
    r"( on)? (my |the |this |that |our )?((current|active|whole|training|running|race|marathon) )*"
    r"(plan|program|programme|schedule)|"
    r"not (want|need|follow)( to follow)? (a|the|my|this|any) (\w+ )?(plan|program|programme|schedule)|"
    r"(race|event) (was|is|got|has been) (cancell?ed|called off)"
)
_SKIPPING = r"skip|call off|cancel|drop|leave out|scrap|cross (off|out)|blow off"
_REMOVING = r"remove|delete|take out"
_SESSION = r"run|session|workout|jog|long run|tempo|intervals"
_DAY = r"today|tomorrow|\w+day|training|it"
_KIND = re.compile(r"\b(long run|tempo|intervals)\b")
# What only asks what would be, or whether it is wise, changes nothing.
_ASKING = (
    r"should|shall|what|how|when|which|why|is it|would it|can i|could i|may i|ok|enough|did|do i|if|whether|skipped"
)
_PER_WEEK = re.compile(r"\b(?:([1-7]) ?(?:x|days?|times|runs|sessions)|(once|twice))(?: a| per| each| every)? week\b")
_PLAN_OF = re.compile(r"\bplan (?:to|with|at) ([1-7]) (?:days|runs|sessions)\b")
_WISHING = (
    r"can|could|will|want|like|only|have|make|change|switch|cut|reduce|increase|set|go|let us|need|prefer|rather|adjust"
)
_ANOTHER_PLAN = (
    r"(make|build|create|give|generate|write|design|need|want|like)( \w+){0,2} (a|an|another) (\w+ ){0,3}"
    r"(plan|program|programme|schedule)|train(ing)? for"
)
_ALTERING = (
    r"change|switch|set|make|move|moved|turn|update|adjust|lower|raise|shift|postponed?|delayed|now|instead|rather|new"
)
_GOAL = r"race|races|goal|plan|target|distance|event"
_ANEW = (
    r"(make|change|switch) (it|that) (to )?an? .*(instead|rather)|aim(ing)? for .*(instead|now)|"
    r"my (half marathon|half|marathon|\d+ km) (is|was|has been|got) (now|moved|postponed|delayed|shifted)"
)
_TARGET = r"(goal|target)( time)?|aim for|aiming for"
_MINUTES = re.compile(r"\b(\d{2,3}) minutes\b")


def plan_ended(q: Question) -> Intent | None:
    if not q.says(_ENDING) or q.says(_ASKING):
        return None
    return Intent(IntentKind.PLAN_END)


def plan_skipped(q: Question) -> Intent | None:
    """One session left out: that of a day, or the next of its kind."""
    if q.says(_ASKING) or q.says("my (subscription|account)|last|latest|previous|yesterday"):
        return None
    day = q.coming_day
    named = q.says(rf"({_SKIPPING}) (\w+ ){{0,3}}({_SESSION})")
    dated = day is not None and q.says(rf"({_SKIPPING}|{_REMOVING}) (\w+ ){{0,3}}({_SESSION}|{_DAY})")
    if not named and not dated:
        return None
    kind = _KIND.search(q.text)
    return Intent(IntentKind.PLAN_SKIP, day=day, topic=None if kind is None else kind[1])


def plan_altered(q: Question) -> Intent | None:
    """The present goal with something else in it: days a week, distance, finish time or race day."""
    last = q.thread.intent
    if (last is not None and last.asked is Asked.GOAL) or q.says(_ASKING) or q.says(_ANOTHER_PLAN):
        return None
    altered = (q.says(_ALTERING) and q.says(_GOAL)) or q.says(_ANEW)
    distance_m = named_distance(q.text) if altered else None
    found = Intent(
        IntentKind.PLAN_CHANGE,
        day=q.coming_day if altered and q.says(r"race|event|half|marathon|\d+ km") else None,
        distance_m=distance_m,
        target_s=_target_s(q, distance_m) if altered or q.says("my (goal|target)") else None,
        days_per_week=_days_per_week(q),
    )
    return found if found != Intent(IntentKind.PLAN_CHANGE) else None


def _target_s(q: Question, distance_m: float | None) -> float | None:
    if not q.says(_TARGET):
        return None
    minutes = _MINUTES.search(q.text)
    return 60.0 * int(minutes[1]) if minutes else named_time(q.text, distance_m)


def _days_per_week(q: Question) -> int | None:
    if plan_of := _PLAN_OF.search(q.text):
        return int(plan_of[1])
    named = _PER_WEEK.search(q.text)
    if named is None or not q.says(_WISHING):
        return None
    return int(named[1]) if named[1] else {"once": 1, "twice": 2}[named[2]]
