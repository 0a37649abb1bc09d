"""The credentials of Garmin accounts in the secret store, at ``garmin/users/<user id>``."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from services.garmin_ingest.domain.garmin.models import StoredCredentials, Tokens
from shared.logs import get_logger
from shared.secrets import SecretStore

_log = get_logger("garmin credentials")


class CredentialVault:
    def __init__(self, secrets: SecretStore) -> None:
        self._secrets = secrets

    async def read(self, user_id: uuid.UUID) -> StoredCredentials | None:
        values = await self._secrets.read(_path(user_id))
        return None if values is None else _from_values(values)

    async def write(self, user_id: uuid.UUID, credentials: StoredCredentials) -> None:
        await self._secrets.write(_path(user_id), _to_values(credentials))

    async def delete(self, user_id: uuid.UUID) -> None:
        await self._secrets.delete(_path(user_id))


def _path(user_id: uuid.UUID) -> str:
    return f"garmin/users/{user_id}"


def _to_values(credentials: StoredCredentials) -> dict[str, Any]:
    tokens = credentials.tokens
    return {
        "connectionId": str(credentials.connection_id),
        "source": credentials.source,
        "garminId": credentials.garmin_id,
        "tokens": dict(tokens.values),
        "expiresAt": tokens.expires_at and tokens.expires_at.isoformat(),
        "keyExpiresAt": tokens.key_expires_at and tokens.key_expires_at.isoformat(),
    }


def _from_values(values: Mapping[str, Any]) -> StoredCredentials | None:
    """None for what is not ours: nothing in it can be used, and the next reconciliation says so to the runner."""
    try:
        tokens = Tokens(
            dict(values["tokens"]),
            expires_at=_moment(values["expiresAt"]),
            key_expires_at=_moment(values["keyExpiresAt"]),
        )
        return StoredCredentials(uuid.UUID(values["connectionId"]), values["source"], str(values["garminId"]), tokens)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Raised text could quote a value.
        _log.warning("unreadable garmin secret")
        return None


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
