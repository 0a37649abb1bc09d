"""What the pages say about a job."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.web.job_view import JobView
from gateway.web.moments import Moments
from tests.unit.web.garmin import JOB, job, outcome

MOMENTS = Moments(dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC), "Europe/Berlin")
KINDS = ("sync", "replay", "removal")
UNCOUNTED = {"done": 0, "total": 0}


def view(**changes) -> JobView:
    return JobView.of(job(**changes), MOMENTS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Fetching run 3 of 9"),
        ({"progress": UNCOUNTED}, "Asking Garmin what is new"),
        ({"progress": None, "state": "queued"}, "Asking Garmin what is new"),
        ({"kind": "import"}, "Reading file 3 of 9"),
        ({"kind": "import", "progress": UNCOUNTED}, "Unpacking"),
        ({"kind": "import", "progress": {"done": 3650, "total": 3650}}, "Reading file 3,650 of 3,650"),
        ({"kind": "replay"}, "Reading again, recording 3 of 9"),
        ({"kind": "removal"}, "Removing run 3 of 9"),
        ({"nextRetryAt": "2026-11-20T13:05:00Z"}, "Waiting; this goes on by itself at 14:05"),
        ({"nextRetryAt": "2026-11-20T06:00:03Z"}, "Fetching run 3 of 9"),
    ],
)
def test_a_running_job_says_how_far_it_is(changes, words):
    assert view(**changes).words == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"counts": {"unchanged": 1}, "progress": {"done": 1, "total": 1}}, "Nothing new at Garmin"),
        ({"progress": UNCOUNTED}, "Nothing new at Garmin"),
        (
            {
                "counts": {"failed": 1, "imported": 2, "removed": 1, "updated": 1},
                "progress": {"done": 5, "total": 5},
            },
            "2 new, 1 updated, 1 removed, 1 not imported",
        ),
        ({"counts": {"imported": 3650}, "progress": {"done": 3650, "total": 3650}}, "3,650 new"),
        ({"kind": "import", "progress": {"done": 1, "total": 1}}, "The file is done"),
        ({"kind": "import", "progress": {"done": 6, "total": 6}}, "All 6 files are done"),
        (
            {
                "kind": "import",
                "counts": {"imported": 3640, "failed": 2, "duplicate": 3, "skipped": 5},
                "progress": {"done": 3650, "total": 3650},
            },
            "All 3,650 files are done: 3,640 new, 3 here already, 5 no activities, 2 not imported",
        ),
        ({"kind": "replay", "progress": {"done": 2, "total": 2}}, "All 2 recordings are done"),
    ],
)
def test_a_job_that_is_done_says_what_it_brought(changes, words):
    assert view(state="succeeded", **changes).words == words


def test_a_job_that_gave_up_says_why_and_what_stays():
    stopped = view(state="dead", error={"code": "X", "message": "Garmin did not answer."})
    assert stopped.words == (
        "This sync stopped: Garmin did not answer. What arrived before stays, and the next sync goes on from there."
    )
    assert view(kind="import", state="failed").words == (
        "This import stopped. What was imported before stays; try the rest again."
    )


def test_what_failed_stands_on_top_and_alone_while_the_job_runs():
    items = [outcome("imported"), outcome("failed", error={"code": "X", "message": "It ends early."})]
    assert [one.status for one in view(items=items).outcomes] == ["failed"]
    done = view(state="succeeded", items=items, progress={"done": 2, "total": 2})
    assert [(one.status, one.detail) for one in done.outcomes] == [("failed", "It ends early."), ("imported", "")]


def test_what_is_not_listed_and_what_changed_is_counted():
    items = [outcome(status) for status in ("imported", "updated", "removed", "unchanged", "duplicate", "failed")]
    counts = {"imported": 300, "updated": 20, "removed": 10, "unchanged": 70}
    done = view(state="succeeded", items=items, counts=counts, progress={"done": 400, "total": 400})
    assert (done.left_out, done.brought) == (394, 330)
    assert view(items=items).left_out == 0


def test_there_is_nothing_to_open_of_what_was_removed():
    removed = view(state="succeeded", items=[outcome("removed", activityIds=[JOB])]).outcomes[0]
    assert removed.activity_ids == ()


def test_only_a_sync_follows_what_was_done_at_garmin():
    items = [outcome("updated"), outcome("removed")]
    words = {kind: [one.words for one in view(kind=kind, state="succeeded", items=items).outcomes] for kind in KINDS}
    assert words == {
        "sync": ["Updated, it was edited at Garmin", "Removed, it was deleted at Garmin"],
        "replay": ["Updated", "Removed"],
        "removal": ["Updated", "Removed"],
    }


def test_a_status_that_is_not_known_yet_is_shown_as_it_is():
    assert view(state="succeeded", items=[outcome("parked")]).outcomes[0].words == "parked"


def test_a_job_of_which_only_the_id_is_known_is_about_to_begin():
    begun = JobView.just_begun(JOB, "sync", MOMENTS)
    assert (begun.job_id, begun.running, begun.words) == (JOB, True, "Asking Garmin what is new")
