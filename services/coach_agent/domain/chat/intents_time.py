"""Questions about stretches of time: totals, periods beside each other, trends, and time in zones."""

from __future__ import annotations

from services.coach_agent.domain.chat.intent import Intent, IntentKind, Metric, Span
from services.coach_agent.domain.chat.measures import named_units, named_zone
from services.coach_agent.domain.chat.periods import ALL_TIME, before, stepped_back, unit_of, week_of
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.models import RUNNING

_VOLUME = (
    r"average|km|miles|mileage|distance|volume|hours|total|totals|stats|statistics|climb(ing|ed)?|ascent|elevation|vert"
)
_DONE = (
    r"run|runs|ran|running|train|trained|training|jog|jogged|do|done|did|go|cover|covered|log|logged|workouts?|"
    r"sessions?"
)
_COMPARING = (
    r"compare[ds]?|comparison|versus|vs|than|difference|against|or|next to|beside|side by side|stack up|behind|"
    r"ahead of|cut back|down on|up on"
)
_METRICS = (
    (r"heart rate", Metric.HEART_RATE),
    (r"efficien\w+|economy|aerobic", Metric.EFFICIENCY),
    (r"climb\w*|ascent|elevation|vert", Metric.ASCENT),
    (r"volume|mileage|distance|km|miles", Metric.DISTANCE),
    (r"hours|time|duration|long", Metric.DURATION),
    (r"often|times|frequen\w+|many runs", Metric.RUNS),
    (r"pace|fast|faster|slow|slower|speed|quick|quicker", Metric.PACE),
    (r"load|harder|hard", Metric.LOAD),
)


def metric_of(q: Question) -> Metric:
    """What is asked about, the first that is named."""
    return next((metric for pattern, metric in _METRICS if q.says(pattern)), Metric.ALL)


def compared_periods(q: Question) -> Intent | None:
    """Two stretches of time, or one against what came before it."""
    if not q.says(_COMPARING) and not q.says("harder|more|less|better|faster|and"):
        return None
    spans = q.spans
    if len(spans) >= 2 and q.says(_COMPARING) | q.says("harder|more|less|better|faster"):
        return _pair(q, spans[0], spans[1])
    if len(spans) == 1 and q.says(r"(than|vs|versus|to|against) (the )?(last|previous)( one)?$"):
        return _pair(q, spans[0], before(spans[0]))
    if len(spans) == 1 and q.says(r"than|vs|versus|compared? (to|with)|against|behind|ahead of|down on|up on"):
        return _against_now(q, spans[0])
    return None


def _pair(q: Question, first: Span, second: Span) -> Intent:
    later, earlier = (first, second) if first.first >= second.first else (second, first)
    return Intent(
        IntentKind.COMPARE_PERIODS, q.sport or RUNNING, span=later, other_span=earlier, metric=metric_of(q),
        units=named_units(q.text),
    )  # fmt: skip


def _against_now(q: Question, span: Span) -> Intent | None:
    """For "More than last year" the current unit up to today against the same days of the one named."""
    unit = next((unit for unit in ("week", "month", "year") if unit_of(unit, span.first) == span), None)
    if metric_of(q) in {Metric.PACE, Metric.HEART_RATE, Metric.EFFICIENCY} and span.last < q.today:
        return Intent(IntentKind.TREND, span=Span(span.first, q.today), metric=metric_of(q))
    if unit is None or span.last >= q.today:
        return _pair(q, span, before(span)) if q.says("before|previous|prior") else None
    now = Span(unit_of(unit, q.today).first, q.today)
    if unit == "year":
        span = Span(span.first, min(span.last, stepped_back(q.today, "year", q.today.year - span.first.year)))
    return _pair(q, now, span)


def totals(q: Question) -> Intent | None:
    """How much in a period."""
    if q.says(r"how long (is|does|will|should)|how much should|last \d+ (km|miles)"):
        return None
    span, sport = q.span, q.sport or RUNNING
    amount = q.says(
        rf"how (much|many|often|far|long|frequently)( \w+){{0,4}} ({_DONE}|{_VOLUME}|cycle|ride|swim|walk|hike)"
    )
    amount = amount or q.says(
        rf"{_VOLUME}|how (many|often|much)|longest (run|ride|distance)?|number of (runs|workouts|sessions)"
    )
    if span is not None:
        return _totals(q, span, sport) if span.days > 1 and (amount or _summary(q)) else None
    if q.says("weekly|per week|a week|each week") and q.says(_VOLUME):
        return _totals(q, Span(week_of(q.today).first, q.today), sport)
    ever = amount and ALL_TIME.search(q.text)
    mine = q.says(r"(how (much|many|often|far) (\w+ ){0,3}(have|did|do) i)|longest run|my (stats|totals|mileage)")
    return _totals(q, None, sport) if ever or mine else None


def _summary(q: Question) -> bool:
    return q.says(
        r"how (was|were|is|did|has|am|go\w*)|summar\w+|review|overview|recap|what did i|did i|stats|my (week|"
        r"month|year)|"
        r"analy\w+|show|report|wieviel|wie viel|combien|cu[a\u00e1]nto|quanto|runs?|workouts"
    )


def bare_period(q: Question) -> Intent | None:
    """Nothing but a period: "last week?"."""
    spans = q.spans
    return _totals(q, spans[0], q.sport or RUNNING) if len(spans) == 1 and q.length <= 5 else None


def _totals(q: Question, span: Span | None, sport: str) -> Intent:
    metric = metric_of(q) if not q.says("longest") else Metric.ALL
    return Intent(IntentKind.TOTALS, sport, span=span, metric=metric, units=named_units(q.text))


def trend(q: Question) -> Intent | None:
    """How something changes."""
    changes = q.says(
        r"getting|gotten|trend\w*|progress\w*|improv\w+|chang(e|es|ed|ing)|develop\w*|evolv\w+|"
        r"coming down|going (up|down)|"
        r"over time|dropp\w+|falling|rising|become|becoming|increas\w+|decreas\w+|higher|lower"
    )
    metric = metric_of(q)
    if (
        not changes
        or q.says("race|plan|condition|shape|one before|previous")
        or (metric is Metric.ALL and not q.says("progress\\w*|improv\\w+|better|trends?"))
    ):
        return None
    if metric is Metric.LOAD:
        return None
    return Intent(IntentKind.TREND, span=q.span, metric=metric, units=named_units(q.text))


def zone_time(q: Question) -> Intent | None:
    """Time spent in zones, and how much of the running is easy."""
    spent = q.says(r"how (long|much|many)|time|minutes|hours|spen[dt]|share|percent\w*|distribution|split|was|were|did")
    in_zone = q.says(r"zones?|z[1-5]") and spent and not q.says(r"what (is|are) my|which")
    in_zone = in_zone or q.says(
        r"(time|long|minutes|hours|much) (\w+ ){0,2}(above|over|below|under|at) (my )?threshold"
    )
    split = q.says(
        r"80[/ ]20|polari[sz]ed|intensity (distribution|split)|how much (of )?(\w+ ){0,3}(is|was|were|are|at|"
        r"do i run) (too )?(easy|hard)|"
        r"(easy|hard) (vs|versus|and|or) (easy|hard)|too (many|much) (hard|easy)"
    )
    if not in_zone and not split:
        return None
    zones = q.says(r"zones? [1-5] (and|or|to|through) (zone )?[1-5]")
    return Intent(
        IntentKind.ZONE_TIME, span=q.span, zone=None if zones or split else named_zone(q.text),
        topic="split" if split else None,
    )  # fmt: skip
