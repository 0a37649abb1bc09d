"""A GarminSource that does what a test says: no network, no Garmin, every call counted."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.models import (
    Account,
    Credentials,
    Days,
    LoggedIn,
    PasswordCredentials,
    PersonalKey,
    RemoteActivity,
    SourceKind,
    Tokens,
    WellnessDay,
)
from services.garmin_ingest.domain.ports import IncomingFile
from shared.errors import NotFound


@dataclass
class ScriptedAccount:
    """``secret`` is the password or the key; ``code`` is asked for where it is set."""

    garmin_id: str
    name: str
    secret: str
    code: str | None = None
    key_expires_at: dt.datetime | None = None


@dataclass
class ScriptedSource:
    """``failure`` is raised by every call while it is set; ``held`` stops log-ins until it is set, ``silent``
    every list for ever.
    """

    kind: SourceKind = "connect_credentials"
    accounts: dict[str, ScriptedAccount] = field(default_factory=dict)
    failure: Exception | None = None
    held: asyncio.Event | None = None
    silent: bool = False
    log_ins: int = 0
    log_outs: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    abandoned: int = 0
    asked: int = 0

    def add(self, name: str, **fields: str | dt.datetime | None) -> ScriptedAccount:
        account = ScriptedAccount(f"garmin-{len(self.accounts) + 1}", name, f"secret of {name}")
        for key, value in fields.items():
            setattr(account, key, value)
        self.accounts[name] = account
        return account

    def hang(self) -> None:
        """Let log-ins and log-outs wait; ``held.set()`` lets them go on."""
        self.held = asyncio.Event()

    async def log_in(self, credentials: Credentials) -> LoggedIn | ScriptedPending:
        self.log_ins += 1
        if self.held is not None:
            await self.held.wait()
        self._fail()
        account = self._account(credentials)
        return ScriptedPending(self, account) if account.code else self.logged_in(account)

    def logged_in(self, account: ScriptedAccount) -> LoggedIn:
        values = {"access": f"token {self.log_ins} of {account.name}"}
        tokens = Tokens(values, key_expires_at=account.key_expires_at)
        return LoggedIn(Account(account.garmin_id, account.name), tokens)

    async def refresh(self, tokens: Tokens) -> Tokens:
        self._fail()
        return tokens

    async def activities(self, _: Tokens, __: Days) -> AsyncIterator[Sequence[RemoteActivity]]:
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        self._fail()
        yield ()

    async def has_activity(self, _: Tokens, __: str) -> bool:
        return False

    async def download(self, _: Tokens, __: RemoteActivity, ___: IncomingFile) -> None:
        raise NotFound("There is none.")

    async def wellness(self, _: Tokens, __: Days, *, nights_since: dt.date = dt.date.min) -> Sequence[WellnessDay]:
        return ()

    async def log_out(self, tokens: Tokens) -> None:
        self.log_outs.append(tokens.values["access"])
        if self.held is not None:
            await self.held.wait()
        self._fail()

    def _account(self, credentials: Credentials) -> ScriptedAccount:
        if isinstance(credentials, PersonalKey):
            found = [account for account in self.accounts.values() if account.secret == credentials.key]
        else:
            assert isinstance(credentials, PasswordCredentials)
            account = self.accounts.get(credentials.username.lower())
            found = [account] if account and account.secret == credentials.password else []
        if not found:
            raise GarminConnectFailed("Garmin does not accept this user name and password.")
        return found[0]

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass
class ScriptedPending:
    source: ScriptedSource
    account: ScriptedAccount

    async def finish(self, code: str) -> LoggedIn:
        self.source.codes.append(code)
        if self.source.failure is not None:
            raise self.source.failure
        if code != self.account.code:
            raise GarminConnectFailed("Garmin does not accept this code.")
        return self.source.logged_in(self.account)

    async def abandon(self) -> None:
        self.source.abandoned += 1
