"""The description after the four lines: how the run unfolded, what it cost, the ground, the past, what is missing."""

from __future__ import annotations

from collections.abc import Iterable

from services.coach_agent.domain.athlete import Origin, Tone
from services.coach_agent.domain.facts import FactBook, Passage, join
from services.coach_agent.domain.reviews.lines import Case
from services.coach_agent.domain.runs.decoupling import Refusal
from services.coach_agent.domain.runs.load import LoadBasis
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.session_kind import SessionType
from services.coach_agent.domain.runs.zones import BASIS_WORDS, ZoneBasis

# On level terms the pace moves by less than this through noise in the altitude alone.
SMALLEST_SLOPE_EFFECT = 0.01

ALL_BUT_PCT = 99.5  # rounds to everything
MISSING_WORDS = {
    "samples": "The recording holds samples of a part of this run only, so pacing, slope and drift stay open.",
    "heartRate": "There is no heart rate in this recording, so effort, zones and drift stay open.",
    "distance": "There is no distance in this recording, so pace and drift stay open.",
    "cadence": "Cadence was not recorded.",
    "altitude": "There is no altitude, so hills could not be taken into account.",
    "position": "There is no track, so the distance rests on the watch or foot pod.",
}

_REFUSAL_WORDS = {
    Refusal.SHORT: "Drift is not given: it takes more than {driftShortest} of moving time.",
    Refusal.VARIED: "Drift is not given: pace varied too much for it to mean anything.",
    Refusal.NO_DISTANCE: "Drift is not given: it needs a distance.",
}


def describe(case: Case) -> Passage:
    """Paragraphs separated by blank lines; a direct tone leaves the explanations out."""
    if case.findings.too_short:
        return Passage()
    direct = case.reading.athlete.profile.tone is Tone.DIRECT
    paragraphs = [_unfolding(case), _cost(case, explain=not direct), _ground(case), _past(case.book)]
    return join((_paragraph(case.book, sentences) for sentences in paragraphs), "\n\n")


def _paragraph(book: FactBook, sentences: Iterable[str]) -> Passage:
    return join((book.compose(sentence) for sentence in sentences), " ")


def _unfolding(case: Case) -> list[str]:
    book = case.book
    said: list[str] = []
    if not case.reading.metrics.activity.is_run:
        return said
    if book.has("distance", "duration", "pace"):
        said.append("{distance} in {duration}, at {pace}.")
    if case.reading.kind.type is SessionType.INTERVALS:
        return [*said, *_fastest_and_stops(case)]
    if book.has("paceFirstHalf", "paceSecondHalf", "heartRateFirstHalf", "heartRateSecondHalf"):
        said.append(
            "You ran the first half at {paceFirstHalf} with a heart rate of {heartRateFirstHalf}, "
            "the second at {paceSecondHalf} with {heartRateSecondHalf}."
        )
    elif book.has("paceFirstHalf", "paceSecondHalf"):
        said.append("You ran the first half at {paceFirstHalf} and the second at {paceSecondHalf}.")
    if case.findings.lost_cadence:
        said.append(
            "Cadence sank from {cadenceFirstHalf} to {cadenceSecondHalf}: when tired, think quick feet, not long steps."
        )
    return [*said, *_fastest_and_stops(case)]


def _fastest_and_stops(case: Case) -> list[str]:
    said: list[str] = []
    if "fastestKm" in case.book:
        said.append("Your fastest kilometre took {fastestKm}.")
    if case.findings.stopped:
        said.append("The watch counted {stoppedTime} in which you stood still; pace leaves that out.")
    return said


def _time_by_effort(reading: Reading) -> str:
    easy = "of the time lay below {easyCeiling}, {easyOfThreshold} of your threshold"
    if reading.intensity is not None and reading.intensity.easy_pct >= ALL_BUT_PCT:
        return f"By heart rate all {easy}."
    return (
        f"By heart rate {{easyShare}} {easy}, {{moderateShare}} from there to your threshold of {{thresholdHeartRate}} "
        f"and {{hardShare}} at or above it."
    )


def _cost(case: Case, *, explain: bool) -> list[str]:
    reading = case.reading
    said: list[str] = []
    if reading.zone_times is not None:
        said.append(_time_by_effort(reading))
        basis = reading.zone_times.zones.basis
        if basis is not ZoneBasis.THRESHOLD:
            said.append(f"The zones have limits of their own, drawn from {BASIS_WORDS[basis]}.")
        elif explain:
            said.append(f"The zones are drawn from {BASIS_WORDS[basis]}.")
    if reading.load is not None:
        road = ", estimated from pace for want of heart rate" if reading.load.basis is LoadBasis.PACE else ""
        scale = "; an hour at threshold counts {hourAtThreshold}" if explain else ""
        said.append(f"That makes a load of {{load}}{road}{scale}.")
    refusal = reading.metrics.measured.decoupling.refusal
    if reading.metrics.activity.is_run and refusal in _REFUSAL_WORDS and reading.metrics.has_heart_rate and explain:
        said.append(_REFUSAL_WORDS[refusal])
    return said


def _ground(case: Case) -> list[str]:
    book, metrics = case.book, case.reading.metrics
    said: list[str] = []
    if book.has("gradeAdjustedPace", "ascent") and metrics.measured.grade_adjusted_factor is not None:
        effect = metrics.measured.grade_adjusted_factor - 1.0
        if effect >= SMALLEST_SLOPE_EFFECT:
            said.append("With {ascent} of climbing, {pace} cost what {gradeAdjustedPace} would on the flat.")
        elif effect <= -SMALLEST_SLOPE_EFFECT:
            said.append("The course helped: {pace} here is worth {gradeAdjustedPace} on the flat.")
    if case.findings.hot:
        said.append("It was warm, {temperature} on the watch, which raises heart rate at any pace.")
    return said


def _past(book: FactBook) -> list[str]:
    if not book.has("pace", "pace.previous", "date.previous"):
        return []
    said = "Your run before, on {date.previous}, was {distance.previous} at {pace.previous}"
    if book.has("averageHeartRate", "averageHeartRate.previous"):
        said += " with {averageHeartRate.previous} on average"
    return [said + "."]


def _is_missed(metrics: RunMetrics, key: str) -> bool:
    """Whether its absence takes anything away: indoors there is no track, and a ride asks for heart rate only."""
    if not metrics.activity.is_run:
        return key == "heartRate"
    return not (metrics.indoor and key in {"position", "altitude"})


def missing_sentences(reading: Reading) -> dict[str, str]:
    """What was not recorded or had to be assumed, by key, each as a sentence with slots."""
    metrics = reading.metrics
    said: dict[str, str] = {}
    for key in metrics.missing:
        if key in MISSING_WORDS and _is_missed(metrics, key):
            said[key] = MISSING_WORDS[key]
    if "distance" in said and metrics.activity.distance_m:
        said["distance"] = "The distance is known as a total alone, so pacing and drift stay open."
    if metrics.indoor:
        said["indoor"] = "This was indoors: no slope and no wind, and a distance as good as the belt's or the pod's."
    if 0 < metrics.measured.heart_rate_coverage < 0.9:
        use = "the rest is not guessed" if metrics.has_heart_rate else "too little to judge the effort by"
        said["heartRateGaps"] = f"Heart rate covers {{heartRateCoverage}} of the time; {use}."
    if metrics.has_heart_rate and reading.athlete.max_heart_rate.origin is Origin.ASSUMED:
        said["maxHeartRate"] = (
            "Your maximal heart rate is not on file, so the zones assume {maxHeartRateUsed}; set yours or your birth "
            "year in your profile and they become yours."
        )
    if metrics.activity.is_run and reading.load is None:
        said["load"] = "Load needs heart rate over most of the run, or a threshold pace in your profile."
    return said
