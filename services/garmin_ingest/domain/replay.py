"""Reading kept originals again with today's decoder, and saying what that changes."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.identity_decision import decide
from services.garmin_ingest.domain.import_plan import make_plan
from services.garmin_ingest.domain.imports import Candidate, Decision, Failure, Job, Known, Origin, Upload, Verdict
from services.garmin_ingest.domain.intake import Incoming, Intake
from services.garmin_ingest.domain.packing import PackedActivity
from services.garmin_ingest.domain.ports import IncomingStore, JobStore, OriginalStore, RecordingReader
from services.garmin_ingest.domain.reading import OUR_FAULT, Reading
from services.garmin_ingest.domain.replay_ports import (
    FirstComing,
    HeldForReplay,
    ReplayFilter,
    ReplayItem,
    ReplayResult,
    ReplayStore,
    Revised,
    Session,
)
from services.garmin_ingest.domain.revision import differences, with_edits
from services.garmin_ingest.domain.roster import Roster
from shared.clock import Clock
from shared.errors import ServiceError
from shared.ids import uuid7
from shared.job_queue import PutOff
from shared.logs import get_logger

_log = get_logger("replay")
# After this long the job goes to the end of the queue, so that whoever imports waits no longer than that.
_SLICE_S = 2.0
_AT_A_TIME = 20
_STAYS_DELETED = "its run was deleted, and stays so"
_GONE = ReplayResult(status="unchanged", changes=("is not kept any more",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    jobs: JobStore
    store: ReplayStore
    originals: OriginalStore
    incoming: IncomingStore
    reader: RecordingReader
    clock: Clock

    async def start(self, administrator: uuid.UUID, wanted: ReplayFilter, *, request_id: str | None) -> uuid.UUID:
        """Queue a job of the administrator over the originals that are wanted."""
        job = Job(
            job_id=uuid7(), user_id=administrator, state="queued", zone="UTC", attempts=0, done=0, total=0, results=(),
            created_at=self.clock.now(), kind="replay",
        )  # fmt: skip
        await self.store.add(job, wanted, request_id=request_id)
        return job.job_id

    async def run(self, administrator: uuid.UUID, job_id: uuid.UUID, *, attempts: int) -> None:
        """Do some of what is left. Raises PutOff while there is more, so that others come in between."""
        job = await self.jobs.get(administrator, job_id)
        if job is None or job.state == "succeeded":
            return
        await self.jobs.set_state(job, "running", attempts=attempts + 1)
        try:
            has_more = await self._do_some(job)
        except ServiceError:
            # What may pass: it will be tried again, and the administrator sees that it waits.
            with contextlib.suppress(ServiceError):
                await self.jobs.set_state(job, "queued", attempts=attempts + 1)
            raise
        if has_more:
            raise PutOff(dt.timedelta(0))
        await self.jobs.set_state(job, "succeeded", attempts=attempts + 1)

    async def bury(self, administrator: uuid.UUID, job_id: uuid.UUID, error: ServiceError) -> None:
        """Mark a job that gave up, with its reason; what it has done stays done."""
        job = await self.jobs.get(administrator, job_id)
        if job is not None:
            failure = Failure(error.code, error.message)
            await self.jobs.set_state(job, "dead", attempts=job.attempts, failure=failure)

    async def _do_some(self, job: Job) -> bool:
        """Whether there is more."""
        until_s = time.monotonic() + _SLICE_S
        while items := await self.store.pending(job, _AT_A_TIME):
            for item in items:
                await self._do(job, item)
                if time.monotonic() >= until_s:
                    return True
        return False

    async def _do(self, job: Job, item: ReplayItem) -> None:
        try:
            await self._compare(job, item)
        except ServiceError as error:
            if error.retryable:
                raise
            await self._finish(job, item, _failed(error))
        except Exception as error:  # noqa: BLE001 - one original that trips over a bug must not cost the others
            _log.error("an original could not be read again", sha256=item.sha256.hex(), exc_info=error)
            await self._finish(job, item, _failed(OUR_FAULT))

    async def _compare(self, job: Job, item: ReplayItem) -> None:
        coming = await self.store.coming(item.user_id, item.sha256)
        if coming is None:
            await self._finish(job, item, _GONE)
            return
        async with self._fetched(item) as upload:
            reading = await self.reader.read(upload.path, coming.zone or "UTC")
        async with self.store.hold(item.user_id) as held:
            await held.finish(job, item, await _Comparison(held, job, item, coming, upload).run(reading))

    async def _finish(self, job: Job, item: ReplayItem, result: ReplayResult) -> None:
        async with self.store.hold(item.user_id) as held:
            await held.finish(job, item, result)

    @asynccontextmanager
    async def _fetched(self, item: ReplayItem) -> AsyncIterator[Upload]:
        """The original as a file, as decoders read one. Raises NotFound, and ActivityFileInvalid for one that is not
        what came in.
        """
        file = await self.incoming.create(item.user_id, item.sha256.hex())
        try:
            async for piece in self.originals.read(item.user_id, item.sha256):
                await file.write(piece)
            upload = await file.close()
        except BaseException:
            await file.discard()
            raise
        try:
            if upload.sha256 != item.sha256:
                raise ActivityFileInvalid("the kept original is not what came in any more")
            yield upload
        finally:
            await self.incoming.remove(upload)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One original as it reads today against what came of it."""

    held: HeldForReplay
    job: Job
    item: ReplayItem
    coming: FirstComing
    upload: Upload

    async def run(self, reading: Reading) -> ReplayResult:
        roster = await self.held.roster([self._intake(reading)])
        if await self.held.coming(self.item.sha256) is None:
            return _GONE  # deleted while it was read
        sessions = await self.held.sessions(self.item.sha256)
        if sessions:
            return await self._of_known(reading, sessions, roster)
        return await self._of_unknown(reading, roster)

    async def _of_unknown(self, reading: Reading, roster: Roster) -> ReplayResult:
        """Of an original that nothing came of yet."""
        plan = make_plan([self._intake(reading)], roster, _never_restore)
        await self.held.write(plan)
        await self.held.decoded(self.item.sha256, reading)
        if not plan.keep:
            await self.held.let_go(self.item.sha256)
        (outcome,) = plan.results
        if outcome.failure is not None:
            return ReplayResult(status="failed", failure=outcome.failure)
        if outcome.status == "imported":
            return ReplayResult(status="imported", activity_ids=outcome.activity_ids)
        # Where it is no recording after all, the kind of file that it is.
        told = _STAYS_DELETED if reading.activities and outcome.kind else f"is {outcome.kind or outcome.status} now"
        return ReplayResult(status="unchanged", changes=(told,))

    async def _of_known(self, reading: Reading, sessions: Sequence[Session], roster: Roster) -> ReplayResult:
        if reading.failure is not None:
            # What an older decoder made of it stays, and so does its place among what is to be read again.
            return ReplayResult(status="failed", failure=reading.failure)
        changes, ids = await self._revise(reading.activities, sessions)
        known = {session.session_index for session in sessions}
        news = tuple(found for found in reading.activities if found.session_index not in known)
        if news:
            plan = make_plan([self._intake(replace(reading, activities=news))], roster, _never_restore)
            # Its row in the ledger is there, and tells of all its sessions.
            plan.ledger.clear()
            await self.held.write(plan)
            if plan.results[0].status == "imported":
                changes += tuple(f"session {found.session_index + 1} is new" for found in news)
                ids += plan.results[0].activity_ids
        await self.held.decoded(self.item.sha256, reading)
        return ReplayResult(status="updated" if changes else "unchanged", changes=changes, activity_ids=ids)

    async def _revise(
        self, found: Sequence[PackedActivity], sessions: Sequence[Session]
    ) -> tuple[tuple[str, ...], tuple[uuid.UUID, ...]]:
        by_index = {activity.session_index: activity for activity in found}
        revised: list[Revised] = []
        changes: list[str] = []
        for session in _one_of_each_activity(sessions, by_index):
            change, told = self._compared(session, by_index[session.session_index])
            if change is not None:
                revised.append(change)
                prefix = f"session {session.session_index + 1}: " if len(sessions) > 1 else ""
                changes += [f"{prefix}{each}" for each in told]
        changes += [
            f"session {session.session_index + 1} is not read any more, and stays as it was"
            for session in sessions
            if found and session.stored is not None and session.session_index not in by_index
        ]
        await self.held.revise(revised)
        return tuple(changes), tuple(one.activity_id for one in revised)

    def _compared(self, session: Session, found: PackedActivity) -> tuple[Revised | None, tuple[str, ...]]:
        assert session.stored is not None
        takes_over = not session.is_shown and found.richness > session.richness
        if not session.is_shown and not takes_over:
            return None, ()
        after = with_edits(
            found, session.stored, named_by_garmin=session.named_by_garmin, zone_known=self.coming.zone is not None
        )
        told = differences(session.stored, after)
        if takes_over:
            told = ("this recording is the richer one now", *told)
        candidate = Candidate(after, after.outline, after.richness, self._origin())
        return (Revised(session.activity_id, candidate, takes_over), told) if told else (None, ())

    def _origin(self) -> Origin:
        attempt = f"{self.job.job_id}:{self.item.position}"
        arrival = replace(self.coming.arrival, attempt=attempt)
        return Origin(self.item.sha256, packed=self.coming.packed, arrival=arrival)

    def _intake(self, reading: Reading) -> Intake:
        name = f"{self.upload.file_name}.gz" if self.coming.packed else self.upload.file_name
        upload = replace(self.upload, file_name=name)
        return Intake(Incoming(upload, self._origin().arrival), self.coming.zone or "UTC", reading)


def _failed(error: ServiceError) -> ReplayResult:
    return ReplayResult(status="failed", failure=Failure(error.code, error.message))


def _one_of_each_activity(sessions: Sequence[Session], found: Mapping[int, PackedActivity]) -> list[Session]:
    """Of sessions that are one activity, the one that it shows: the one that begins when it does."""
    nearest: dict[uuid.UUID, tuple[float, Session]] = {}
    for session in sessions:
        activity = found.get(session.session_index)
        if activity is None or session.stored is None:
            continue
        apart_s = abs((activity.start_time - session.stored.start_time).total_seconds())
        if session.activity_id not in nearest or apart_s < nearest[session.activity_id][0]:
            nearest[session.activity_id] = (apart_s, session)
    return [session for _, session in nearest.values()]


def _never_restore(candidate: Candidate, known: Sequence[Known]) -> Decision:
    """As for a file that has just come, but that nobody brings it back by hand: what was deleted stays so."""
    decision = decide(candidate, known)
    deleted = {one.activity_id for one in known if one.deleted_by is not None}
    if decision.verdict is Verdict.REPLACE and decision.activity_id in deleted:
        return replace(decision, verdict=Verdict.STAY_DELETED)
    return decision
