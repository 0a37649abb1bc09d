"""Bringing some days of a Garmin account over: what is new, edited, gone, or came back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminNotConnected, GarminUnavailable
from services.garmin_ingest.domain.garmin.access import Access
from services.garmin_ingest.domain.garmin.models import Days, RemoteActivity
from services.garmin_ingest.domain.garmin.sync_ports import RemoteActivities, RemoteState, Seen
from services.garmin_ingest.domain.import_file import ImportFile, failed
from services.garmin_ingest.domain.imports import Arrival, FileResult, Job
from services.garmin_ingest.domain.ports import ActivityStore, IncomingStore
from shared.errors import NotFound, ServiceError

# A download that failed so often is not a passing trouble; the runner can still ask for its days.
MOST_FAILURES = 5
# One activity that Garmin cannot give is that activity's trouble, three in a row are Garmin's.
_OUTAGE = 3
_STATES: dict[str, RemoteState] = {"skipped": "skipped", "failed": "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    remote: RemoteActivities
    activities: ActivityStore
    incoming: IncomingStore
    import_file: ImportFile

    async def run(self, job: Job, access: Access, days: Days, pause: Callable[[], None]) -> None:
        """Bring these days over, the newest first; doing it twice is the same as once.

        ``pause`` is called between two activities, and stops the work by raising. Raises as a GarminSource does, and
        GarminNotConnected where the connection is another by now.
        """
        listed = await self._list(access, days)
        seen = await self.remote.seen(access.connection, list(listed))
        todo = [activity for activity in listed.values() if _is_work(activity, seen.get(activity.source_id))]
        await self.remote.plan(job, todo)
        work = _Work(self, job, access)
        for activity in todo:
            pause()
            await work.bring(activity)
        await work.end()
        for activity in await self.remote.kept(access.connection, days):
            if activity.source_id not in listed:
                pause()
                await self._follow_removal(job, access, activity)

    async def _list(self, access: Access, days: Days) -> dict[str, RemoteActivity]:
        """All of it before anything is done: an activity that is added meanwhile moves the later pages."""
        tokens = await access.tokens()
        return {
            activity.source_id: activity async for page in access.source.activities(tokens, days) for activity in page
        }

    async def _follow_removal(self, job: Job, access: Access, activity: RemoteActivity) -> None:
        """A list may be short for other reasons, and a day may have been edited: Garmin is asked for the one itself."""
        if await access.source.has_activity(await access.tokens(), activity.source_id):
            return
        gone = await self.activities.follow_removal(access.connection.user_id, activity.source_id)
        result = FileResult(activity.name or activity.source_id, "removed" if gone else "unchanged", tuple(gone))
        if gone:
            await self.remote.plan(job, [activity])
        await self.remote.settle(job, access.connection, activity, result, state="removed")

    async def fetch(self, job: Job, access: Access, activity: RemoteActivity) -> FileResult:
        """Download and import one activity; whatever is wrong with it alone is a result."""
        connection = access.connection
        tokens = await access.tokens()
        incoming = await self.incoming.create(connection.user_id, f"{activity.source_id}.fit")
        try:
            await access.source.download(tokens, activity, incoming)
            upload = await incoming.close()
        except BaseException:
            with contextlib.suppress(OSError):
                await incoming.discard()
            raise
        sport, sub_sport = (None, None) if activity.sport is None else sports.from_word(activity.sport)
        arrival = Arrival(
            source=connection.source,
            source_id=activity.source_id,
            account_hash=connection.account_hash,
            name=activity.name,
            attempt=f"{job.job_id}:{activity.source_id}",
            sport=sport,
            sub_sport=sub_sport or activity.sub_sport,
            connection_id=connection.connection_id,
        )
        try:
            result = await self.import_file.run(connection.user_id, upload, job.zone, arrival)
        finally:
            await self.incoming.remove(upload)
        if result.failure is not None and result.failure.code == GarminNotConnected.code:
            raise GarminNotConnected(result.failure.message)
        return result


@dataclass(slots=True)
class _Work:
    """Activities that Garmin could not give are put aside until it gives another, or the days are over."""

    mirror: Mirror
    job: Job
    access: Access
    _aside: list[tuple[RemoteActivity, FileResult]] = field(default_factory=list)

    async def bring(self, activity: RemoteActivity) -> None:
        name = activity.name or activity.source_id
        try:
            result = await self.mirror.fetch(self.job, self.access, activity)
        except GarminUnavailable as error:
            self._aside.append((activity, failed(name, error)))
            if len(self._aside) >= _OUTAGE:
                raise
            return
        except NotFound:
            result = FileResult(name, "skipped", kind="without a file at Garmin")
        except (GarminConnectFailed, GarminNotConnected):
            raise
        except ServiceError as error:
            if error.retryable:
                raise
            result = failed(name, error)
        await self.end()
        await self._settle(activity, result)

    async def end(self) -> None:
        """What is still aside was not an outage."""
        while self._aside:
            await self._settle(*self._aside.pop())

    async def _settle(self, activity: RemoteActivity, result: FileResult) -> None:
        state = _STATES.get(result.status, "imported")
        await self.mirror.remote.settle(self.job, self.access.connection, activity, result, state=state)


def _is_work(activity: RemoteActivity, seen: Seen | None) -> bool:
    if seen is None or seen.digest != activity.digest or seen.state == "removed":
        return True
    return seen.state == "failed" and seen.failures < MOST_FAILURES
