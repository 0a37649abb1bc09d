"""A batch is decided as its files would be one by one."""

import dataclasses
import datetime as dt
import uuid
from pathlib import Path

from services.garmin_ingest.domain.identity_decision import decide
from services.garmin_ingest.domain.import_plan import Plan, make_plan
from services.garmin_ingest.domain.imports import Arrival, Candidate, Source, Upload
from services.garmin_ingest.domain.intake import Incoming, Intake, ItemMark
from services.garmin_ingest.domain.reading import Reading, read_recording
from services.garmin_ingest.domain.roster import Held, Mark, Roster
from tests.support.builders import ShortRun, build_fit, build_gpx, build_tcx
from tests.support.builders_damage import garbage
from tests.unit.garmin_ingest.reading import NOW

START = ShortRun().start
JOB = uuid.uuid4()


def _intake(content: bytes, position: int = 0, arrival: Arrival | None = None) -> Intake:
    upload = Upload(f"{position}.fit", Path("nowhere"), content[:200].ljust(32)[-32:], len(content))
    arrival = arrival or Arrival(attempt=f"{JOB}:{position}")
    return Intake(Incoming(upload, arrival, ItemMark(JOB, position)), "UTC", read_recording(content, "UTC", NOW))


def _nothing() -> Roster:
    return Roster.of([], [])


def _held(activity_id: uuid.UUID, candidate: Candidate) -> Held:
    return Held(
        activity_id, 1, candidate.outline, candidate.richness, deleted_by=None, road="upload", source_id=None,
        has_name=False,
    )  # fmt: skip


def _day(number: int) -> bytes:
    return build_fit(start=START + dt.timedelta(days=number), duration_s=120)


def _plan(*intakes: Intake, roster: Roster | None = None) -> Plan:
    return make_plan(intakes, roster or _nothing(), decide)


def test_two_recordings_of_one_activity_in_a_batch_are_one_activity_and_one_event():
    plan = _plan(_intake(build_gpx(duration_s=600)), _intake(build_fit(duration_s=600), 1))
    (change,) = plan.changes.values()
    assert (change.version, change.is_new, change.event) == (2, True, "activity.imported")
    assert change.candidate.activity.file_format == "fit"
    assert {mark.activity_id for mark in plan.marks.values()} == {change.activity_id}
    assert [result.status for result in plan.results] == ["imported", "imported"]
    assert len(plan.keep) == 2


def test_a_poorer_recording_later_in_the_batch_is_remembered_and_changes_nothing():
    plan = _plan(_intake(build_fit(duration_s=600)), _intake(build_tcx(duration_s=600), 1))
    (change,) = plan.changes.values()
    assert (change.version, change.candidate.activity.file_format) == (1, "fit")
    assert [result.status for result in plan.results] == ["imported", "duplicate"]
    assert plan.results[1].activity_ids == (change.activity_id,)


def test_the_same_file_twice_in_a_batch_is_imported_once_and_told_once():
    plan = _plan(_intake(_day(0)), _intake(_day(0), 1))
    assert [result.status for result in plan.results] == ["imported", "duplicate"]
    assert [row.outcome for row in plan.ledger.values()] == ["imported"]
    assert [item.position for item, _ in plan.finished] == [0, 1]


def test_one_bad_file_costs_no_other():
    plan = _plan(_intake(_day(0)), _intake(garbage(), 1), _intake(_day(1)[:20], 2), _intake(_day(2), 3))
    assert [result.status for result in plan.results] == ["imported", "failed", "failed", "imported"]
    # What is a recording by its content waits for a better decoder, and junk does not.
    assert [row.original_kept for row in plan.ledger.values()] == [True, False, True, True]


def test_a_batch_and_the_same_files_one_by_one_give_the_same():
    contents = [_day(0), build_tcx(duration_s=120), _day(1), build_gpx(start=START, duration_s=120), _day(0), _day(2)]
    intakes = [_intake(content, at) for at, content in enumerate(contents)]
    together = _plan(*intakes)
    roster, one_by_one = _nothing(), []
    for intake in intakes:
        one_by_one += _plan(intake, roster=roster).results
    assert [result.status for result in one_by_one] == [result.status for result in together.results]
    assert sorted(held.version for held in roster.held.values()) == sorted(
        change.version for change in together.changes.values()
    )


def test_the_attempt_that_did_it_knows_its_own_work_again():
    first = _plan(_intake(_day(0)))
    (change,) = first.changes.values()
    held = _held(change.activity_id, change.candidate)
    known = Roster.of([held], first.marks.values())
    assert _plan(_intake(_day(0)), roster=known).results[0].status == "imported"
    other = _intake(_day(0), arrival=Arrival(attempt="another"))
    assert _plan(other, roster=known).results[0].status == "duplicate"
    by_bytes = dataclasses.replace(other, reading=None, known=(Source(change.activity_id, "another"),))
    assert _plan(by_bytes, roster=known).results[0].status == "imported"


def test_sessions_of_one_garmin_activity_do_not_replace_each_other():
    synced = Arrival("connect_credentials", "42")
    candidate = _intake(_day(0), arrival=synced).candidates[0]
    second = dataclasses.replace(candidate, activity=dataclasses.replace(candidate.activity, session_index=1))
    later = dataclasses.replace(second, outline=dataclasses.replace(second.outline, start_time=START))
    roster = _nothing()
    roster.write(one := uuid.uuid4(), candidate)
    roster.remember(Mark.of(one, candidate, attempt=None))
    assert [known.same_source for known in roster.known(candidate)] == [True]
    assert [known.same_source for known in roster.known(later)] == [False]


def test_a_run_that_a_sync_brings_again_stays_deleted_and_keeps_no_original():
    candidate = _intake(_day(0)).candidates[0]
    deleted = dataclasses.replace(_held(uuid.uuid4(), candidate), deleted_by="runner")
    plan = _plan(_intake(_day(0), arrival=Arrival("connect_credentials", "42")), roster=Roster.of([deleted], []))
    assert (plan.results[0].status, plan.results[0].kind) == ("skipped", "deleted by you")
    assert (plan.changes, plan.keep) == ({}, {})


def test_a_file_that_is_no_recording_is_told_by_its_kind():
    intake = dataclasses.replace(_intake(_day(0)), reading=Reading("fit/2", skipped="settings"))
    row = next(iter(_plan(intake).ledger.values()))
    assert (row.outcome, row.skipped_as, row.decoder) == ("skipped", "settings", "fit/2")
