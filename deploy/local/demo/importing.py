"""The demo runner signs up, says who they are and brings in their history. Run twice, nothing is there twice."""

from __future__ import annotations

import asyncio
import collections
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.client import Api, Refused
from deploy.local.demo.history import history_zip
from deploy.local.demo.runner import Runner
from deploy.local.demo.state import DemoAccount
from deploy.local.demo.terrain import HOME
from deploy.local.failure import CannotRun

_POLL_S = 0.5
# A worker that moves no file in this time is not running.
_STALLED_AFTER_S = 180.0
_FINAL = frozenset({"succeeded", "failed", "dead"})

# Told how many of how many files are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files, by status (``imported``, ``duplicate``, ...)."""

    counts: Mapping[str, int]


async def sign_in(api: Api, account: DemoAccount, *, is_new: bool) -> None:
    """Log in, or sign up where the account is not known there yet."""
    try:
        if is_new or not await _log_in(api, account):
            await _sign_up(api, account)
    except Refused as refused:
        raise CannotRun(f"The demo runner cannot sign in: {refused}") from refused


async def introduce(api: Api) -> None:
    """Tell the coach what a runner knows about themselves."""
    runner = Runner()
    profile = {
        "sex": runner.sex,
        "birthYear": runner.birth_year,
        "weightKg": runner.weight_kg,
        "maxHeartRateBpm": runner.max_heart_rate_bpm,
        "restingHeartRateBpm": runner.resting_heart_rate_bpm,
        "thresholdHeartRateBpm": runner.threshold_heart_rate_bpm,
    }
    try:
        await api.send("PATCH", "/athlete", profile)
    except Refused as refused:
        raise CannotRun(f"The demo runner's profile was refused: {refused}") from refused


async def has_runs(api: Api) -> bool:
    try:
        return bool((await api.get("/activities?limit=1"))["items"])
    except Refused as refused:
        raise CannotRun(f"The list of runs cannot be read: {refused}") from refused


async def import_history(api: Api, account: DemoAccount, *, months: int, progress: Progress) -> Outcome:
    """Upload the history and wait for the job. Raises ``CannotRun`` unless every file is in."""
    content = await asyncio.to_thread(history_zip, account.today, months)
    try:
        accepted = await api.upload("/activities/import", file_name="demo-history.zip", content=content)
        job = await _finished(api, account, str(accepted["jobId"]), progress=progress)
    except Refused as refused:
        raise CannotRun(f"The demo history was not taken: {refused}") from refused
    if job["state"] != "succeeded":
        raise CannotRun(f"The import of the demo history ended as {job['state']}; see the worker's log.")
    wrong = [item for item in job["items"] if item["status"] not in {"imported", "duplicate"}]
    if wrong:
        reason = (wrong[0].get("error") or {}).get("message", wrong[0]["status"])
        raise CannotRun(f"{len(wrong)} demo files were not imported; the first, {wrong[0]['fileName']}: {reason}")
    return Outcome(_counts(job))


def _counts(job: Mapping[str, Any]) -> Mapping[str, int]:
    """Files by status; of a large job only some are listed, and none that failed is left out."""
    total = job["progress"]["total"]
    if total > len(job["items"]):
        return {"files, imported or already there": total}
    return collections.Counter(str(item["status"]) for item in job["items"])


async def _log_in(api: Api, account: DemoAccount) -> bool:
    try:
        answer = await api.send("POST", "/auth/login", {"email": account.email, "password": account.password})
    except Refused as refused:
        if refused.code == "AUTH_INVALID_CREDENTIALS":
            return False
        raise
    api.use(answer["tokens"]["accessToken"])
    return True


async def _sign_up(api: Api, account: DemoAccount) -> None:
    body = {
        "email": account.email,
        "password": account.password,
        "displayName": "Demo Runner",
        "timezone": HOME.zone,
    }
    try:
        answer = await api.send("POST", "/auth/signup", body)
    except Refused as refused:
        if refused.code == "CONFLICT":
            raise CannotRun(
                f"{account.email} is registered already, with a password that this state folder does not hold: "
                "choose another address with --email."
            ) from refused
        raise
    api.use(answer["tokens"]["accessToken"])


async def _finished(api: Api, account: DemoAccount, job_id: str, *, progress: Progress) -> dict[str, Any]:
    seen, moved_at = -1, time.monotonic()
    while True:
        job = await _job(api, account, job_id)
        done, total = job["progress"]["done"], job["progress"]["total"]
        if done != seen:
            seen, moved_at = done, time.monotonic()
            progress(done, total)
        if job["state"] in _FINAL and not job.get("nextRetryAt"):
            return job
        if time.monotonic() - moved_at > _STALLED_AFTER_S:
            raise CannotRun(f"The import stands still at {done} of {total} files: is the worker running?")
        await asyncio.sleep(_POLL_S)


async def _job(api: Api, account: DemoAccount, job_id: str) -> dict[str, Any]:
    """The job's state; a long import may outlive the access token of fifteen minutes."""
    try:
        job: dict[str, Any] = await api.get(f"/jobs/{job_id}")
    except Refused as refused:
        if refused.code != "AUTH_EXPIRED_TOKEN" or not await _log_in(api, account):
            raise
        job = await api.get(f"/jobs/{job_id}")
    return job
