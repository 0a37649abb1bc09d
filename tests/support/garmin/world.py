"""What a simulated Garmin holds: accounts with their activities and days, and how it misbehaves right now.

One world may be served by several interfaces at once (the web's, the Personal API, the partner API); ids are unique
over all accounts, as Garmin's are.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.builders import ShortRun, build_fit
from tests.support.builders_zip import zip_of


@dataclass
class SimulatedActivity:
    """``original`` is the file as the watch wrote it; name and type are what the runner may edit at Garmin."""

    activity_id: int
    run: ShortRun
    original: bytes
    name: str
    type_key: str = "running"
    file_name: str = "ACTIVITY.fit"

    @property
    def packed(self) -> bytes:
        """The original as Garmin hands it out: in a ZIP."""
        return zip_of({f"{self.activity_id}_{self.file_name}": self.original})

    @property
    def start_local(self) -> dt.datetime:
        """Naive, as Garmin prints it."""
        return (self.run.start + dt.timedelta(seconds=self.run.utc_offset_s)).replace(tzinfo=None)


@dataclass
class SimulatedDay:
    """A local day's figures; None where the watch was not worn. The night ends at seven."""

    sleep_s: int | None = None
    sleep_score: int | None = None
    hrv_rmssd_ms: int | None = None
    resting_heart_rate_bpm: int | None = None
    weight_g: float | None = None
    utc_offset_s: int = 3600


@dataclass
class SimulatedAccount:
    """``mfa_code`` is what Garmin has sent by mail; None for an account without a second factor. ``refused_as`` is what
    the sign-in says of the right password instead of letting it in: CAPTCHA_REQUIRED, ACCOUNT_LOCKED or anything else.
    """

    garmin_id: int
    username: str
    password: str
    mfa_code: str | None = None
    refused_as: str | None = None
    display_name: str = ""
    personal_keys: set[str] = field(default_factory=set)
    activities: dict[int, SimulatedActivity] = field(default_factory=dict)
    days: dict[dt.date, SimulatedDay] = field(default_factory=dict)

    def newest_first(self) -> list[SimulatedActivity]:
        return sorted(self.activities.values(), key=lambda activity: activity.start_local, reverse=True)


@dataclass
class Misbehaviour:
    """What happens instead of an answer, the next ``times`` times (None for ever) that a request matches.

    ``kind`` is one of: status (with ``status`` and ``headers``), html (a challenge page with status 200), slow
    (``seconds`` before the real answer), cut (half of the real body, then the connection ends), garbage (bytes that
    are not what they claim), held (the real answer of the time it was asked for, once ``opened`` is set; ``reached``
    says that a request waits; in the loop of the test only).
    """

    matches: Callable[[str, str], bool]
    kind: str
    times: int | None = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class GarminWorld:
    accounts: dict[str, SimulatedAccount] = field(default_factory=dict)
    misbehaviours: list[Misbehaviour] = field(default_factory=list)
    log: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request that came, in order."""

    _ids: Any = field(default_factory=lambda: itertools.count(21_000_000_001))

    def add_account(self, username: str = "runner@example.com", **fields: Any) -> SimulatedAccount:
        account = SimulatedAccount(next(self._ids), username, fields.pop("password", "correct horse"), **fields)
        account.display_name = account.display_name or f"display-{account.garmin_id}"
        self.accounts[username] = account
        return account

    def add_run(self, account: SimulatedAccount, name: str = "Morning Run", **run: Any) -> SimulatedActivity:
        """A run with the FIT file of ``ShortRun(**run)``."""
        activity = SimulatedActivity(next(self._ids), ShortRun(**run), build_fit(**run), name)
        account.activities[activity.activity_id] = activity
        return activity

    def misbehave(self, path_part: str, kind: str, *, method: str = "", **details: Any) -> Misbehaviour:
        """The next request whose path contains ``path_part`` goes wrong."""

        def matches(asked: str, path: str) -> bool:
            return path_part in path and (not method or asked == method)

        rule = Misbehaviour(matches, kind, **details)
        self.misbehaviours.append(rule)
        return rule

    def due(self, method: str, path: str) -> Misbehaviour | None:
        """Log a request, and say what goes wrong with it."""
        self.log.append((method, path))
        for rule in self.misbehaviours:
            if rule.times != 0 and rule.matches(method, path):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def asked(self, path_part: str) -> int:
        """How many requests there were for a path that contains this."""
        return sum(path_part in path for _, path in self.log)
