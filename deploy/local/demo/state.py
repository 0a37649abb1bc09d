"""What the demo remembers between starts, in ``demo.json`` of the state folder (mode 0600).

The first start fixes the password and the day the history ends on: the same files come out of every later start, and
importing them again changes nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.failure import CannotRun

_FILE_NAME = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """``imported_months`` is how much history a finished import brought in, 0 for none."""

    email: str
    password: str = field(repr=False)
    today: dt.date
    imported_months: int = 0


class DemoState:
    """The accounts of one state folder, by e-mail. Every method raises ``CannotRun`` where the folder refuses."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE_NAME

    def find(self, email: str) -> DemoAccount | None:
        entry = self._read().get(email)
        if entry is None:
            return None
        try:
            return DemoAccount(
                email=email,
                password=str(entry["password"]),
                today=dt.date.fromisoformat(str(entry["today"])),
                imported_months=int(str(entry["importedMonths"])),
            )
        except (KeyError, TypeError, ValueError) as broken:
            raise self._unreadable() from broken

    def create(self, email: str, today: dt.date) -> DemoAccount:
        """A new account with a password of 96 random bits, written down before anyone else hears of it."""
        account = DemoAccount(email, "-".join(secrets.token_hex(3) for _ in range(4)), today)
        self._write(account)
        return account

    def imported(self, account: DemoAccount, months: int) -> None:
        self._write(dataclasses.replace(account, imported_months=max(months, account.imported_months)))

    def _read(self) -> dict[str, dict[str, object]]:
        try:
            entries = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as refused:
            raise CannotRun(f"{self._path} cannot be read: {refused.strerror}.") from refused
        except ValueError as broken:
            raise self._unreadable() from broken
        if not isinstance(entries, dict):
            raise self._unreadable()
        return entries

    def _write(self, account: DemoAccount) -> None:
        entries = self._read()
        entries[account.email] = {
            "password": account.password,
            "today": account.today.isoformat(),
            "importedMonths": account.imported_months,
        }
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(entries, file, indent=2)
            fresh.replace(self._path)
        except OSError as refused:
            raise CannotRun(f"The demo's password cannot be kept in {self._path}: {refused.strerror}.") from refused

    def _unreadable(self) -> CannotRun:
        return CannotRun(f"{self._path} is not what the demo wrote; remove it and choose a new address with --email.")
