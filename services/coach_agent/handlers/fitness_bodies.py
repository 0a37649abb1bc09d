"""What goes in and out over HTTP about fitness."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field

from services.coach_agent.domain.chat.conversation import ReplyChart
from services.coach_agent.domain.fitness.days import days_between
from services.coach_agent.domain.fitness.models import (
    FitnessState,
    Light,
    Now,
    Readiness,
    ReadinessCode,
    Signal,
    Week,
    Window,
)
from services.coach_agent.domain.fitness.readiness_words import reason_text
from services.coach_agent.handlers.analysis_body import MissingAnswer
from services.coach_agent.handlers.bodies import ChartAnswer
from shared.http.parsing import ApiModel

# To a thousandth: finer than anything here is known, and a third of the bytes of ten years.
_DECIMALS = 3
Figure = Annotated[float, AfterValidator(lambda value: round(value, _DECIMALS))]

CONTEXT_ONLY = (
    "Acute:chronic ratio, monotony and strain tell how your load is spread. They are context and do not predict"
    " injuries."
)


class FitnessQuery(ApiModel):
    """Local days, both included; the last twelve weeks where neither is given. Nothing is told of days to come.

    ``charts`` asks for charts of these days as well.
    """

    first_day: dt.date | None = Field(None, alias="from")
    last_day: dt.date | None = Field(None, alias="to")
    charts: bool = False


class _OfDomain(ApiModel):
    """Reads its fields off what the domain calls the same."""

    model_config = ConfigDict(from_attributes=True)


class DayAnswer(ApiModel):
    """Null before the first activity; all but the load also where too little is known to speak of fitness."""

    date: dt.date
    load: Figure | None
    fitness: Figure | None
    fatigue: Figure | None
    form: Figure | None


class EstimateAnswer(_OfDomain):
    value: Figure
    low: Figure
    high: Figure


class CriticalSpeedAnswer(_OfDomain):
    """Metres run in t seconds all-out are speed · t + reserve, for some minutes; from so many efforts."""

    speed_m_per_s: EstimateAnswer
    reserve_m: Figure
    efforts: int


class PaceRangeAnswer(_OfDomain):
    fast_s_per_km: Figure
    slow_s_per_km: Figure


class TrainingPacesAnswer(_OfDomain):
    easy: PaceRangeAnswer
    marathon: PaceRangeAnswer
    threshold: PaceRangeAnswer
    interval: PaceRangeAnswer
    repetition: PaceRangeAnswer


class PredictionAnswer(ApiModel):
    """``riegelS`` is a second opinion, by Riegel's law."""

    distance_m: Figure
    time_s: Figure
    low_s: Figure
    high_s: Figure
    riegel_s: Figure | None


class NowAnswer(ApiModel):
    """Figures of ``date``; ``missing`` says why one is null."""

    date: dt.date
    fitness: Figure | None
    fatigue: Figure | None
    form: Figure | None
    ramp: Figure | None
    acute_chronic_ratio: Figure | None
    acute_chronic_ewma_ratio: Figure | None
    monotony: Figure | None
    strain: Figure | None
    race_equivalence_index: EstimateAnswer | None
    critical_speed: CriticalSpeedAnswer | None
    training_paces: TrainingPacesAnswer | None
    predictions: list[PredictionAnswer]

    @classmethod
    def of(cls, now: Now) -> NowAnswer:
        return cls(
            date=now.day,
            fitness=now.fitness,
            fatigue=now.fatigue,
            form=now.form,
            ramp=now.ramp,
            acute_chronic_ratio=now.acute_chronic_ratio,
            acute_chronic_ewma_ratio=now.acute_chronic_ewma_ratio,
            monotony=now.monotony,
            strain=now.strain,
            race_equivalence_index=None if now.index is None else EstimateAnswer.model_validate(now.index),
            critical_speed=None
            if now.critical_speed is None
            else CriticalSpeedAnswer.model_validate(now.critical_speed),
            training_paces=None if now.paces is None else TrainingPacesAnswer.model_validate(now.paces),
            predictions=[
                PredictionAnswer(
                    distance_m=one.distance_m,
                    time_s=one.time_s.value,
                    low_s=one.time_s.low,
                    high_s=one.time_s.high,
                    riegel_s=one.riegel_s,
                )
                for one in now.predictions
            ],
        )


class IntensityAnswer(ApiModel):
    """Seconds of heart rate below 90 % of threshold, up to threshold, and above."""

    easy_s: Figure
    moderate_s: Figure
    hard_s: Figure


class WeekAnswer(ApiModel):
    """Days from ``firstDate`` to ``lastDate``, both included: of runs, but the load of all activities."""

    first_date: dt.date
    last_date: dt.date
    runs: int
    distance_m: Figure
    moving_s: Figure
    ascent_m: Figure
    longest_s: Figure
    load: Figure
    intensity: IntensityAnswer


class WindowsAnswer(ApiModel):
    last_7_days: WeekAnswer = Field(alias="last7Days")
    last_28_days: WeekAnswer = Field(alias="last28Days")
    last_12_weeks: WeekAnswer = Field(alias="last12Weeks")

    @classmethod
    def of(cls, windows: tuple[Window, ...]) -> WindowsAnswer:
        week, month, quarter = (WeekAnswer.model_validate(_summed(window, window.last_day)) for window in windows)
        return cls(last_7_days=week, last_28_days=month, last_12_weeks=quarter)


class RecordAnswer(ApiModel):
    distance_m: int
    elapsed_s: Figure
    date: dt.date
    activity_id: uuid.UUID


class ReasonAnswer(ApiModel):
    """What is now beside what is usual for the runner, both in ``unit``; null where too little is known."""

    signal: Signal
    code: ReadinessCode
    text: str
    light: Light
    value: Figure | None
    usual: Figure | None
    unit: str


class ReadinessAnswer(ApiModel):
    light: Light
    reasons: list[ReasonAnswer]

    @classmethod
    def of(cls, readiness: Readiness) -> ReadinessAnswer:
        reasons = [
            ReasonAnswer(
                signal=one.signal,
                code=one.code,
                text=reason_text(one),
                light=one.light,
                value=one.value,
                usual=one.usual,
                unit=one.unit,
            )
            for one in readiness.reasons
        ]
        return cls(light=readiness.light, reasons=reasons)


class FitnessAnswer(ApiModel):
    days: list[DayAnswer]
    now: NowAnswer
    weeks: list[WeekAnswer]
    windows: WindowsAnswer
    records: list[RecordAnswer]
    readiness: ReadinessAnswer
    runs: int
    pending: int
    missing: list[MissingAnswer]
    context_only: str
    charts: list[ChartAnswer]


def fitness_answer(
    state: FitnessState, first: dt.date, last: dt.date, *, charts: Sequence[ReplyChart]
) -> dict[str, Any]:
    """A FitnessAnswer as it goes out: ten years of days and weeks are put into it without a model for each."""
    answer = FitnessAnswer(
        days=[],
        now=NowAnswer.of(state.now),
        weeks=[],
        windows=WindowsAnswer.of(state.windows),
        records=[
            RecordAnswer(distance_m=one.distance_m, elapsed_s=one.elapsed_s, date=one.day, activity_id=one.activity_id)
            for one in state.records
        ],
        readiness=ReadinessAnswer.of(state.readiness),
        runs=state.runs,
        pending=state.pending,
        missing=[MissingAnswer(key=key, text=text) for key, text in state.now.missing.items()],
        context_only=CONTEXT_ONLY,
        charts=[ChartAnswer.of(chart) for chart in charts],
    )
    rows = {"days": _days(state, first, last), "weeks": _weeks(state, first, last)}
    return answer.model_dump(by_alias=True, mode="json") | rows


def _days(state: FitnessState, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    series = days_between(state, first, last)
    dates = np.arange(np.datetime64(first), np.datetime64(last) + 1).astype(str).tolist()
    figures = (
        np.round(column, _DECIMALS).tolist() for column in (series.load, series.fitness, series.fatigue, series.form)
    )
    return [
        {"date": date, "load": load, "fitness": fitness, "fatigue": fatigue, "form": form}
        for date, load, fitness, fatigue, form in zip(dates, *figures, strict=True)
    ]


def _weeks(state: FitnessState, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """WeekAnswers of the weeks that hold one of the days."""
    first_monday, last_monday = (day - dt.timedelta(days=day.weekday()) for day in (first, last))
    weeks = [week for week in state.weeks if first_monday <= week.first_day <= last_monday]
    return [_summed(week, week.first_day + dt.timedelta(days=6)) for week in weeks]


def _summed(span: Week | Window, last_day: dt.date) -> dict[str, Any]:
    """A WeekAnswer as it goes out."""
    return {
        "firstDate": span.first_day,
        "lastDate": last_day,
        "runs": span.runs,
        "distanceM": round(span.distance_m, _DECIMALS),
        "movingS": round(span.moving_s, _DECIMALS),
        "ascentM": round(span.ascent_m, _DECIMALS),
        "longestS": round(span.longest_s, _DECIMALS),
        "load": round(span.load, _DECIMALS),
        "intensity": {
            "easyS": round(span.easy_s, _DECIMALS),
            "moderateS": round(span.moderate_s, _DECIMALS),
            "hardS": round(span.hard_s, _DECIMALS),
        },
    }
