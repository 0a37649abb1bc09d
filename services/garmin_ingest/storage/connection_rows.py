"""Rows of ``garmin_connection`` as values of the domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import asyncpg

from services.garmin_ingest.domain.garmin.models import Connection, Days
from services.garmin_ingest.domain.imports import Failure
from shared.personal import UserCipher

_AS_THEY_ARE = (
    "user_id",
    "connection_id",
    "source",
    "account_hash",
    "login_hash",
    "state",
    "zone",
    "import_from",
    "connected_at",
    "token_expires_at",
    "key_expires_at",
    "last_attempt_at",
    "last_success_at",
    "next_sync_at",
    "cooldown_until",
)
COLUMNS = ", ".join((*_AS_THEY_ARE, "account_name_sealed", "covered", "permissions", "error_code", "error_message"))
_DAY = dt.timedelta(days=1)


def to_connection(row: asyncpg.Record, cipher: UserCipher) -> Connection:
    return Connection(
        **{name: row[name] for name in _AS_THEY_ARE},
        account_name=cipher.decrypt(row["account_name_sealed"]),
        covered=to_range(row["covered"]),
        permissions=tuple(row["permissions"]),
        failure=None if row["error_code"] is None else Failure(row["error_code"], row["error_message"]),
    )


def to_range(multirange: Iterable[asyncpg.Range[Any]]) -> tuple[Days, ...]:
    """A datemultirange as days; PostgreSQL gives its ranges with the first day in and the last one out."""
    return tuple(Days(each.lower, each.upper - _DAY) for each in multirange)
