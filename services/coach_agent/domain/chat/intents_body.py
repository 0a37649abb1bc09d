"""Questions about what the runner can do: fitness, readiness, predictions, records, zones and paces."""

from __future__ import annotations

from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.chat.measures import MARATHON_M, named_distance, named_time, named_units, named_zone
from services.coach_agent.domain.chat.question import Question

_CHANGING = r"getting|gotten|improv\w+|chang(e|es|ed|ing)|trend\w*|faster than|develop\w*|progress\w*|evolv\w+"
_PACES = r"easy|threshold|tempo|intervals|repetition|recovery|long run|training|steady|vo2max|track|speed"


def zones(q: Question) -> Intent | None:
    if q.says(_CHANGING) or q.says("last run|yesterday|average"):
        return None
    if q.says(r"zones?|z[1-5]") and (q.says(r"my|what|which|show|heart rate|for me|mine|give|are") or q.length <= 3):
        return Intent(IntentKind.ZONES, zone=named_zone(q.text))
    if q.says(
        r"(my|what is|which) (\w+ ){0,2}(max|maximum|maximal|resting|threshold|lactate threshold) heart rate"
    ) and q.has("my"):
        return Intent(IntentKind.ZONES)
    if q.says(
        r"(which|what) heart rate (should|shall|do)|heart rate (should|shall) i|(stay|keep) (under|below)"
    ) and q.has("heart"):
        return Intent(IntentKind.ZONES, topic="easy" if q.has("easy") else None)
    return None


def records(q: Question) -> Intent | None:
    predicting = q.says(r"predict\w*|estimate|could|can i|realistic|aim|should")
    distance_m = named_distance(q.text)
    best = q.says(r"personal (best|record)s?|records?|best efforts?|best (time|times|performance)|all time best")
    if not predicting and not best:
        best = q.says(r"fastest|quickest") and (distance_m is not None or q.says("time|ever|run|effort"))
        best = best or (distance_m is not None and q.says(r"best|have i (ever )?run an?|ever run|did i ever"))
    if predicting or not best or q.says("best time to"):
        return None
    return Intent(IntentKind.RECORDS, span=q.span, distance_m=distance_m, units=named_units(q.text))


def predictions(q: Question) -> Intent | None:
    if q.says(r"my (\w+ )?race index|race index (of mine|please)"):
        return Intent(IntentKind.PREDICTION, topic="index")
    distance_m = named_distance(q.text)
    target_s = named_time(q.text, distance_m or MARATHON_M)
    asks = q.says(
        r"predict\w*|estimate\w*|projected|capable|finish(ing)? time|race times?|goal time|realistic|possible|"
        r"(could|can|would|will|might|should) i (\w+ )?(run|break|beat|finish|do|race|manage|aim|hit|get)|"
        r"how fast (can|could|would|will) i|"
        r"am i (\w+ )?ready for an?|how (do|should|can|shall) i pace|"
        r"what (time|pace)( \w+)? (can|could|should|would|am) i|(pace|time) should i (aim|"
        r"target|run)|in shape for|chances?"
    )
    if not asks or (
        distance_m is None and target_s is None and not q.says("race times?|races?|predict\\w*|finish(ing)? time")
    ):
        return None
    if distance_m is None and q.coming_day is not None and target_s is None:
        return None
    if (
        q.says("(should|can|could) i (run|do|go|race)")
        and q.says("today|tonight|tomorrow")
        and target_s is None
        and not q.says("predict\\w*|race")
    ):
        return None
    if q.says("intervals|repeats|easy|workout") and not q.says("predict\\w*"):
        return None
    timed = named_time(q.text, distance_m)
    return Intent(
        IntentKind.PREDICTION, distance_m=distance_m, target_s=timed, units=named_units(q.text),
        topic="pace" if q.has("pace") else None,
    )  # fmt: skip


def paces(q: Question) -> Intent | None:
    if q.says(_CHANGING) or q.says("last run|yesterday|heart rate|how was|was my"):
        return None
    asked = q.says(rf"({_PACES})( run| runs)? paces?|paces? (for|of) (my |an? )?({_PACES})|training paces|my paces")
    speed = q.says(
        rf"(how fast|what pace|which pace|what speed)( \w+){{0,3}} (should|shall|do|"
        rf"for)( \w+){{0,4}} ({_PACES})|how fast should"
    )
    easy = q.says(r"how (slow|fast|easy) (should|is)( \w+){0,3} (easy|long|recovery|tempo|threshold)")
    if not (asked or speed or easy):
        return None
    named = next((name for name in ("easy", "threshold", "intervals", "repetition", "marathon") if q.has(name)), None)
    if q.has("tempo"):
        named = "threshold"
    if q.has("recovery") or q.has("long"):
        named = "easy"
    return Intent(IntentKind.PACES, topic=named, units=named_units(q.text))


def readiness(q: Question) -> Intent | None:
    if q.says(
        r"am i (\w+ )?ready( to (run|train|go|race)| for (a )?(hard|tempo|intervals|today))?( |$)|"
        r"(how )?(well )?recovered|rested( enough)?|my (readiness|recovery|hrv|sleep)|"
        r"(did|do|have) i (sleep|slept)\b.*|slept|fresh enough|am i fresh|sleep enough|"
        r"resting heart rate (high|low|normal)|body battery"
    ) and not q.says("marathon|half|km|race day|last run"):
        return Intent(IntentKind.READINESS)
    return None


def fitness(q: Question) -> Intent | None:
    if q.says(
        r"fitter|fit|fitness|fatigue|fatigued|my form|form (right )?now|in form|how (tired|exhausted) am i|"
        r"am i (too )?tired|overtrain\w*|overdoing|overreaching|"
        r"training load|my load|load (too|right)|acute|too much (training|running)|(is|are) my (training|"
        r"runs?) (working|paying|helping)|"
        r"(in (good )?|my )shape|burn(t|ed|ing)? out|how am i doing|ramp\w*|training status|undertrain\w*|"
        r"what is my (form|load|strain|monotony)"
    ) and not q.says("plan|fit for"):
        return Intent(IntentKind.FITNESS, span=q.span)
    return None
