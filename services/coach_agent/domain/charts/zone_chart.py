"""How the time was spread over the heart-rate zones."""

from __future__ import annotations

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.spec import Described, Spec, frame
from services.coach_agent.domain.charts.theme import PALETTES, Theme
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.runs.zones import ZoneTimes

_TITLE = "Time in heart-rate zones"
_LABEL_PX = 115


def describe_zones(times: ZoneTimes, units: Units) -> Described:
    if times.total_s <= 0:
        return Described(_TITLE, "There is no heart rate to show.")
    book, source = FactBook(units), Source(SourceKind.FITNESS, "zones")
    parts = []
    for number, seconds in enumerate(times.seconds, start=1):
        book.count(f"zone{number}", number, Source(SourceKind.DEFINITION, "zones"))
        book.percent(f"shareOfZone{number}", times.share_pct(number, number), source)
        book.duration(f"timeInZone{number}", seconds, source)
        parts.append(f"{{shareOfZone{number}}} ({{timeInZone{number}}}) in zone {{zone{number}}}")
    return Described(_TITLE, book.compose(f"{', '.join(parts)}.").text, book.facts)


def zone_chart(times: ZoneTimes, units: Units, theme: Theme) -> Spec:
    """A bar a zone, zone one at the bottom, each with its share and its time beside it."""
    palette = PALETTES[theme]
    said = describe_zones(times, units)
    if times.total_s <= 0:
        return frame(said, theme, [])
    rows = _rows(times)
    names = [row["zone"] for row in reversed(rows)]
    y: Spec = {
        "field": "zone",
        "type": "nominal",
        "sort": names,
        "title": None,
        "axis": {"ticks": False, "domain": False, "labelExpr": "split(datum.label, ': ')", "labelPadding": 6},
    }
    highest = max(row["share"] for row in rows)
    x: Spec = {
        "field": "share",
        "type": "quantitative",
        # What is written beside the longest bar needs a place too.
        "scale": {"domainMin": 0, "domainMax": {"expr": f"{highest} * width / max(60, width - {_LABEL_PX})"}},
        "axis": None,
    }
    colors = {"domain": [row["zone"] for row in rows], "range": list(palette.zones)}
    bars: Spec = {
        "mark": {"type": "bar", "stroke": palette.line, "strokeWidth": 1, "height": {"band": 0.7}},
        "encoding": {"x": x, "y": y, "color": {"field": "zone", "scale": colors, "legend": None}},
    }
    labels: Spec = {
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }
    spec = frame(said, theme, [bars, labels], rows=rows)
    spec.pop("resolve", None)
    return spec


def _rows(times: ZoneTimes) -> list[Spec]:
    return [
        {
            "zone": f"Zone {number}: {_bounds(times, number)}",
            "share": round(times.share_pct(number, number), 1),
            "minute": round(seconds / 60, 2),
            "label": f"{times.share_pct(number, number):.0f} %, {_minutes(seconds)}",
        }
        for number, seconds in enumerate(times.seconds, start=1)
    ]


def _bounds(times: ZoneTimes, number: int) -> str:
    """Whole beats, as the histogram counts them: a zone ends one below where the next begins."""
    edges = [round(edge) for edge in times.zones.edges_bpm]
    if number == 1:
        return f"below {edges[0]} bpm"
    if number > len(edges):
        return f"{edges[-1]} bpm and up"
    return f"{edges[number - 2]} to {edges[number - 1] - 1} bpm"


def _minutes(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
