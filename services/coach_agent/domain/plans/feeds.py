"""A calendar's own way to a plan: an address that nobody can guess, for apps that cannot sign in."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Protocol

from services.coach_agent.domain.plans.ports import PlanStore, StoredPlan
from shared.errors import NotFound

_SECRET_BYTES = 24
NO_FEED = "There is no calendar at this address."


class FeedStore(Protocol):
    async def open(self, user_id: uuid.UUID, secret_hash: bytes) -> None:
        """The runner's one address; the one before leads nowhere from now on."""
        ...

    async def close(self, user_id: uuid.UUID) -> bool:
        """Whether there was one."""
        ...

    async def owner(self, secret_hash: bytes) -> uuid.UUID | None: ...


@dataclass(frozen=True, slots=True)
class Feeds:
    """What is stored does not open anything: of a secret of 192 random bits only the hash is kept."""

    store: FeedStore
    plans: PlanStore

    async def open(self, user_id: uuid.UUID) -> str:
        """A new secret, told once."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        await self.store.open(user_id, _hash(secret))
        return secret

    async def close(self, user_id: uuid.UUID) -> None:
        """Raises NotFound."""
        if not await self.store.close(user_id):
            raise NotFound("Your plan has no calendar address.")

    async def read(self, secret: str) -> tuple[uuid.UUID, StoredPlan | None]:
        """Whose calendar it is, and their plan as last adapted, if they have one. Raises NotFound."""
        user_id = await self.store.owner(_hash(secret))
        if user_id is None:
            raise NotFound(NO_FEED)
        return user_id, await self.plans.active(user_id)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
