"""Two runners, two Garmin accounts, everything at once: nothing of one is ever seen by, or kept for, the other.

Steps are drawn by a seed: connecting, leaving with and without the data, swapping accounts, edits at Garmin, syncs of
both at the same time, and a Garmin that fails in every way it can. Two workers run all the while. The long form is part
of ``make chaos``; ``TWO_RUNNERS_SEED`` repeats one of its walks.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.garmin_ingest.config import GarminIngestSettings
from shared.caller import Caller
from tests.service.garmin_ingest.syncing import OVER, Syncing, days_ago, syncing_with
from tests.support.builders import build_fit
from tests.support.garmin.world import SimulatedDay
from tests.support.service import House, a_runner, eventually

# What a runner sees of an account, so that each figure says whose it is.
RESTING = {"xavier": 41, "yvonne": 72}
WEIGHT_G = {"xavier": 61_000, "yvonne": 87_000}
PLACES = ("/activities/search", "/download-service/", "/dailySleepData/", "/hrv-service/", "/activity-service/")
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


@dataclass
class Runner:
    """``may_have`` are the accounts whose data was brought and not yet asked to be removed."""

    caller: Caller
    linked: str | None = None
    may_have: set[str] = field(default_factory=set)


class TwoRunners:
    def __init__(self, syncing: Syncing, rng: random.Random) -> None:
        self.syncing = syncing
        self.rng = rng
        self.runners = [Runner(a_runner(zone="Europe/Berlin")), Runner(a_runner(zone="America/New_York"))]
        self.accounts = {name: syncing.account(f"{name}@example.com") for name in RESTING}
        self.owner_of: dict[str, str] = {}
        self.hash_of: dict[str, bytes] = {}
        for name in self.accounts:
            for ago in (1, 4, 9):
                self._add(name, ago)
                self.accounts[name].days[days_ago(ago).date()] = SimulatedDay(
                    resting_heart_rate_bpm=RESTING[name], weight_g=WEIGHT_G[name], sleep_s=25_000
                )

    def _add(self, name: str, ago: int) -> None:
        hour = 5 if name == "xavier" else 17
        run = self.syncing.run(self.accounts[name], ago=ago, name=f"{name} {ago}", start=days_ago(ago, hour=hour))
        self._own(name, run.original)

    def _own(self, name: str, original: bytes) -> None:
        self.owner_of[hashlib.sha256(original).hexdigest()] = name

    async def step(self) -> None:
        deed = self.rng.choice([self.link, self.leave, self.edit, self.sync, self.sync, self.sync, self.swap])
        await self._forget_limits()
        await deed()
        await self.settle()
        await self.check(settled=True)

    async def link(self) -> None:
        runner, name = self.rng.choice(self.runners), self.rng.choice(list(self.accounts))
        await self.connect(runner, name)

    async def connect(self, runner: Runner, name: str) -> None:
        account = self.accounts[name]
        body = {"kind": "credentials", "username": account.username, "password": account.password,
                "importFrom": days_ago(12).date().isoformat()}  # fmt: skip
        answer = await self.syncing.call("POST", "/api/v1/garmin/connection", caller=runner.caller, json=body)
        taken = any(one.linked == name for one in self.runners if one is not runner)
        refused = taken or runner.linked not in {None, name}
        assert answer.status == (409 if refused else 201), answer.body
        if not refused:
            runner.linked = name
            runner.may_have.add(name)
            (row,) = await self.syncing.sql(
                "SELECT account_hash FROM garmin_connection WHERE user_id = $1", runner.caller.user_id
            )
            self.hash_of[name] = row["account_hash"]

    async def leave(self) -> None:
        await self._leave(self.rng.choice(self.runners), with_data=self.rng.random() < 0.5)

    async def _leave(self, runner: Runner, *, with_data: bool) -> None:
        query = "?data=delete" if with_data else ""
        answer = await self.syncing.call("DELETE", f"/api/v1/garmin/connection{query}", caller=runner.caller)
        assert answer.status in {204, 409}, answer.body
        left, runner.linked = runner.linked, None
        if with_data and left is not None:
            await self.settle()
            runner.may_have.discard(left)

    async def swap(self) -> None:
        """Both leave in the middle of their syncs, and come back with the account of the other."""
        names = [runner.linked for runner in self.runners]
        for name, account in self.accounts.items():
            for run in account.activities.values():
                run.name = f"{name} before the swap"
        self.syncing.world.misbehave("/download-service/", "slow", seconds=0.1, times=None)
        await self._ask_all()
        await asyncio.sleep(self.rng.random() / 2)
        with_data = self.rng.random() < 0.5
        for runner in self.runners:
            await self._leave(runner, with_data=with_data)
        for runner, name in zip(self.runners, reversed(names), strict=True):
            if name is not None:
                await self.connect(runner, name)

    async def edit(self) -> None:
        """Something changes at Garmin, and a sync follows."""
        name = self.rng.choice(list(self.accounts))
        account = self.accounts[name]
        runs = list(account.activities.values())
        match self.rng.choice(["add", "rename", "delete", "cut"]):
            case "add":
                self._add(name, self.rng.randrange(2, 12))
            case "rename" if runs:
                self.rng.choice(runs).name = f"{name} renamed {self.rng.randrange(1000)}"
            case "delete" if len(runs) > 2:
                del account.activities[self.rng.choice(runs).activity_id]
            case "cut" if runs:
                run = self.rng.choice(runs)
                run.original = build_fit(
                    start=run.run.start, duration_s=120, heart_rate_bpm=self.rng.randrange(99, 180)
                )
                run.name = f"{name} cut {self.rng.randrange(1000)}"
                self._own(name, run.original)
        await self._ask_all()

    async def sync(self) -> None:
        """Both at once, while Garmin fails in some way."""
        for _ in range(self.rng.randrange(3)):
            fault = dict(self.rng.choice(FAULTS))
            self.syncing.world.misbehave(self.rng.choice(PLACES), times=self.rng.randrange(1, 4), **fault)
        if self.rng.random() < 0.2:
            self.syncing.connect.tokens.void_access(self.accounts[self.rng.choice(list(self.accounts))])
        await self._ask_all()
        await self.check(settled=False)

    async def _ask_all(self) -> None:
        body = {"from": days_ago(12).date().isoformat()}
        calls = [self.syncing.call("POST", "/api/v1/garmin/sync", caller=one.caller, json=body) for one in self.runners]
        answers = await asyncio.gather(*calls)
        assert {answer.status for answer in answers} <= {202, 409, 422, 503}

    async def _forget_limits(self) -> None:
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
        """Garmin is well again, and all that was queued is done."""
        self.syncing.world.misbehaviours.clear()

        async def is_quiet() -> bool:
            await self._forget_limits()
            if await self.syncing.sql("SELECT FROM pgqueuer WHERE status IN ('queued', 'picked')"):
                return False
            return not await self.syncing.sql("SELECT FROM job WHERE NOT state = ANY($1)", list(OVER))

        await eventually(is_quiet, within_s=40)
        for runner in self.runners:
            health = await self.syncing.health(caller=runner.caller)
            assert (health["status"] == "not_connected") == (runner.linked is None), health

    async def check(self, *, settled: bool) -> None:
        for runner in self.runners:
            await self._check_seen(runner)
            await self._check_rows(runner)
            if settled:
                await self._check_secret(runner)
                self._check_files(runner)

    async def _check_seen(self, runner: Runner) -> None:
        for name in await self.syncing.names(caller=runner.caller):
            assert name.split()[0] in runner.may_have, (name, runner)
        for day in await self.syncing.days(f"?from={days_ago(15).date()}", caller=runner.caller):
            figures = (day["restingHeartRateBpm"], day["weightKg"])
            whose = [name for name in RESTING if figures == (RESTING[name], WEIGHT_G[name] / 1000)]
            assert whose, f"a day of nobody: {day}"
            assert whose[0] in runner.may_have, (day, runner)
        shown = (await self.syncing.health(caller=runner.caller))["accountName"]
        assert (shown or "")[:1] == (runner.linked or "")[:1]

    async def _check_rows(self, runner: Runner) -> None:
        rows = await self.syncing.sql(
            "SELECT account_hash FROM activity_source JOIN activity USING (user_id, activity_id)"
            " WHERE user_id = $1 AND deleted_at IS NULL"
            " UNION SELECT account_hash FROM wellness_day WHERE user_id = $1"
            " UNION SELECT account_hash FROM remote_activity WHERE user_id = $1 AND state <> 'removed'",
            runner.caller.user_id,
        )
        mine = {self.hash_of[name] for name in runner.may_have}
        assert {row["account_hash"] for row in rows} <= mine, runner

    async def _check_secret(self, runner: Runner) -> None:
        secret = await self.syncing.secrets.read(f"garmin/users/{runner.caller.user_id}")
        if runner.linked is None:
            assert secret is None, "a secret that no link names"
        elif secret is not None:
            assert secret["garminId"] == str(self.accounts[runner.linked].garmin_id)
            owner = self.syncing.connect.tokens.owner(secret["tokens"]["di_token"])
            assert owner is None or owner is self.accounts[runner.linked]

    def _check_files(self, runner: Runner) -> None:
        for file in self.syncing.stored_files():
            user, _, rest = file.partition("/")
            if user == str(runner.caller.user_id):
                sha256 = rest.rsplit("/", 1)[-1]
                assert self.owner_of.get(sha256) in runner.may_have, (file, runner)


async def _walk(house: House, settings: GarminIngestSettings, *, seed: int, steps: int) -> None:
    async with syncing_with(house, settings) as syncing:
        both = TwoRunners(syncing, random.Random(seed))
        async with syncing.worker(), syncing.worker():
            for runner, name in zip(both.runners, both.accounts, strict=True):
                await both.connect(runner, name)
            for _ in range(steps):
                await both.step()
        seen = [len(await syncing.names(caller=runner.caller)) for runner in both.runners]
        assert any(seen), "a walk that brings nothing shows nothing"


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_of_one_runner_reaches_the_other(house: House, ingest_settings: GarminIngestSettings, seed: int):
    await _walk(house, ingest_settings, seed=seed, steps=8)


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(6))
async def test_nothing_of_one_runner_reaches_the_other_on_long_walks(
    house: House, ingest_settings: GarminIngestSettings, number: int
):
    seed = int(os.environ.get("TWO_RUNNERS_SEED", "0")) or dt.datetime.now(dt.UTC).toordinal() * 10 + number
    print(f"TWO_RUNNERS_SEED={seed}")
    await _walk(house, ingest_settings, seed=seed, steps=60)
