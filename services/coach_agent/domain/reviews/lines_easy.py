"""The four lines of easy days: easy, recovery, long and progression runs."""

from __future__ import annotations

from services.coach_agent.domain.athlete import Origin
from services.coach_agent.domain.reviews.findings import DRIFT_PCT
from services.coach_agent.domain.reviews.lines import Case, FourLines, nothing_found
from services.coach_agent.domain.reviews.lines_incomplete import without_heart_rate
from services.coach_agent.domain.runs.zones import ZoneBasis

CLEAR_FADE_PCT = 6.0
EASED_BPM = 3.0


def easy(case: Case) -> FourLines:
    if not case.reading.metrics.has_heart_rate:
        return without_heart_rate(case)
    if case.findings.strayed:
        return _easy_too_hard(case)
    if case.findings.drifted:
        return _drifting(case, "An easy start that became costly")
    limiter, lever = _limits(case)
    return FourLines(
        f"{_calm(case)}: {{easyShare}} of the time below {{easyCeiling}}, {{easyOfThreshold}} of your threshold, "
        f"{_held(case)}.",
        limiter,
        lever,
        "Keep {easyCeiling} as your ceiling again, hills included.",
    )


def _held(case: Case) -> str:
    drift_pct = case.findings.drift_pct
    if drift_pct is None:
        return "and under control"
    if drift_pct <= -DRIFT_PCT:
        return "and speed per heartbeat rose by {driftSize} on the way"
    return "and speed per heartbeat held to within {driftSize}"


def _limits(case: Case) -> tuple[str, str]:
    """What limited an easy run, and what helps."""
    fade_pct, again = case.findings.fade_pct, "Frequency: effort this cheap can be repeated often."
    if fade_pct is None or not case.findings.faded:
        return nothing_found(case, "Nothing in the data held you back"), again
    if _eased_off(case):
        eased = "Nothing that held you back: you eased off, from {heartRateFirstHalf} to {heartRateSecondHalf}, and "
        return eased + "the second half was {halfChange} slower on level terms.", again
    mildly = ", mildly" if fade_pct < CLEAR_FADE_PCT else ""
    return (
        f"Pacing{mildly}: the second half was {{halfChange}} slower on level terms.",
        "Start slower and let the pace come to you.",
    )


def _eased_off(case: Case) -> bool:
    """Whether the heart slowed with the pace, as it does when somebody chooses to."""
    beats = [half.heart_rate_bpm for half in case.reading.metrics.measured.halves]
    return len(beats) == 2 and None not in beats and (beats[0] or 0.0) - (beats[1] or 0.0) >= EASED_BPM


def _calm(case: Case) -> str:
    """Zones that are not drawn from threshold may show the same minutes as zone 3, which nobody would call easy."""
    times = case.reading.zone_times
    return "Genuinely easy" if times is not None and times.zones.basis is ZoneBasis.THRESHOLD else "Held back"


def _easy_too_hard(case: Case) -> FourLines:
    strain = ", and it told: speed per heartbeat fell by {driftSize}" if case.findings.drifted else ""
    verdict = f"Neither easy nor a workout: {{aboveEasyShare}} of it above your easy {{easyCeiling}}{strain}."
    if case.reading.athlete.max_heart_rate.origin is Origin.ASSUMED:
        verdict = "If your maximum is near {maxHeartRateUsed}, this was not easy: {aboveEasyShare} above {easyCeiling}."
    return FourLines(
        verdict,
        "Effort control. The middle ground tires you like quality work and trains you like an easy run.",
        "Slower easy days, so that the hard ones can be hard.",
        "Begin the next easy run slowly enough to stay below {easyCeiling} to the end, walking hills if need be.",
    )


def _drifting(case: Case, opening: str) -> FourLines:
    hot = case.findings.hot
    limiter = (
        "Heat first, endurance second: at {temperature} on the watch, the heart works to cool you as well."
        if hot
        else "Aerobic endurance: from half to half heart rate went from {heartRateFirstHalf} to {heartRateSecondHalf}, "
        "pace from {paceFirstHalf} to {paceSecondHalf}."
    )
    return FourLines(
        f"{opening}: after the warm-up, speed per heartbeat fell by {{driftSize}}.",
        limiter,
        "Cooler hours or a slower pace in the heat."
        if hot
        else "Relaxed running time at this length until drift stays under {driftLimit}.",
        "Go out by heart rate, not pace: hold {heartRateFirstQuarter} and accept what the pace does."
        if "heartRateFirstQuarter" in case.book
        else "Go out by effort, not pace, and keep the first half conversational.",
    )


def long(case: Case) -> FourLines:
    if not case.reading.metrics.has_heart_rate:
        return without_heart_rate(case)
    if case.findings.drifted:
        return _drifting(case, "A long run that grew costly")
    faded = case.findings.faded
    steady = "the halves differ by {halfChange}" if "halfChange" in case.book else "the effort held"
    return FourLines(
        "{distance} in {duration}, and the second half was {halfChange} slower on level terms."
        if faded
        else f"{{distance}} in {{duration}} with endurance to match: {steady} on level terms.",
        "Pacing and fuel: the body paid for the first half in the second."
        if faded
        else nothing_found(case, "No break in endurance"),
        "Eat and drink early on long runs, and start behind your average pace."
        if faded
        else "Length, in small steps: this distance is in hand.",
        "Next long run, hold {paceSecondHalf} from the first kilometre."
        if faded
        else "Keep the long run below {easyCeiling} for most of it, and let only the distance grow.",
    )


def progression(case: Case) -> FourLines:
    return FourLines(
        "A progression run: from {paceFirstQuarter} in the first quarter to {paceLastQuarter} in the last.",
        nothing_found(case, "Nothing shows while the pace still rises"),
        "The control to finish fast on tired legs; it carries straight over to racing.",
        "Repeat it with the same start, and let only the last quarter get faster.",
    )


def recovery(_case: Case) -> FourLines:
    return FourLines(
        "A recovery run as it should be: {recoveryShare} of the time below {recoveryCeiling}, {recoveryOfThreshold} of "
        "your threshold.",
        "Nothing to fix here; its only job was to leave you fresher.",
        "What comes next: the harder day that this one makes room for.",
        "Keep recovery runs this short and this slow.",
    )
