"""What the runner has that new recordings may be, kept up to date while a batch of them is decided one by one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.garmin_ingest.domain.identity import START_TOLERANCE_S, Outline, Richness
from services.garmin_ingest.domain.imports import Candidate, DeletedBy, Known
from services.garmin_ingest.domain.models import Road

MarkKey = tuple[bytes, int, Road]
_AROUND = dt.timedelta(seconds=START_TOLERANCE_S)


@dataclass(frozen=True, slots=True)
class Mark:
    """What an activity is known again by: the bytes that gave it, and what its source calls it.

    ``attempt`` names the try that made or changed the activity with these bytes.
    """

    activity_id: uuid.UUID
    content_sha256: bytes
    session_index: int
    road: Road
    source_id: str | None
    attempt: str | None
    account_hash: bytes | None = None

    @classmethod
    def of(cls, activity_id: uuid.UUID, candidate: Candidate, *, attempt: str | None) -> Mark:
        origin, arrival = candidate.origin, candidate.origin.arrival
        return cls(
            activity_id, origin.content_sha256, candidate.activity.session_index, arrival.road, arrival.source_id,
            attempt, arrival.account_hash,
        )  # fmt: skip

    @property
    def key(self) -> MarkKey:
        return self.content_sha256, self.session_index, self.road

    def is_called(self, road: Road, source_id: str | None) -> bool:
        return source_id is not None and (self.road, self.source_id) == (road, source_id)


@dataclass(frozen=True, slots=True)
class Held:
    """An activity as it stands: where what is kept of it came from, and who deleted it, None for a living one."""

    activity_id: uuid.UUID
    version: int
    outline: Outline
    richness: Richness
    deleted_by: DeletedBy | None
    road: Road
    source_id: str | None
    has_name: bool


@dataclass(slots=True)
class Roster:
    held: dict[uuid.UUID, Held]
    marks: dict[MarkKey, Mark] = field(default_factory=dict)

    @classmethod
    def of(cls, held: Iterable[Held], marks: Iterable[Mark]) -> Roster:
        return cls({one.activity_id: one for one in held}, {mark.key: mark for mark in marks})

    def known(self, candidate: Candidate) -> list[Known]:
        """All that the candidate may be: what began about then, gave the same bytes, or has the same name at Garmin."""
        origin, arrival, session_index = candidate.origin, candidate.origin.arrival, candidate.activity.session_index
        of_session = [mark for mark in self.marks.values() if mark.session_index == session_index]
        by_content = [mark for mark in of_session if mark.content_sha256 == origin.content_sha256]
        same_content = {mark.activity_id for mark in by_content}
        same_source = {mark.activity_id for mark in of_session if mark.is_called(arrival.road, arrival.source_id)}
        repeated = {
            mark.activity_id for mark in by_content if mark.attempt is not None and mark.attempt == arrival.attempt
        }
        return [
            Known(
                activity_id=held.activity_id,
                outline=held.outline,
                richness=held.richness,
                deleted_by=held.deleted_by,
                same_content=held.activity_id in same_content,
                same_source=held.activity_id in same_source,
                same_attempt=held.activity_id in repeated,
                shows_source=held.activity_id in same_source
                and (held.road, held.source_id) == (arrival.road, arrival.source_id),
            )
            for held in self.held.values()
            if held.activity_id in same_content | same_source
            or abs(held.outline.start_time - candidate.outline.start_time) <= _AROUND
        ]

    def is_named_by_garmin(self, activity_id: uuid.UUID) -> bool:
        """Whether the activity has a name that an upload must leave alone."""
        held = self.held.get(activity_id)
        synced = any(mark.activity_id == activity_id and mark.road == "sync" for mark in self.marks.values())
        return held is not None and held.has_name and synced

    def write(self, activity_id: uuid.UUID, candidate: Candidate) -> Held:
        """The activity made or changed by a recording, which now lives."""
        before, arrival = self.held.get(activity_id), candidate.origin.arrival
        self.held[activity_id] = held = Held(
            activity_id=activity_id,
            version=1 if before is None else before.version + 1,
            outline=candidate.outline,
            richness=candidate.richness,
            deleted_by=None,
            road=arrival.road,
            source_id=arrival.source_id,
            has_name=candidate.activity.name is not None or self.is_named_by_garmin(activity_id),
        )
        return held

    def remember(self, mark: Mark) -> list[Mark]:
        """The marks that this changes: what a source gave for a name before an edit is known by its bytes alone."""
        superseded = [
            replace(other, source_id=None)
            for other in self.marks.values()
            if other.is_called(mark.road, mark.source_id)
            and other.session_index == mark.session_index
            and other.content_sha256 != mark.content_sha256
        ]
        before = self.marks.get(mark.key)
        if mark.attempt is None and before is not None:
            mark = replace(mark, attempt=before.attempt)
        changed = [*superseded, mark]
        self.marks |= {one.key: one for one in changed}
        return changed
