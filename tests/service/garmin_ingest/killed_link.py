"""A process that connects an account and is killed between the secret and the commit, for a test to find the remains.

``python -m tests.service.garmin_ingest.killed_link <user id>`` with the environment of garmin_ingest.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from contextlib import AsyncExitStack

from services.garmin_ingest.clients.credential_vault import CredentialVault
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.models import PasswordCredentials, StoredCredentials
from services.garmin_ingest.parts import open_parts
from shared.config import load
from tests.service.garmin_ingest.linking import Garmin


async def main(user_id: uuid.UUID) -> None:
    write = CredentialVault.write

    async def write_and_die(vault: CredentialVault, user: uuid.UUID, credentials: StoredCredentials) -> None:
        await write(vault, user, credentials)
        os.kill(os.getpid(), signal.SIGKILL)

    CredentialVault.write = write_and_die  # type: ignore[method-assign]
    garmin = Garmin.new()
    account = garmin.web.add("anna@example.com")
    async with AsyncExitStack() as stack:
        parts = await open_parts(load(GarminIngestSettings), stack, sources=garmin.sources())
        await parts.garmin.connect.run(user_id, PasswordCredentials(account.name, account.secret), zone="UTC")


if __name__ == "__main__":
    asyncio.run(main(uuid.UUID(sys.argv[1])))
