"""An account export, imported beside itself while its worker is killed: the same rows and bytes as in peace."""

from __future__ import annotations

import asyncio
import io
import os
import random
import signal
import time
import zipfile
from typing import Any

import asyncpg
import pytest

from tests.bench.export import runs
from tests.support.builders_damage import garbage
from tests.support.client import ApiClient
from tests.support.stack import Stack

_FOLDER = "DI_CONNECT/DI-Connect-Uploaded-Files"
# What is random or of the clock differs between two accounts; all else must not.
_TABLES = {
    "activity": (
        "SELECT to_jsonb(activity) - ARRAY['user_id', 'activity_id', 'name_sealed', 'device_serial_sealed',"
        " 'created_at', 'updated_at'] AS row, block, name_sealed IS NULL, device_serial_sealed IS NULL"
        " FROM activity LEFT JOIN activity_stream USING (user_id, activity_id) WHERE user_id = $1"
        " ORDER BY start_time, content_sha256"
    ),
    "activity_source": (
        "SELECT content_sha256, session_index, road, source_id, account_hash FROM activity_source WHERE user_id = $1"
        " ORDER BY content_sha256, session_index, road"
    ),
    "ingest_ledger": (
        "SELECT to_jsonb(ingest_ledger) - ARRAY['user_id', 'activity_ids', 'first_received_at', 'last_received_at',"
        " 'decoded_at'] AS row, cardinality(activity_ids) FROM ingest_ledger WHERE user_id = $1"
        " ORDER BY source, content_sha256"
    ),
}


def _export(count: int) -> bytes:
    """Nested as Garmin packs it, with junk, a torn recording and the same run twice."""
    files = list(runs(count))
    files += [("junk.fit", garbage()), ("torn.fit", files[0][1][:20]), ("again.fit", files[1][1])]
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as whole:
        for part in range(2):
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w") as half:
                for name, content in files[part::2]:
                    half.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
            whole.writestr(
                f"DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part{part + 1}.zip", inner.getvalue()
            )
    return outer.getvalue()


def _signed_up(stack: Stack) -> tuple[ApiClient, str]:
    client = ApiClient(stack.url)
    client.sign_up()
    return client, client.api("GET", "/me").json["id"]


def _queued(client: ApiClient, content: bytes) -> str:
    reply = client.upload(("export.zip", content))
    assert reply.status == 202, reply.body
    return reply.json["jobId"]


class Watched:
    """Jobs of one runner, whose progress is asked for until all are over."""

    def __init__(self, client: ApiClient, *job_ids: str) -> None:
        self.client = client
        self.seen: dict[str, list[int]] = {job_id: [] for job_id in job_ids}

    def done(self) -> int:
        """How many items are done of all jobs together."""
        for job_id, seen in self.seen.items():
            job = self.client.api("GET", f"/jobs/{job_id}").json
            assert job["state"] not in {"failed", "dead"}, job
            seen.append(job["progress"]["done"])
        return sum(seen[-1] for seen in self.seen.values())

    def wait_for(self, done: int, *, within_s: float) -> None:
        until = time.monotonic() + within_s
        while self.done() < done:
            assert time.monotonic() < until, self.seen
            time.sleep(0.1)

    def assert_over(self, total: int) -> None:
        for job_id, seen in self.seen.items():
            assert seen == sorted(seen), "progress went back"
            job = self.client.api("GET", f"/jobs/{job_id}").json
            assert job["progress"] == {"done": total, "total": total}


def _ask(stack: Stack, query: str, *values: object) -> list[asyncpg.Record]:
    async def ask() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(stack.settings()["GARMIN_INGEST_DATABASE_URL"])
        try:
            return await connection.fetch(query, *values)
        finally:
            await connection.close()

    return asyncio.run(ask())


def _dump(stack: Stack, user_id: str) -> dict[str, list[tuple[Any, ...]]]:
    dump = {name: [tuple(row) for row in _ask(stack, query, user_id)] for name, query in _TABLES.items()}
    folder = next(path for path in stack.folder.rglob(user_id) if path.is_dir())
    dump["originals"] = sorted(
        (path.name, path.read_bytes()) for path in folder.iterdir() if path.is_file() and path.name[0] != "."
    )
    return dump


def _killed_worker_is_given_up(stack: Stack) -> None:
    """The heart-beat's time-out of 20 s passes: told to the queue instead of waited for."""
    _ask(stack, "UPDATE pgqueuer SET heartbeat = heartbeat - interval '21 seconds' WHERE status = 'picked'")


def _import_amid_kills(stack: Stack, *, count: int, kills: int, seed: int, within_s: float, is_patient: bool) -> None:
    chance, content, total = random.Random(seed), _export(count), count + 3
    quiet, quiet_user = _signed_up(stack)
    watched = Watched(quiet, _queued(quiet, content))
    watched.wait_for(total, within_s=within_s)
    watched.assert_over(total)

    troubled, troubled_user = _signed_up(stack)
    watched = Watched(troubled, _queued(troubled, content), _queued(troubled, content))
    for point in sorted(chance.randrange(1, total * 2 - 64) for _ in range(kills)):
        watched.wait_for(point, within_s=within_s)
        os.kill(stack.process("-m services.garmin_ingest.worker"), signal.SIGKILL)
        if not is_patient:
            _killed_worker_is_given_up(stack)
    watched.wait_for(total * 2, within_s=within_s)
    watched.assert_over(total)
    again = Watched(troubled, _queued(troubled, content))
    again.wait_for(total, within_s=within_s)

    expected, found = _dump(stack, quiet_user), _dump(stack, troubled_user)
    assert len(expected["activity"]) == count
    for table, rows in expected.items():
        assert found[table] == rows, table


@pytest.mark.timeout(300)
def test_an_export_imported_beside_itself_and_killed_leaves_the_rows_of_a_quiet_import(own_stack: Stack):
    own_stack.start()
    _import_amid_kills(own_stack, count=150, kills=1, seed=1, within_s=120, is_patient=False)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_years_of_runs_survive_many_kills(own_stack: Stack):
    own_stack.start()
    _import_amid_kills(own_stack, count=3650, kills=8, seed=2, within_s=900, is_patient=True)
