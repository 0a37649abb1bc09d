"""One file on its way into what the runner has, and what the ledger will say of it."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.imports import (
    Arrival,
    Candidate,
    Failure,
    FileResult,
    Origin,
    Source,
    SourceName,
    Upload,
)
from services.garmin_ingest.domain.reading import Reading


@dataclass(frozen=True, slots=True)
class ItemMark:
    """The item of a job that a file is, so that its outcome is written with its effect, both or neither."""

    job_id: uuid.UUID
    position: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that waits for its import."""

    upload: Upload
    arrival: Arrival
    item: ItemMark | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that has been read; ``known`` is given instead of a reading where its bytes are known already."""

    file: Incoming
    zone: str
    reading: Reading | None = None
    known: tuple[Source, ...] = ()

    @property
    def position(self) -> int:
        """Its place among the items of its job."""
        return 0 if self.file.item is None else self.file.item.position

    @property
    def packed(self) -> bool:
        return self.file.upload.file_name.lower().endswith(".gz")

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        if self.reading is None:
            return ()
        arrival, found = self.file.arrival, self.reading.activities
        origin = Origin(self.file.upload.sha256, packed=self.packed, arrival=arrival)
        # The type that Garmin lists is that of the whole, and says nothing of several parts.
        sport, sub_sport = (arrival.sport, arrival.sub_sport) if len(found) == 1 else (None, None)
        named = [one.as_garmin_calls_it(name=arrival.name, sport=sport, sub_sport=sub_sport) for one in found]
        return tuple(Candidate(one, one.outline, one.richness, origin) for one in named)

    @property
    def needs_turn(self) -> bool:
        """Whether anything but the ledger depends on it, so that no deletion may run beside it."""
        return bool(self.candidates) or self.is_unreadable_recording or self.comes_again_from_garmin

    @property
    def comes_again_from_garmin(self) -> bool:
        """Whether its bytes are known, and only what Garmin calls them may have changed."""
        return bool(self.known) and self.file.arrival.road == "sync"

    @property
    def is_unreadable_recording(self) -> bool:
        """Whether a better decoder may make something of it one day."""
        return self.reading is not None and self.reading.failure is not None and self.reading.decoder is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What is remembered of a file that came in. ``skipped_as`` says what a skipped one is; ``warnings`` are codes."""

    source: SourceName
    content_sha256: bytes
    source_id: str | None
    size_bytes: int
    packed: bool
    zone: str
    decoder: str | None = None
    outcome: str
    skipped_as: str | None = None
    failure: Failure | None = None
    activity_ids: tuple[uuid.UUID, ...] = ()
    warnings: tuple[str, ...] = ()
    original_kept: bool = False

    @classmethod
    def of_zip(cls, intake: Intake) -> LedgerRow:
        """A ZIP that was unpacked: its entries have rows of their own."""
        upload, arrival = intake.file.upload, intake.file.arrival
        return cls(
            source=arrival.source,
            content_sha256=upload.sha256,
            source_id=arrival.source_id,
            size_bytes=upload.size,
            packed=intake.packed,
            zone=intake.zone,
            outcome="unpacked",
        )

    @classmethod
    def of(cls, intake: Intake, result: FileResult, *, original_kept: bool) -> LedgerRow:
        found = () if intake.reading is None else intake.reading.activities
        return replace(
            cls.of_zip(intake),
            decoder=None if intake.reading is None else intake.reading.decoder,
            outcome=result.status,
            skipped_as=result.kind,
            failure=result.failure,
            activity_ids=result.activity_ids,
            warnings=tuple(dict.fromkeys(code for activity in found for code in activity.warnings)),
            original_kept=original_kept,
        )


def hash_of_place(zip_sha256: bytes, key: str) -> bytes:
    """What stands for the content of an entry that cannot be unpacked: its ZIP and its place in it."""
    return hashlib.sha256(zip_sha256 + key.encode()).digest()
