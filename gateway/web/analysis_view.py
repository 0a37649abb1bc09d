"""What the coach says about one run, for its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from gateway.web import measures as say
from gateway.web.answer import Chart
from gateway.web.numbers import Fact, find_marks, underlined
from gateway.web.run_view import KeyFigure

_LINES = {
    "sessionDiagnosis": "Session diagnosis",
    "primaryLimiter": "Primary limiter",
    "performanceLever": "Performance lever",
    "nextCue": "Next cue",
}
# What the coach works out beyond the recording; the recording's own figures stand on the page already.
_WORKED_OUT = ("load", "gradeAdjustedPace", "efficiencyFactor", "decoupling")


@dataclass(frozen=True, slots=True)
class Zone:
    """``left_pct`` and ``share_pct`` place it in the bar."""

    number: int
    range_text: str
    time: say.Figure
    share_pct: float
    left_pct: float


@dataclass(frozen=True, slots=True)
class AnalysisView:
    kind: str
    kind_reason: Markup
    lines: tuple[tuple[str, Markup], ...]
    description: tuple[Markup, ...]
    figures: tuple[KeyFigure, ...]
    charts: tuple[Chart, ...]
    zones: tuple[Zone, ...]
    zone_basis: str
    missing: tuple[Markup, ...]

    @classmethod
    def of(cls, analysis: Mapping[str, Any]) -> AnalysisView:
        """From ``GET /activities/{id}/analysis``."""
        facts = [Fact.of(item) for item in analysis["facts"]]
        zones = analysis["zones"]
        return cls(
            kind=str(analysis["sessionKind"]["kind"]),
            kind_reason=_marked(analysis["sessionKind"]["reason"], facts),
            lines=tuple((title, _marked(analysis["lines"][key], facts)) for key, title in _LINES.items()),
            description=tuple(_marked(part, facts) for part in analysis["description"].split("\n\n") if part),
            figures=tuple(
                KeyFigure(fact.name, _figure(fact.text), "load" if fact.fact_id == "load" else "")
                for fact in facts
                if fact.fact_id in _WORKED_OUT
            ),
            charts=tuple(Chart.of(item) for item in analysis["charts"]),
            zones=() if zones is None else _zones(zones["zones"]),
            zone_basis="" if zones is None else str(zones["basisText"]),
            missing=tuple(_marked(item["text"], facts) for item in analysis["missing"]),
        )


def _figure(text: str) -> say.Figure:
    """``6:18 /km`` as a number and its unit."""
    value, _, unit = text.partition(" ")
    return say.Figure(value, unit)


def _marked(text: str, facts: Sequence[Fact]) -> Markup:
    return underlined(text, 0, find_marks(text, facts))


def _zones(items: Sequence[Mapping[str, Any]]) -> tuple[Zone, ...]:
    zones: list[Zone] = []
    left = 0.0
    for item in items:
        number, share = int(item["zone"]), float(item["sharePct"])
        zones.append(
            Zone(
                number=number,
                range_text=_range(item["fromBpm"], item["toBpm"]),
                time=say.clock(item["timeS"]),
                share_pct=round(share, 1),
                left_pct=round(left, 2),
            )
        )
        left += share
    return tuple(zones)


def _range(from_bpm: float | None, to_bpm: float | None) -> str:
    """Whole beats: a zone ends one beat below the next one's first."""
    if from_bpm is None:
        return "" if to_bpm is None else f"below {to_bpm:.0f}"
    return f"from {from_bpm:.0f}" if to_bpm is None else f"{from_bpm:.0f} to {max(from_bpm, to_bpm - 1):.0f}"
