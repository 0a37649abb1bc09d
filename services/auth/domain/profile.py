"""What an account says about its owner, and the roles it has been given."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.auth.domain.models import ADMIN_ROLE, Account, ProfileChange
from services.auth.domain.ports import AccountStore
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Profiles:
    accounts: AccountStore

    async def get(self, user_id: uuid.UUID) -> Account:
        return _present(await self.accounts.by_id(user_id))

    async def change(self, user_id: uuid.UUID, change: ProfileChange) -> Account:
        return _present(await self.accounts.change(user_id, change))

    async def grant_admin(self, email: str) -> None:
        """Raises NotFound where nobody signed up with this e-mail."""
        account = await self.accounts.by_email(email)
        if account is None:
            raise NotFound("Nobody has signed up with this e-mail yet. Sign up first, then run this again.")
        await self.accounts.grant(account.user_id, ADMIN_ROLE)


def _present(account: Account | None) -> Account:
    if account is None:
        raise NotFound("There is no such account any more.")
    return account
