"""What a batch of files changes, decided file by file as if each came alone, to be written in one go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from services.garmin_ingest.domain.imports import (
    Arrival,
    Candidate,
    Decision,
    FileResult,
    Known,
    SourceName,
    Upload,
    Verdict,
)
from services.garmin_ingest.domain.intake import Intake, ItemMark, LedgerRow
from services.garmin_ingest.domain.roster import Mark, MarkKey, Roster
from shared.ids import uuid7

Decide = Callable[[Candidate, Sequence[Known]], Decision]
EventKind = Literal["activity.imported", "activity.updated"]


@dataclass(frozen=True, slots=True)
class Change:
    """An activity to be written; of several recordings of one batch, the one that stays.

    With ``keeps_name`` it is called as before, whatever the recording says.
    """

    activity_id: uuid.UUID
    version: int
    candidate: Candidate
    is_new: bool
    keeps_name: bool
    event: EventKind


@dataclass(slots=True)
class Plan:
    """``keep`` are the files whose originals the changes need; ``renamed`` says what Garmin calls activities that
    stay as they are; ``finished`` are items of jobs with their outcomes.
    """

    changes: dict[uuid.UUID, Change] = field(default_factory=dict)
    renamed: dict[uuid.UUID, Arrival] = field(default_factory=dict)
    marks: dict[MarkKey, Mark] = field(default_factory=dict)
    keep: dict[bytes, Upload] = field(default_factory=dict)
    ledger: dict[tuple[SourceName, bytes], LedgerRow] = field(default_factory=dict)
    finished: list[tuple[ItemMark, FileResult]] = field(default_factory=list)
    results: list[FileResult] = field(default_factory=list)


def make_plan(
    intakes: Sequence[Intake], roster: Roster, decide: Decide, renamed: Collection[bytes] = frozenset()
) -> Plan:
    """``renamed`` are known contents that Garmin calls something else than before."""
    planning = _Planning(Plan(), roster, decide, renamed)
    for intake in intakes:
        planning.add(intake)
    return planning.plan


@dataclass(frozen=True, slots=True)
class _Planning:
    plan: Plan
    roster: Roster
    decide: Decide
    renamed: Collection[bytes]

    def add(self, intake: Intake) -> None:
        upload = intake.file.upload
        decisions = [self._decided(candidate) for candidate in intake.candidates]
        result = _result(intake, decisions, renamed=upload.sha256 in self.renamed)
        kept = intake.is_unreadable_recording or any(_needs_original(decision) for decision in decisions)
        if kept:
            self.plan.keep[upload.sha256] = upload
        self._enter(LedgerRow.of(intake, result, original_kept=kept))
        self.plan.results.append(result)
        if intake.file.item is not None:
            self.plan.finished.append((intake.file.item, result))

    def _enter(self, row: LedgerRow) -> None:
        """A file that comes twice is told by its first coming, unless that failed."""
        key = (row.source, row.content_sha256)
        earlier = self.plan.ledger.get(key)
        if earlier is None or earlier.outcome == "failed" or row.outcome != "duplicate":
            self.plan.ledger[key] = row

    def _decided(self, candidate: Candidate) -> Decision:
        decision = self.decide(candidate, self.roster.known(candidate))
        match decision.verdict:
            case Verdict.ADD | Verdict.REPLACE:
                activity_id = decision.activity_id or uuid7()
                self._change(activity_id, candidate)
                self._remember(Mark.of(activity_id, candidate, attempt=candidate.origin.arrival.attempt))
                return replace(decision, activity_id=activity_id)
            case Verdict.REMEMBER:
                assert decision.activity_id is not None
                self._remember(Mark.of(decision.activity_id, candidate, attempt=None))
                if candidate.origin.arrival.road == "sync":
                    self.plan.renamed[decision.activity_id] = candidate.origin.arrival
            case Verdict.NOTHING | Verdict.STAY_DELETED:
                pass
        return decision

    def _change(self, activity_id: uuid.UUID, candidate: Candidate) -> None:
        before, earlier = self.roster.held.get(activity_id), self.plan.changes.get(activity_id)
        appears = before is None or before.deleted_by is not None
        event: EventKind = "activity.imported" if appears else "activity.updated"
        keeps_name = candidate.origin.arrival.road == "upload" and self.roster.is_named_by_garmin(activity_id)
        held = self.roster.write(activity_id, candidate)
        # Who hears of it hears once, of how it is when the batch is done.
        self.plan.changes[activity_id] = Change(
            activity_id=activity_id,
            version=held.version,
            candidate=candidate,
            is_new=before is None if earlier is None else earlier.is_new,
            keeps_name=keeps_name,
            event=event if earlier is None else earlier.event,
        )

    def _remember(self, mark: Mark) -> None:
        self.plan.marks |= {changed.key: changed for changed in self.roster.remember(mark)}


def _needs_original(decision: Decision) -> bool:
    return decision.verdict in {Verdict.ADD, Verdict.REPLACE, Verdict.REMEMBER}


def _result(intake: Intake, decisions: Sequence[Decision], *, renamed: bool) -> FileResult:
    file_name, reading = intake.file.upload.file_name, intake.reading
    if reading is None:
        attempt = intake.file.arrival.attempt
        own_work = attempt is not None and any(source.attempt == attempt for source in intake.known)
        ids = tuple(dict.fromkeys(source.activity_id for source in intake.known))
        return FileResult(file_name, "imported" if own_work else "updated" if renamed else "duplicate", ids)
    if reading.failure is not None:
        return FileResult(file_name, "failed", failure=reading.failure)
    if reading.skipped is not None:
        return FileResult(file_name, "skipped", kind=reading.skipped)
    return _result_of_recording(file_name, decisions)


def _result_of_recording(file_name: str, decisions: Sequence[Decision]) -> FileResult:
    ids = tuple(one.activity_id for one in decisions if one.activity_id is not None)
    if any(one.edited for one in decisions):
        return FileResult(file_name, "updated", ids)
    if any(one.verdict in {Verdict.ADD, Verdict.REPLACE} or one.repeated for one in decisions):
        return FileResult(file_name, "imported", ids)
    if all(one.verdict is Verdict.STAY_DELETED for one in decisions):
        return FileResult(file_name, "skipped", ids, kind="deleted by you")
    return FileResult(file_name, "duplicate", ids)
