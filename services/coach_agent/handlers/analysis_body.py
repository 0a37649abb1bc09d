"""The analysis of one activity as it goes out."""

from __future__ import annotations

import uuid

from services.coach_agent.domain.athlete import Known, Origin
from services.coach_agent.domain.chat.conversation import ReplyChart
from services.coach_agent.domain.reviews.analysis import Analysis
from services.coach_agent.domain.runs.explanation import Explanation, Moved
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.zones import BASIS_WORDS, ZoneTimes
from services.coach_agent.handlers.bodies import ChartAnswer, FactAnswer
from shared.http.parsing import ApiModel


class SessionKindAnswer(ApiModel):
    kind: str
    reason: str


class LinesAnswer(ApiModel):
    session_diagnosis: str
    primary_limiter: str
    performance_lever: str
    next_cue: str


class ZoneAnswer(ApiModel):
    """Heart rates from ``from_bpm`` up to, not including, ``to_bpm``; null is open."""

    zone: int
    from_bpm: float | None
    to_bpm: float | None
    time_s: float
    share_pct: float


class ZonesAnswer(ApiModel):
    basis: str
    basis_text: str
    zones: list[ZoneAnswer]

    @classmethod
    def of(cls, times: ZoneTimes) -> ZonesAnswer:
        edges = (None, *times.zones.edges_bpm, None)
        return cls(
            basis=times.zones.basis,
            basis_text=BASIS_WORDS[times.zones.basis],
            zones=[
                ZoneAnswer(
                    zone=zone,
                    from_bpm=edges[zone - 1],
                    to_bpm=edges[zone],
                    time_s=seconds,
                    share_pct=times.share_pct(zone, zone),
                )
                for zone, seconds in enumerate(times.seconds, start=1)
            ],
        )


class LoadAnswer(ApiModel):
    """``basis`` is heartRate, or pace where the load is estimated from that."""

    value: float
    trimp: float | None
    basis: str


class DecouplingAnswer(ApiModel):
    value_pct: float | None
    refusal: str | None


class MissingAnswer(ApiModel):
    key: str
    text: str


class AnalysisQuery(ApiModel):
    """``explain`` adds what the figures rest on, and what moved since they were shown before."""

    explain: bool = False


class InputAnswer(ApiModel):
    """``origin`` and ``basis`` are null for what is simply on file."""

    name: str
    value: float | int | str | None
    origin: Origin | None
    basis: str | None


class FormulaAnswer(ApiModel):
    figure: str
    value: float | int | str | None
    formula: str
    source: str | None


class MovedAnswer(ApiModel):
    name: str
    before: float | int | str | None
    now: float | int | str | None

    @classmethod
    def of(cls, moved: Moved) -> MovedAnswer:
        return cls(name=moved.name, before=moved.before, now=moved.now)


class ExplanationAnswer(ApiModel):
    """``changed`` are the inputs that differ from when a figure last moved, ``moved`` the figures that did."""

    inputs: list[InputAnswer]
    formulas: list[FormulaAnswer]
    changed: list[MovedAnswer]
    moved: list[MovedAnswer]

    @classmethod
    def of(cls, explanation: Explanation) -> ExplanationAnswer:
        return cls(
            inputs=[
                _input(name, value, explanation.origins.get(name)) for name, value in explanation.reading.inputs.items()
            ],
            formulas=[
                FormulaAnswer(
                    figure=name,
                    value=explanation.reading.figures[name],
                    formula=formula.text,
                    source=formula.source,
                )
                for name, formula in explanation.formulas.items()
            ],
            changed=[MovedAnswer.of(moved) for moved in explanation.changed],
            moved=[MovedAnswer.of(moved) for moved in explanation.moved],
        )


def _input(name: str, value: float | str | None, known: Known | None) -> InputAnswer:
    return InputAnswer(
        name=name,
        value=value,
        origin=None if known is None else known.origin,
        basis=None if known is None else known.basis,
    )


class AnalysisAnswer(ApiModel):
    activity_id: uuid.UUID
    activity_version: int
    formula_version: int
    session_kind: SessionKindAnswer
    lines: LinesAnswer
    description: str
    facts: list[FactAnswer]
    charts: list[ChartAnswer]
    zones: ZonesAnswer | None
    load: LoadAnswer | None
    decoupling: DecouplingAnswer
    grade_adjusted_pace_s_per_km: float | None
    efficiency_factor: float | None
    missing: list[MissingAnswer]
    explanation: ExplanationAnswer | None

    @classmethod
    def of(cls, analysis: Analysis, chart: ReplyChart | None, explanation: Explanation | None = None) -> AnalysisAnswer:
        reading = analysis.reading
        metrics, decoupling = reading.metrics, reading.metrics.measured.decoupling
        return cls(
            activity_id=metrics.activity_id,
            activity_version=metrics.activity.version,
            formula_version=metrics.formula_version,
            session_kind=SessionKindAnswer(kind=reading.kind.type, reason=analysis.kind_reason.text),
            lines=LinesAnswer(**{name: line.text for name, line in analysis.lines.items()}),
            description=analysis.description.text,
            facts=[FactAnswer.of(fact) for fact in analysis.book.facts],
            charts=[] if chart is None else [ChartAnswer.of(chart)],
            zones=None if reading.zone_times is None else ZonesAnswer.of(reading.zone_times),
            load=_load(reading),
            decoupling=DecouplingAnswer(value_pct=decoupling.value_pct, refusal=decoupling.refusal),
            grade_adjusted_pace_s_per_km=metrics.grade_adjusted_pace_s_per_km,
            efficiency_factor=metrics.measured.efficiency_factor,
            missing=[MissingAnswer(key=key, text=text.text) for key, text in analysis.missing.items()],
            explanation=None if explanation is None else ExplanationAnswer.of(explanation),
        )


def _load(reading: Reading) -> LoadAnswer | None:
    if reading.load is None:
        return None
    return LoadAnswer(value=reading.load.value, trimp=reading.load.trimp, basis=reading.load.basis)
