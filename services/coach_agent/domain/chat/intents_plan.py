"""Questions about the training plan: what it holds, moving a session, making one."""

from __future__ import annotations

import datetime as dt
import re

from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind
from services.coach_agent.domain.chat.measures import named_distance, named_time
from services.coach_agent.domain.chat.question import Question

_MAKING = (
    r"(make|build|create|write|design|give|generate|want|need|set up|draw up|prepare|start|get|develop|put together|"
    r"propose|like)( \w+){0,5} (plan|program|programme|schedule)|"
    r"train(ing)? for (a|an|my|the) (\w+ ){0,3}(race|marathon|half|\d+ (km|miles))|"
    r"(prepare|ready) (me )?for (a|an|my|the) (\w+ )?(race|marathon|half|\d+ (km|miles))|"
    r"(plan|program) for (a|an|my|the) (\w+ ){0,2}(race|marathon|half|\d+ (km|miles))|"
    r"(marathon|half marathon|km|miles|race|training) plan for"
)
_MOVING = r"move|moved|shift|swap|switch|push|postpone|bring|reschedule|rearrange|change|put|delay|instead"
_ABOUT = (
    r"my (\w+ )?(plan|schedule|program|calendar)|the plan|planned|on (the|my) (plan|schedule|calendar)|"
    r"scheduled|training plan|"
    r"(weeks|days|long|time) (until|till|to|left|before) (\w+ ){0,2}(race|marathon|half)|which phase|"
    r"what phase|phase (am i|of)|when (do|does|should|is) (i|my|the) taper|"
    r"how is my plan|next (week|month) (plan|look|training)|adherence|on track"
)
_STANDING = r"fitness|fit|fitter|form|fatigue|fatigued|fresh|shape|tired|rested"
_AHEAD = r"will|going to|would|expected|projected|projection|forecast|predict|predicted|lead|leads"
_AT_GOAL = (
    r"race|(end of|through|finish|follow|with) (my |the |this )?(\w+ )?plan|(my|the) plan (lead|bring|get|take)\w*"
)
_LATER = re.compile(r"\bin (\d{1,3}) (day|week|month|year)s?\b")
_DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}
_NEXT = re.compile(
    r"\b(?:when|what day|which day) (?:is|do i|will i)(?: \w+){0,3}? (long run|tempo|intervals|hard|rest|day off)\b"
)
_DAYS = re.compile(r"\b([3-7]) (?:days?|times|runs|sessions)(?: a| per| each| every)? ?(?:week)?\b")
_GENERAL = (
    r"get(ting)? fit(ter)?|general fitness|stay(ing)? fit|keep fit|fitness|lose weight|health|healthy|no race|"
    r"just run|get started|beginner"
)


def plan_made(q: Question) -> Intent | None:
    if not q.says(_MAKING) or q.says(
        r"(on|in) my plan|my plan (say|look|for)|why did|change my plan|am i (\w+ )?ready"
    ):
        return None
    return with_goal(q, Intent(IntentKind.PLAN_MAKE))


def with_goal(q: Question, known: Intent) -> Intent:
    """The goal as far as it is said by now; asks back once where a race has no day, or nothing is said at all."""
    distance_m = named_distance(q.text) or known.distance_m
    day = q.coming_day or known.day
    days = _DAYS.search(q.text)
    fitness = known.topic == "fitness" or (distance_m is None and q.says(_GENERAL))
    complete = fitness or (distance_m is not None and day is not None)
    return Intent(
        IntentKind.PLAN_MAKE,
        day=day,
        distance_m=distance_m,
        target_s=named_time(q.text, distance_m) or known.target_s,
        days_per_week=int(days[1]) if days else known.days_per_week,
        topic="fitness" if fitness else None,
        asked=None if complete or known.asked else Asked.GOAL,
    )


def plan_moved(q: Question) -> Intent | None:
    if not q.says(_MOVING) or q.says("why|how (is|has|does)|(should|can|could) i push"):
        return None
    days = q.coming_days
    if not days or not (q.says("run|session|workout|it|training|plan|to|tempo|intervals|long")):
        return None
    day, other_day = days[0], days[1] if len(days) > 1 else None
    if other_day is not None and other_day < day and q.says(r"to (next )?\w+day"):
        other_day += dt.timedelta(7)
    return Intent(IntentKind.PLAN_MOVE, day=day, other_day=other_day)


def projected(q: Question) -> Intent | None:
    """How fit or fresh the runner will be on a day to come; without a day, on that of the race."""
    if not (q.says(_STANDING) and q.says(_AHEAD)) or q.says("did|was|were"):
        return None
    day = _projected_day(q)
    where_to = q.says(_AT_GOAL) or q.says(rf"(projected|projection of) (my )?({_STANDING})")
    return Intent(IntentKind.PROJECTION, day=day) if day is not None or where_to else None


def _projected_day(q: Question) -> dt.date | None:
    """The later day that is named: itself, so far from today, or the last of a period."""
    if later := _LATER.search(q.text):
        return q.today + dt.timedelta(int(later[1]) * _DAYS_OF[later[2]])
    day, span = q.coming_day, q.coming_span
    if day is None and span is not None and not q.says(_AT_GOAL):
        day = span.last
    return day if day is not None and day > q.today else None


def planned(q: Question) -> Intent | None:
    following = _NEXT.search(q.text)
    if following is not None:
        return Intent(IntentKind.PLAN, topic="rest" if following[1] in {"rest", "day off"} else following[1])
    if not q.says(_ABOUT) or q.says(r"plan an? (run|workout|session)"):
        return None
    if q.says("race") and q.says("until|till|left|before|to my|to the"):
        topic = "race"
    elif q.says("phase|taper"):
        topic = "phase"
    elif q.says("why|chang(e|ed|es)|different|adapt\\w*"):
        topic = "changes"
    else:
        topic = None
    return Intent(IntentKind.PLAN, day=q.coming_day, span=q.coming_span, topic=topic)
