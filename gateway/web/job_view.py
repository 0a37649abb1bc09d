"""A job in words: how far it is, what each file or activity came to, and what did not work on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web.moments import Moments

_RUNNING = frozenset({"queued", "running"})
# A try that comes sooner is not worth a word.
_SOON = dt.timedelta(seconds=5)
_MOST_WHILE_RUNNING = 20

_WORDS = {
    "imported": "Imported",
    "updated": "Updated",
    "removed": "Removed",
    "unchanged": "Unchanged",
    "duplicate": "You have this one already",
    "skipped": "Not an activity, left out",
    "failed": "Not imported",
}
_WORDS_OF_SYNCS = _WORDS | {
    "updated": "Updated, it was edited at Garmin",
    "removed": "Removed, it was deleted at Garmin",
}
_BROUGHT = ("imported", "updated", "removed")
_COUNTED = {
    "imported": "new",
    "updated": "updated",
    "removed": "removed",
    "duplicate": "here already",
    "unchanged": "unchanged",
    "skipped": "no activities",
    "failed": "not imported",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; ``detail`` is the envelope's sentence, or what the file is where it is no activity."""

    file_name: str
    status: str
    words: str
    detail: str
    activity_ids: tuple[str, ...]

    @classmethod
    def of(cls, item: Mapping[str, Any], words: Mapping[str, str] = _WORDS) -> Outcome:
        status = str(item["status"])
        detail = (item.get("error") or {}).get("message") or item.get("kind") or ""
        ids = item.get("activityIds") or filter(None, [item.get("activityId")])
        return cls(
            file_name=str(item["fileName"]),
            status=status,
            words=words.get(status, status),
            detail=str(detail),
            # There is nothing to open of what has been removed.
            activity_ids=() if status == "removed" else tuple(map(str, ids)),
        )


@dataclass(frozen=True, slots=True)
class JobView:
    """``done`` and ``total`` count files or activities; total is 0 until they have been counted.

    ``outcomes`` have what failed first, and nothing else while the job runs. ``left_out`` is how many are not listed,
    ``brought`` how many changed what the runner has.
    """

    job_id: str
    kind: str
    state: str
    running: bool
    done: int
    total: int
    words: str
    outcomes: tuple[Outcome, ...]
    left_out: int
    brought: int

    @classmethod
    def of(cls, job: Mapping[str, Any], moments: Moments) -> JobView:
        progress = job["progress"] or {}
        running = job["state"] in _RUNNING
        outcomes = outcomes_of(job["items"], _WORDS_OF_SYNCS if job["kind"] == "sync" else _WORDS)
        total = int(progress.get("total") or 0)
        left_out = 0 if running else max(0, total - len(outcomes))
        return cls(
            job_id=str(job["id"]),
            kind=str(job["kind"]),
            state=str(job["state"]),
            running=running,
            done=int(progress.get("done") or 0),
            total=total,
            words=_while_running(job, moments) if running else _at_the_end(job),
            outcomes=_failed(outcomes)[:_MOST_WHILE_RUNNING] if running else outcomes,
            left_out=left_out,
            brought=sum((job.get("counts") or {}).get(status, 0) for status in _BROUGHT),
        )

    @classmethod
    def just_begun(cls, job_id: str, kind: str, moments: Moments) -> JobView:
        """Of a job of which only the id is known yet."""
        job: Mapping[str, Any] = {"id": job_id, "kind": kind, "state": "queued", "progress": None, "items": []}
        return cls.of(job, moments)


def outcomes_of(items: Sequence[Mapping[str, Any]], words: Mapping[str, str] = _WORDS) -> tuple[Outcome, ...]:
    """What failed first, where it is not overlooked; the rest as it came."""
    outcomes = tuple(Outcome.of(item, words) for item in items)
    return *_failed(outcomes), *(outcome for outcome in outcomes if outcome.status != "failed")


def _failed(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.status == "failed")


def _while_running(job: Mapping[str, Any], moments: Moments) -> str:
    retry = job.get("nextRetryAt")
    if retry and (then := dt.datetime.fromisoformat(retry)) > moments.now + _SOON:
        return f"Waiting; this goes on by itself at {moments.at(then)}"
    progress = job["progress"] or {}
    total = int(progress.get("total") or 0)
    position = f"{min(int(progress.get('done') or 0) + 1, total):,} of {total:,}"
    counted, uncounted = {
        "sync": ("Fetching run", "Asking Garmin what is new"),
        "replay": ("Reading again, recording", "Looking for your recordings"),
        "removal": ("Removing run", "Looking for what is to be removed"),
    }.get(job["kind"], ("Reading file", "Unpacking"))
    return f"{counted} {position}" if total else uncounted


def _at_the_end(job: Mapping[str, Any]) -> str:
    if job["state"] != "succeeded":
        return _stopped(job)
    total = int((job["progress"] or {}).get("total") or 0)
    counts = job.get("counts") or {}
    if job["kind"] == "sync":
        return _counted({status: number for status, number in counts.items() if status != "unchanged"}) or (
            "Nothing new at Garmin"
        )
    things = {"removal": "run", "replay": "recording"}.get(job["kind"], "file")
    if total == 1:
        return f"The {things} is done"
    counted = _counted(counts)
    return f"All {total:,} {things}s are done{': ' if counted else ''}{counted}"


def _counted(counts: Mapping[str, int]) -> str:
    """What items came to, as 3 new, 1 updated."""
    return ", ".join(f"{counts[status]:,} {word}" for status, word in _COUNTED.items() if counts.get(status))


def _stopped(job: Mapping[str, Any]) -> str:
    reason = (job.get("error") or {}).get("message")
    what, then = {
        "sync": ("This sync stopped", "What arrived before stays, and the next sync goes on from there."),
        "import": ("This import stopped", "What was imported before stays; try the rest again."),
    }.get(job["kind"], ("This work stopped", "What was done before stays."))
    return f"{what}: {reason} {then}" if reason else f"{what}. {then}"
