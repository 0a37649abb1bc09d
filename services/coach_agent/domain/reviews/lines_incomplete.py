"""The four lines where the recording holds less than a run: too short, another sport, a signal missing."""

from __future__ import annotations

from services.coach_agent.domain.reviews.lines import Case, FourLines


def too_short(case: Case) -> FourLines:
    what = " and ".join(f"{{{label}}}" for label in ("duration", "distance") if label in case.book)
    return FourLines(
        f"At {what}, this recording is too short to say how fit you are."
        if what
        else "This recording is all but empty.",
        "The recording itself: drift, pacing and effort only show over a longer stretch.",
        "Nothing to change in your training on the strength of this.",
        "Record a run of more than {warmUp}, and ask again.",
    )


def other(case: Case) -> FourLines:
    cost = "and it cost you a load of {load}" if "load" in case.book else "and its cost stays open without heart rate"
    return FourLines(
        f"This was no run: {{duration}} of another sport, {cost}.",
        "For your running it counts as load only; pace and drift mean something else here.",
        "Use sessions like this to add endurance without the impact of running.",
        "Treat tomorrow as you would after a run of the same load.",
    )


def without_heart_rate(case: Case) -> FourLines:
    """A run known by its pace alone. Effort stays open, and is not guessed."""
    if not case.book.has("paceFirstHalf", "paceSecondHalf"):
        return summary_only(case)
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
        "Next time, open no faster than {paceFirstHalf}; with a heart-rate strap I can say how hard it was.",
    )


def without_distance(case: Case) -> FourLines:
    """A run known by its heart rate alone, or by nothing but its length."""
    if not case.book.has("easyShare", "easyCeiling"):
        return summary_only(case)
    return FourLines(
        "{duration} by heart rate alone: {easyShare} of the time below {easyCeiling}; no distance was recorded.",
        "Effort control: too much of it lay above easy."
        if case.findings.strayed
        else "Nothing that heart rate shows; pace and drift need a distance.",
        "Easy running that stays easy." if case.findings.strayed else "Regular running at this effort.",
        "Keep {easyCeiling} as your ceiling, and record the distance with a foot pod or the track.",
    )


def summary_only(case: Case) -> FourLines:
    pace = " at {pace}" if "pace" in case.book else ""
    distance = "{distance}" if "distance" in case.book else "{duration}"
    return FourLines(
        f"{distance}{pace}, known by its totals alone.",
        "What happened inside the run was not recorded, so no limiter can be named.",
        "Regular running; the recording is too thin for more precise advice.",
        "Record the next one with its track or a foot pod, and with heart rate if you can.",
    )
