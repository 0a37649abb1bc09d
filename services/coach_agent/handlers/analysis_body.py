"""The analysis of one activity as it goes out."""

from __future__ import annotations

import uuid

from services.coach_agent.domain.chat.conversation import ReplyChart
from services.coach_agent.domain.reviews.analysis import Analysis
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

    @classmethod
    def of(cls, analysis: Analysis, chart: ReplyChart | None) -> AnalysisAnswer:
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
        )


def _load(reading: Reading) -> LoadAnswer | None:
    if reading.load is None:
        return None
    return LoadAnswer(value=reading.load.value, trimp=reading.load.trimp, basis=reading.load.basis)
