"""The four lines a coach says about a run, before any detail: diagnosis, limiter, lever, cue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Origin
from services.coach_agent.domain.facts import FactBook
from services.coach_agent.domain.findings import Findings
from services.coach_agent.domain.reading import Reading
from services.coach_agent.domain.session_kind import SessionType

TOO_HARD_TEMPO = 1.03
UNEVEN_BOUTS_PCT = 4.0
FADING_BOUTS_PCT = 3.0


@dataclass(frozen=True, slots=True)
class FourLines:
    """Sentences with ``{label}`` slots; at most 120 words together once filled."""

    session_diagnosis: str
    primary_limiter: str
    performance_lever: str
    next_cue: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the sentences may look at."""

    reading: Reading
    findings: Findings
    book: FactBook


def four_lines(reading: Reading, findings: Findings, book: FactBook) -> FourLines:
    """The lines for this kind of session and for what its data show."""
    case = Case(reading, findings, book)
    if findings.too_short:
        return _too_short(case)
    if reading.metrics.activity.is_run and not book.has("distance", "pace"):
        return _without_distance(case)
    return _BY_TYPE[reading.kind.type](case)


def _too_short(case: Case) -> FourLines:
    what = " and ".join(f"{{{label}}}" for label in ("duration", "distance") if label in case.book)
    return FourLines(
        f"At {what}, this recording is too short to say how fit you are."
        if what
        else "This recording is all but empty.",
        "The recording itself: drift, pacing and effort only show over a longer stretch.",
        "Nothing to change in your training on the strength of this.",
        "Record a run of more than {warmUp}, and ask again.",
    )


def _other(case: Case) -> FourLines:
    cost = "and it cost you a load of {load}" if "load" in case.book else "and its cost stays open without heart rate"
    return FourLines(
        f"This was no run: {{duration}} of another sport, {cost}.",
        "For your running it counts as load only; pace and drift mean something else here.",
        "Use sessions like this to add endurance without the impact of running.",
        "Treat tomorrow as you would after a run of the same load.",
    )


def _without_heart_rate(case: Case) -> FourLines:
    """A run known by its pace alone. Effort stays open, and is not guessed."""
    if not case.book.has("paceFirstHalf", "paceSecondHalf"):
        return _summary_only(case)
    if case.findings.faded:
        limiter = (
            "Pacing or endurance: the second half was {halfChange} slower on level terms, "
            "and only heart rate could tell which."
        )
        lever = "Even pacing, since it costs nothing: start at the pace of the whole run, {pace}."
    else:
        limiter = "Nothing that pace alone shows: the halves were run at {paceFirstHalf} and {paceSecondHalf}."
        lever = "Regular running at this evenness; how hard it was decides whether to add time or ease off."
    return FourLines(
        "{distance} at {pace}, seen by pace alone: without heart rate its effort stays open.",
        limiter,
        lever,
        "Next time, open no faster than {paceFirstHalf} and judge the effort by whether you could still talk.",
    )


def _without_distance(case: Case) -> FourLines:
    """A run known by its heart rate alone, or by nothing but its length."""
    if not case.book.has("easyShare", "easyCeiling"):
        return _summary_only(case)
    return FourLines(
        "{duration} by heart rate alone: {easyShare} of the time below {easyCeiling}; no distance was recorded.",
        "Effort control: too much of it lay above easy."
        if case.findings.strayed
        else "Nothing that heart rate shows; pace and drift need a distance.",
        "Easy running that stays easy." if case.findings.strayed else "Regular running at this effort.",
        "Keep {easyCeiling} as your ceiling, and record the distance with a foot pod or the track.",
    )


def _summary_only(case: Case) -> FourLines:
    pace = " at {pace}" if "pace" in case.book else ""
    distance = "{distance}" if "distance" in case.book else "{duration}"
    return FourLines(
        f"{distance}{pace}, known by its totals alone.",
        "What happened inside the run was not recorded, so no limiter can be named.",
        "Regular running; the recording is too thin for more precise advice.",
        "Record the next one with its track or a foot pod, and with heart rate if you can.",
    )


def _easy(case: Case) -> FourLines:
    if not case.reading.metrics.has_heart_rate:
        return _without_heart_rate(case)
    if case.findings.strayed:
        return _easy_too_hard(case)
    if case.findings.drifted:
        return _drifting(case, "An easy start that became costly")
    held = "and speed per heartbeat held to within {driftSize}" if "driftSize" in case.book else "and under control"
    faded = case.findings.faded
    return FourLines(
        f"Genuinely easy: {{easyShare}} of the time below {{easyCeiling}}, {held}.",
        "Pacing, mildly: the second half was {halfChange} slower on level terms."
        if faded
        else _none_found(case, "Nothing in the data held you back"),
        "Start slower and let the pace come to you."
        if faded
        else "Frequency: effort this cheap can be repeated often.",
        "Keep {easyCeiling} as your ceiling again, hills included.",
    )


def _none_found(case: Case, opening: str) -> str:
    if case.book.has("heartRateFirstHalf", "heartRateSecondHalf"):
        return f"{opening}: the halves averaged {{heartRateFirstHalf}} and {{heartRateSecondHalf}}."
    return f"{opening}."


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


def _long(case: Case) -> FourLines:
    if not case.reading.metrics.has_heart_rate:
        return _without_heart_rate(case)
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
        else _none_found(case, "No break in endurance"),
        "Eat and drink early on long runs, and start behind your average pace."
        if faded
        else "Length, in small steps: this distance is in hand.",
        "Next long run, hold {paceSecondHalf} from the first kilometre."
        if faded
        else "Keep the long run below {easyCeiling} for most of it, and let only the distance grow.",
    )


def _tempo(case: Case) -> FourLines:
    if not case.book.has("tempoHeartRate"):
        return _without_heart_rate(case)
    sustained = case.reading.metrics.best_heart_rates_bpm[1200]
    above = sustained > TOO_HARD_TEMPO * case.reading.athlete.threshold_bpm
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


def _intervals(case: Case) -> FourLines:
    bouts = case.reading.metrics.measured.bouts
    if bouts is None:
        return _easy(case)
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


def _race(case: Case) -> FourLines:
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


def _progression(case: Case) -> FourLines:
    return FourLines(
        "A progression run: from {paceFirstQuarter} in the first quarter to {paceLastQuarter} in the last.",
        _none_found(case, "Nothing shows while the pace still rises"),
        "The control to finish fast on tired legs; it carries straight over to racing.",
        "Repeat it with the same start, and let only the last quarter get faster.",
    )


def _recovery(_case: Case) -> FourLines:
    return FourLines(
        "A recovery run as it should be: {recoveryShare} of the time below {recoveryCeiling}.",
        "Nothing to fix here; its only job was to leave you fresher.",
        "What comes next: the harder day that this one makes room for.",
        "Keep recovery runs this short and this slow.",
    )


_BY_TYPE: dict[SessionType, Callable[[Case], FourLines]] = {
    SessionType.RACE: _race,
    SessionType.INTERVALS: _intervals,
    SessionType.TEMPO: _tempo,
    SessionType.LONG: _long,
    SessionType.PROGRESSION: _progression,
    SessionType.RECOVERY: _recovery,
    SessionType.EASY: _easy,
    SessionType.OTHER: _other,
}
