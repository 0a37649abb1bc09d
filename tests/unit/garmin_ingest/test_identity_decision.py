import dataclasses
import datetime as dt
import uuid

import pytest

from services.garmin_ingest.domain.identity import Outline
from services.garmin_ingest.domain.identity_decision import decide
from services.garmin_ingest.domain.imports import Arrival, Candidate, Decision, Known, Origin, Verdict
from tests.support.builders import build_fit
from tests.unit.garmin_ingest.reading import read_one

START = dt.datetime(2026, 3, 1, 7, 0, tzinfo=dt.UTC)
NEW = Candidate(read_one(build_fit(duration_s=60)), Outline("running", START, 1800.0), (8, 11, 2), Origin(b"new"))
SYNCED = dataclasses.replace(NEW, origin=Origin(b"new", arrival=Arrival("connect_credentials", "42")))
OLD = Known(
    uuid.uuid4(), Outline("running", START, 1800.0), (8, 11, 1), deleted_by=None, same_content=False, same_source=False,
    same_attempt=False,
)  # fmt: skip


def _known(**changes):
    return dataclasses.replace(OLD, **changes)


@pytest.mark.parametrize(
    ("candidate", "known", "verdict"),
    [
        (NEW, [], Verdict.ADD),
        (NEW, [_known(outline=Outline("cycling", START, 1800.0))], Verdict.ADD),
        (NEW, [_known()], Verdict.REPLACE),
        (NEW, [_known(richness=(9, 11, 1))], Verdict.REMEMBER),
        (NEW, [_known(richness=NEW.richness)], Verdict.REMEMBER),
        (NEW, [_known(same_content=True)], Verdict.NOTHING),
        (NEW, [_known(deleted_by="runner", same_content=True)], Verdict.REPLACE),
        (NEW, [_known(deleted_by="runner")], Verdict.REPLACE),
        (SYNCED, [_known(deleted_by="runner")], Verdict.STAY_DELETED),
        (SYNCED, [_known(deleted_by="runner", same_source=True)], Verdict.STAY_DELETED),
        (SYNCED, [_known(deleted_by="source", same_source=True)], Verdict.REPLACE),
        (SYNCED, [_known(deleted_by="disconnection", same_content=True)], Verdict.REPLACE),
        (SYNCED, [_known(same_source=True, shows_source=True, richness=(9, 12, 2))], Verdict.REPLACE),
        (SYNCED, [_known(same_source=True, richness=(9, 12, 2))], Verdict.REMEMBER),
        (SYNCED, [_known(richness=(9, 12, 2))], Verdict.REMEMBER),
    ],
)
def test_what_becomes_of_a_recording(candidate, known, verdict):
    decision = decide(candidate, known)
    assert decision.verdict is verdict
    assert decision.activity_id == (None if verdict is Verdict.ADD else OLD.activity_id)


def test_the_same_bytes_are_a_surer_match_than_a_nearer_start():
    sure = _known(activity_id=uuid.uuid4(), same_content=True, outline=Outline("running", START, 10.0))
    assert decide(NEW, [_known(), sure]) == Decision(Verdict.NOTHING, sure.activity_id)


def test_a_living_match_is_taken_before_a_deleted_one_and_the_nearest_of_several():
    def at(seconds, **changes):
        outline = Outline("running", START + dt.timedelta(seconds=seconds), 1800.0)
        return _known(activity_id=uuid.uuid4(), outline=outline, **changes)

    nearest = at(20)
    assert decide(NEW, [at(0, deleted_by="runner"), at(90), nearest]).activity_id == nearest.activity_id


def test_a_repeated_attempt_knows_its_own_work():
    assert decide(NEW, [_known(same_content=True, same_attempt=True)]).repeated
    assert not decide(NEW, [_known(same_content=True)]).repeated
