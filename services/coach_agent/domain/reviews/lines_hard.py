"""The four lines of hard days: tempo runs, intervals and races."""

from __future__ import annotations

from services.coach_agent.domain.athlete import Origin
from services.coach_agent.domain.reviews.lines import Case, FourLines
from services.coach_agent.domain.reviews.lines_easy import easy
from services.coach_agent.domain.reviews.lines_incomplete import without_heart_rate

TOO_HARD_TEMPO = 1.03
UNEVEN_BOUTS_PCT = 4.0
FADING_BOUTS_PCT = 3.0


def tempo(case: Case) -> FourLines:
    if not case.book.has("tempoHeartRate", "thresholdHeartRate"):
        return without_heart_rate(case)
    sustained = case.reading.metrics.best_heart_rates_bpm[1200]
    above = sustained > TOO_HARD_TEMPO * case.reading.athlete.threshold_bpm
    if above and case.reading.athlete.threshold_heart_rate.origin is not Origin.GIVEN:
        return _threshold_in_doubt()
    if above:
        limiter = "Control: that is above threshold, where minutes get expensive without training it better."
        lever = "Longer at threshold rather than harder."
    elif case.findings.faded:
        limiter = "Holding on: the second half was {halfChange} slower on level terms."
        lever = "Time at threshold: a slightly slower start buys more of it."
    else:
        limiter = "Threshold endurance, the next thing to grow: pace held, so length is what is missing."
        lever = "More minutes at this effort before any more speed."
    return FourLines(
        "A sustained effort: your hardest {tempoSpan} averaged {tempoHeartRate}; threshold is {thresholdHeartRate}.",
        limiter,
        lever,
        "Next tempo, settle just below {thresholdHeartRate} and let the pace follow; keep the day after easy.",
    )


def _threshold_in_doubt() -> FourLines:
    """More than threshold for so long speaks against an estimated threshold, not for the runner's courage."""
    return FourLines(
        "A sustained effort: your hardest {tempoSpan} averaged {tempoHeartRate}, above the {thresholdHeartRate} "
        "estimated as your threshold.",
        "What I know about you: held that long, it says the estimate is too low, and your zones with it.",
        "A threshold of your own on file; every judgement of effort gets sharper with it.",
        "When fresh, run {testLength} as hard as you can hold; the average of its last {testPart} is your threshold.",
    )


def intervals(case: Case) -> FourLines:
    bouts = case.reading.metrics.measured.bouts
    if bouts is None:
        return easy(case)
    if bouts.last_against_first_pct <= -FADING_BOUTS_PCT:
        limiter = "Speed endurance, or a start too brave: the last bout was {boutChange} slower than the first."
        lever = "Even bouts: the average of this session is the right first bout."
    elif bouts.spread_pct > UNEVEN_BOUTS_PCT:
        limiter = "Evenness: pace varied by {boutSpread} from bout to bout."
        lever = "The same pace each time, so that the last bouts train what the first ones did."
    else:
        limiter = "Not pacing: the bouts stayed within {boutSpread} of each other, so volume is the next step."
        lever = "Another bout at this pace before a faster one."
    return FourLines(
        "Intervals: {boutCount} bouts of about {boutDuration} at {boutPace} on level terms, {boutRecovery} apart.",
        limiter,
        lever,
        "Run the first bout at {boutPace} and not a step faster; easy running tomorrow.",
    )


def race(case: Case) -> FourLines:
    late = case.findings.late_fade_pct
    if case.findings.started_fast and late is not None and late > 0:
        limiter = "Pacing: the first quarter at {paceFirstQuarter} was paid back in the last at {paceLastQuarter}."
        lever = "A patient first quarter; it is the cheapest time there is to win."
    elif case.findings.faded:
        limiter = "Endurance at race pace: the second half was {halfChange} slower on level terms."
        lever = "Tempo running and longer runs, more than top speed."
    elif case.findings.sped_up:
        limiter = "Restraint: a second half {halfChange} faster on level terms says there was more to spend early."
        lever = "A braver first half, by a little."
    else:
        limiter = "Not pacing, which was even; your threshold sets this pace."
        lever = "Raising that threshold: regular tempo running and patient volume."
    return FourLines(
        "A race: {distance} in {duration}, {pace}.",
        limiter,
        lever,
        "Run easily or rest in the coming days; hard work waits until the legs ask for it.",
    )
