"""A walk of two runners through two Garmin accounts, and a model of what each of them may have and must still have.

A third runner has an account of their own all the while, and a stranger has none.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.caller import Caller
from tests.service.garmin_ingest.holdings import Holdings, account_hash, holdings
from tests.service.garmin_ingest.syncing import OVER, Syncing, days_ago
from tests.support.builders import build_fit
from tests.support.garmin.world import Misbehaviour, SimulatedDay
from tests.support.service import a_runner, eventually

# What a runner sees of an account, so that each figure says whose it is.
RESTING = {"xavier": 41, "yvonne": 72, "zoe": 55}
LATITUDE = {"xavier": 47, "yvonne": -34, "zoe": 12}
HOUR = {"xavier": 5, "yvonne": 17, "zoe": 11}
LIST, DOWNLOAD, NIGHTS = "/activities/search", "/download-service/", "/dailySleepData/"
PLACES = (LIST, DOWNLOAD, NIGHTS, "/hrv-service/", "/activity-service/")
FAULTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 401},
    {"kind": "html"},
    {"kind": "cut"},
    {"kind": "garbage"},
    {"kind": "slow", "seconds": 0.2},
)
_CONNECTION = "/api/v1/garmin/connection"


@dataclass
class Known:
    """All that an account has ever had while somebody was linked to it; a run that is gone is named by its day."""

    ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)


@dataclass
class Runner:
    """``may_have`` are the accounts whose data was brought and not asked to be removed, ``leaving`` those whose removal
    is under way, ``kept`` what must still be there of those that were left with their data, and ``known`` what the
    runner can have heard of, by account. ``links`` are the accounts of their connections, past ones too.
    """

    caller: Caller
    linked: str | None = None
    may_have: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    kept: dict[str, Holdings] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    links: dict[uuid.UUID, str] = field(default_factory=dict)


class TwoRunners:
    def __init__(self, syncing: Syncing, rng: random.Random) -> None:
        self.syncing = syncing
        self.rng = rng
        self.walkers = [Runner(a_runner(zone="Europe/Berlin")), Runner(a_runner(zone="America/New_York"))]
        self.bystander, self.stranger = Runner(a_runner()), Runner(a_runner())
        self.runners = [*self.walkers, self.bystander, self.stranger]
        self.accounts = {name: syncing.account(f"{name}@example.com") for name in RESTING}
        self.hash_of: dict[str, bytes] = {}
        self._deeds: list[Callable[[], Awaitable[None]]] = []
        self._minute = 0
        for name in self.accounts:
            for ago in (1, 4, 9):
                self._add(name, ago)
                day = SimulatedDay(resting_heart_rate_bpm=RESTING[name], weight_g=1000 * RESTING[name], sleep_s=25_000)
                self.accounts[name].days[days_ago(ago).date()] = day

    async def begin(self) -> None:
        for runner, name in zip(self.runners[:3], self.accounts, strict=True):
            await self.connect(runner, name)
        await self.connect(self.stranger, "zoe")
        assert self.stranger.linked is None

    async def step(self) -> None:
        """The next of the deeds, each of which is done once before any is done again."""
        if not self._deeds:
            self._deeds = [self.link, self.leave, self.edit, self.sync, self.write_late]
            self.rng.shuffle(self._deeds)
            # Last one first: what is kept of one account is there when that of the other is removed.
            at = self.rng.randrange(len(self._deeds))
            self._deeds[at:at] = [self.part_deleting, self.swap_keeping]
            self._deeds.insert(self.rng.randrange(at + 1), self.swap_deleting)
        await self._deeds.pop()()

    def _add(self, name: str, ago: int) -> None:
        self._minute += 4
        start = days_ago(ago, hour=HOUR[name]).replace(minute=self._minute % 60)
        self.syncing.run(
            self.accounts[name], ago=ago, name=f"{name} {self._minute}", start=start, latitude_deg=LATITUDE[name]
        )
        self._learn()

    def _learn(self) -> None:
        """Who is linked to an account can hear of all that it has now."""
        for runner in self.runners:
            if runner.linked is not None:
                known = runner.known.setdefault(runner.linked, Known())
                for run in self.accounts[runner.linked].activities.values():
                    known.ids.add(str(run.activity_id))
                    known.names.add(run.name)
                    known.days.add(run.start_local.date().isoformat())
                    known.contents.add(hashlib.sha256(run.original).hexdigest())

    async def link(self) -> None:
        runner, name = self.rng.choice(self.walkers), self.rng.choice(list(RESTING))
        await self.connect(runner, name)

    async def connect(self, runner: Runner, name: str) -> None:
        account = self.accounts[name]
        body = {"kind": "credentials", "username": account.username, "password": account.password,
                "importFrom": days_ago(12).date().isoformat()}  # fmt: skip
        await self.forget_limits()
        answer = await self.syncing.call("POST", _CONNECTION, caller=runner.caller, json=body)
        taken = any(one.linked == name for one in self.runners if one is not runner)
        refused = taken or runner.linked not in {None, name}
        assert answer.status == (409 if refused else 201), answer.body
        if refused:
            return
        runner.linked = name
        runner.may_have.add(name)
        runner.kept.pop(name, None)
        self.hash_of[name] = await account_hash(self.syncing, runner.caller)
        (row,) = await self.syncing.sql(
            "SELECT connection_id FROM garmin_connection WHERE user_id = $1", runner.caller.user_id
        )
        runner.links[row["connection_id"]] = name
        self._learn()

    async def leave(self) -> None:
        await self._leave(self.rng.choice(self.walkers), with_data=self.rng.random() < 0.5)

    async def _leave(self, runner: Runner, *, with_data: bool) -> None:
        query = "?data=delete" if with_data else ""
        answer = await self.syncing.call("DELETE", f"{_CONNECTION}{query}", caller=runner.caller)
        assert answer.status == 204, answer.body
        left, runner.linked = runner.linked, None
        if left is None:
            return
        if with_data:
            runner.leaving.add(left)
        elif left not in runner.leaving:
            # Nothing that is still under way may add to it or take from it.
            runner.kept[left] = await holdings(self.syncing, runner.caller, self.hash_of[left])

    async def swap_keeping(self) -> None:
        await self._overtake(with_data=False, swap=True)

    async def swap_deleting(self) -> None:
        await self._overtake(with_data=True, swap=True)

    async def part_deleting(self) -> None:
        await self._overtake(with_data=True, swap=False)

    async def _overtake(self, *, with_data: bool, swap: bool) -> None:
        """Both leave while Garmin holds back what it answers them, and may have each other's account by then."""
        place = self.rng.choice(PLACES[:3])
        await self._rejoin()
        await self.settle()
        for name, account in self.accounts.items():
            self._minute += 1
            for run in account.activities.values():
                run.name = f"{name} overtaken {self._minute}"
        self._learn()
        held = [self.syncing.world.misbehave(place, "held") for _ in self.walkers]
        for first_day in (12, 11):
            await self._ask(self.walkers, first_day)
        await self._reached(held)
        names = [runner.linked for runner in self.walkers]
        for runner in self.walkers:
            await self._leave(runner, with_data=with_data)
        if swap:
            for runner, name in zip(self.walkers, reversed(names), strict=True):
                await self.connect(runner, name or "")
        if with_data:
            await eventually(self._removals_are_over, within_s=20)
        for answer in held:
            answer.opened.set()

    async def _rejoin(self) -> None:
        """Both walkers are linked, with credentials that work."""
        for runner in self.walkers:
            free = [name for name in RESTING if all(one.linked != name for one in self.runners)]
            await self.connect(runner, runner.linked or self.rng.choice(free))

    async def _reached(self, held: list[Misbehaviour]) -> None:
        async with asyncio.timeout(20):
            for answer in held:
                await answer.reached.wait()

    async def _removals_are_over(self) -> bool:
        await self.forget_limits()
        return not await self.syncing.sql("SELECT FROM job WHERE kind = 'removal' AND NOT state = ANY($1)", list(OVER))

    async def write_late(self) -> None:
        """A write of the other's tokens to the secret store lands long after its sender gave it up."""
        await self._rejoin()
        await self.settle()
        paths = [f"garmin/users/{runner.caller.user_id}" for runner in self.walkers]
        self.rng.shuffle(paths)
        others = await self.syncing.secrets.read(paths[1])
        assert others is not None
        await self.syncing.secrets.write(paths[0], {**others, "connectionId": str(uuid.uuid4())})
        await self._ask(self.walkers)
        await self._run_out()
        await self._rejoin()

    async def edit(self) -> None:
        """Something changes at Garmin, and a sync follows."""
        name = self.rng.choice(list(self.accounts))
        account = self.accounts[name]
        runs = list(account.activities.values())
        run = self.rng.choice(runs)
        match self.rng.choice(["add", "rename", "delete", "cut"]):
            case "rename":
                run.name = f"{name} renamed {self.rng.randrange(1000)}"
            case "delete" if len(runs) > 2:
                del account.activities[run.activity_id]
            case "cut":
                run.original = build_fit(
                    start=run.run.start, duration_s=120, heart_rate_bpm=self.rng.randrange(99, 180),
                    latitude_deg=LATITUDE[name],
                )  # fmt: skip
                run.name = f"{name} cut {self.rng.randrange(1000)}"
            case _:
                self._add(name, self.rng.randrange(2, 12))
        self._learn()
        await self._ask(self.runners[:3])

    async def sync(self) -> None:
        """All at once, while Garmin fails in some way."""
        for _ in range(self.rng.randrange(3)):
            fault = dict(self.rng.choice(FAULTS))
            self.syncing.world.misbehave(self.rng.choice(PLACES), times=self.rng.randrange(1, 4), **fault)
        if self.rng.random() < 0.2:
            self.syncing.connect.tokens.void_access(self.accounts[self.rng.choice(list(self.accounts))])
        await self._ask(self.runners[:3])

    async def _ask(self, runners: list[Runner], first_day: int = 12) -> None:
        await self.forget_limits()
        body = {"from": days_ago(first_day).date().isoformat()}
        calls = [self.syncing.call("POST", "/api/v1/garmin/sync", caller=one.caller, json=body) for one in runners]
        answers = await asyncio.gather(*calls)
        assert {answer.status for answer in answers} <= {202, 409, 422, 503}

    async def forget_limits(self) -> None:
        """The waits that Garmin and we ask for are not what is tried here."""
        for statement in (
            "DELETE FROM garmin_log_in",
            "DELETE FROM garmin_cooldown",
            "UPDATE garmin_connection SET cooldown_until = NULL",
            "DELETE FROM pgqueuer WHERE entrypoint = 'deliver_event'",
            "UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued' AND execute_after > now()",
        ):
            await self.syncing.sql(statement)

    async def settle(self) -> None:
        """Garmin is well again, all that was queued is done, and so are the removals."""
        await self._run_out()
        for runner in self.runners:
            runner.may_have -= {name for name in runner.leaving if name != runner.linked}
            runner.leaving.clear()

    async def _run_out(self) -> None:
        self.syncing.world.misbehaviours.clear()

        async def is_quiet() -> bool:
            await self.forget_limits()
            if await self.syncing.sql("SELECT FROM pgqueuer WHERE status IN ('queued', 'picked')"):
                return False
            return not await self.syncing.sql("SELECT FROM job WHERE NOT state = ANY($1)", list(OVER))

        await eventually(is_quiet, within_s=40)

    async def end(self) -> None:
        """One last sync that nothing disturbs."""
        await self.settle()
        await self._rejoin()
        await self.connect(self.bystander, "zoe")
        await self._ask(self.runners[:3])
        await self.settle()
