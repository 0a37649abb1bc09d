"""Reading and deleting the runner's own activities."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from services.garmin_ingest.domain.ports import ActivityStore, OriginalStore
from services.garmin_ingest.domain.stored import ActivitySummary, ListFilter, StoredActivity
from services.garmin_ingest.domain.streams import BY_KEY, PACE_KEY, SPEED, Streams
from shared.errors import NotFound, ValidationFailed

_KNOWN_KEYS = (PACE_KEY, *BY_KEY)


@dataclass(frozen=True, slots=True)
class Page:
    """``has_more`` says that another page follows the last item."""

    items: Sequence[ActivitySummary]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Activities:
    store: ActivityStore
    originals: OriginalStore

    async def page(self, user_id: uuid.UUID, wanted: ListFilter) -> Page:
        """Newest first."""
        one_more = ListFilter(wanted.limit + 1, wanted.sport, wanted.first_day, wanted.last_day, wanted.after)
        found = await self.store.page(user_id, one_more)
        return Page(found[: wanted.limit], len(found) > wanted.limit)

    async def get(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> StoredActivity:
        """Raises NotFound."""
        found = await self.store.get(user_id, activity_id)
        if found is None:
            raise _absent()
        return found

    async def streams(self, user_id: uuid.UUID, activity_id: uuid.UUID, keys: Sequence[str] | None) -> Streams:
        """The signals with those public keys (all for None), and the speed where the pace is wanted.

        Raises NotFound, and ValidationFailed naming the keys there are for one that is not.
        """
        unknown = [key for key in keys or () if key not in _KNOWN_KEYS]
        if unknown:
            issue = f"{unknown[0][:40]!r} is not a stream; known are {', '.join(_KNOWN_KEYS)}"
            raise ValidationFailed.of_field("keys", issue)
        names = None if keys is None else [SPEED if key == PACE_KEY else BY_KEY[key].name for key in keys]
        found = await self.store.streams(user_id, activity_id, names)
        if found is None:
            raise _absent()
        return found

    async def original(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> tuple[StoredActivity, AsyncIterator[bytes]]:
        """The activity and the bytes of the file it was made of. Raises NotFound."""
        found = await self.get(user_id, activity_id)
        return found, self.originals.read(user_id, found.content_sha256)

    async def delete(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> None:
        """Raises NotFound for what is not a living activity of this user."""
        if not await self.store.delete(user_id, activity_id):
            raise _absent()

    async def remove_original(self, user_id: uuid.UUID, sha256: bytes) -> None:
        """Remove a file that no living activity comes from."""

        async def remove() -> None:
            await self.originals.remove(user_id, sha256)

        await self.store.remove_unused(user_id, sha256, remove)


def _absent() -> NotFound:
    return NotFound("There is no such activity. It may have been deleted.")
