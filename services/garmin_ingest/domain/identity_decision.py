"""What becomes of a recording, given what the runner has already (DOMAIN.md, "Identity")."""

from __future__ import annotations

from collections.abc import Sequence

from services.garmin_ingest.domain.identity import same_activity
from services.garmin_ingest.domain.imports import Candidate, Decision, Known, Verdict


def decide(candidate: Candidate, known: Sequence[Known]) -> Decision:
    """The verdict on one recording; ``known`` may hold activities that only look similar."""
    match = _match(candidate, known)
    if match is None:
        return Decision(Verdict.ADD)
    if match.deleted_by is not None:
        by_hand = candidate.origin.arrival.road == "upload"
        stays = match.deleted_by == "runner" and not by_hand
        return Decision(Verdict.STAY_DELETED if stays else Verdict.REPLACE, match.activity_id)
    if match.same_content:
        return Decision(Verdict.NOTHING, match.activity_id, repeated=match.same_attempt)
    if match.shows_source or candidate.richness > match.richness:
        return Decision(Verdict.REPLACE, match.activity_id, edited=match.same_source)
    return Decision(Verdict.REMEMBER, match.activity_id)


def _match(candidate: Candidate, known: Sequence[Known]) -> Known | None:
    """The surest match: the very bytes, the same source, else the alike one whose start is nearest."""
    for sure in ("same_content", "same_source"):
        found = next((one for one in known if getattr(one, sure)), None)
        if found is not None:
            return found
    alike = [one for one in known if same_activity(one.outline, candidate.outline)]

    def apart_s(one: Known) -> tuple[bool, float]:
        return one.deleted_by is not None, abs((one.outline.start_time - candidate.outline.start_time).total_seconds())

    return min(alike, key=apart_s, default=None)
