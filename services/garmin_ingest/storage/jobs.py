"""The tables ``job``, ``job_upload`` and ``job_item``. File names are encrypted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from services.garmin_ingest.domain.formats.archive import Entry
from services.garmin_ingest.domain.imports import Failure, FileResult, Job, JobItem, JobMark, JobState, Upload
from services.garmin_ingest.domain.intake import LedgerRow
from services.garmin_ingest.storage import ledger
from shared.events import release
from shared.jobs import enqueue
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection, Database, from_jsonb

IMPORT_FILES = "import_files"

_INSERT_ITEM = (
    "INSERT INTO job_item (user_id, job_id, position, upload, entry, is_zip, file_name_sealed, status, kind,"
    " error_code, error_message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)
# The queue's own table knows when a job that failed will be tried again.
_JOB = (
    "SELECT job_id, kind, connection_id, first_day, last_day, state, zone, attempts, created_at, error_code,"
    " error_message, done, total, counts,"
    " (SELECT execute_after FROM pgqueuer"
    " WHERE dedupe_key = 'job:' || job_id AND status = 'queued' AND execute_after > now()) AS next_retry_at"
    " FROM job WHERE user_id = $1"
)
_OF_JOB = (
    "SELECT position, file_name_sealed, status, activity_ids, kind, error_code, error_message, changes,"
    " subject_user_id, content_sha256 FROM job_item WHERE user_id = $1 AND job_item.job_id = wanted.job_id"
)
_RESULTS = (
    "SELECT * FROM unnest($2::uuid[]) AS wanted (job_id) CROSS JOIN LATERAL ("
    f"({_OF_JOB} AND status = 'failed' ORDER BY position DESC LIMIT $3)"
    f" UNION ({_OF_JOB} AND status IS NOT NULL ORDER BY position DESC LIMIT $3)) AS result ORDER BY job_id, position"
)


class PostgresJobStore:
    """Paths of uploads are kept relative to ``folder``, which may be mounted elsewhere tomorrow."""

    def __init__(self, database: Database, cipher: FieldCipher, folder: Path) -> None:
        self._database = database
        self._cipher = cipher
        self._folder = folder

    async def add(self, job: Job, items: Sequence[JobItem]) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, job.user_id)
            await connection.execute(
                "INSERT INTO job (user_id, job_id, kind, connection_id, first_day, last_day, state, zone, created_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                job.user_id, job.job_id, job.kind, job.connection_id, job.first_day, job.last_day, job.state, job.zone,
                job.created_at,
            )  # fmt: skip
            await connection.executemany(
                "INSERT INTO job_upload (user_id, job_id, upload, path, content_sha256, size_bytes)"
                " VALUES ($1, $2, $3, $4, $5, $6)",
                [
                    (job.user_id, job.job_id, item.position, self._relative(item.upload), item.upload.sha256,
                     item.upload.size)
                    for item in items
                ],
            )  # fmt: skip
            rows = [_refused_row(job, at, result, cipher) for at, result in enumerate(job.results)]
            rows += [_item_row(job, item, cipher) for item in items]
            await connection.executemany(_INSERT_ITEM, rows)
            data = {"userId": str(job.user_id), "jobId": str(job.job_id)}
            await enqueue(connection, IMPORT_FILES, data, dedupe_key=_queue_key(job.job_id))

    async def get(self, user_id: uuid.UUID, job_id: uuid.UUID, *, results: int = 0) -> Job | None:
        async with self._database.connection() as connection:
            rows = await connection.fetch(f"{_JOB} AND job_id = $2", user_id, job_id)
            found = await self._with_results(connection, user_id, rows, results)
        return found[0] if found else None

    async def page(self, user_id: uuid.UUID, limit: int, after: JobMark | None, *, results: int) -> list[Job]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"{_JOB} AND ($3::timestamptz IS NULL OR (created_at, job_id) < ($3, $4))"
                " ORDER BY created_at DESC, job_id DESC LIMIT $2",
                user_id, limit, *(after or (None, None)),
            )  # fmt: skip
            return await self._with_results(connection, user_id, rows, results)

    async def pending(self, job: Job, *, is_zip: bool, after: int = -1, limit: int = 100) -> list[JobItem]:
        async with self._database.connection() as connection:
            cipher = await self._cipher.for_user(connection, job.user_id)
            rows = await connection.fetch(
                "SELECT position, entry, is_zip, file_name_sealed, path, job_upload.content_sha256, size_bytes"
                " FROM job_item"
                " JOIN job_upload USING (user_id, job_id, upload)"
                " WHERE user_id = $1 AND job_id = $2 AND status IS NULL AND is_zip = $3 AND position > $4"
                " ORDER BY position LIMIT $5",
                job.user_id, job.job_id, is_zip, after, limit,
            )  # fmt: skip
        return [self._item(row, cipher) for row in rows]

    async def uploads(self, user_id: uuid.UUID, job_id: uuid.UUID) -> list[Upload]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT path, content_sha256, size_bytes FROM job_upload WHERE user_id = $1 AND job_id = $2",
                user_id, job_id,
            )  # fmt: skip
        return [self._upload(row, "") for row in rows]

    async def wanted(self) -> set[Path]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT path FROM job_upload JOIN job USING (user_id, job_id) WHERE state <> 'succeeded'"
            )
        return {self._folder / row["path"] for row in rows}

    async def expand(self, job: Job, item: JobItem, entries: Sequence[Entry], row: LedgerRow) -> None:
        async with self._database.transaction() as connection:
            upload = await connection.fetchval(
                "DELETE FROM job_item WHERE user_id = $1 AND job_id = $2 AND position = $3 RETURNING upload",
                job.user_id, job.job_id, item.position,
            )  # fmt: skip
            if upload is None:
                return
            cipher = await self._cipher.for_user(connection, job.user_id)
            last = await connection.fetchval(
                "SELECT coalesce(max(position), -1) FROM job_item WHERE user_id = $1 AND job_id = $2",
                job.user_id, job.job_id,
            )  # fmt: skip
            # Past the highest position ever used, so that no two items of a job share one, not even over time.
            first = max(last, item.position) + 1
            await connection.execute(
                "INSERT INTO job_item (user_id, job_id, position, upload, entry, is_zip, file_name_sealed)"
                " SELECT $1, $2, $3 + at - 1, $4, entry, is_zip, name"
                " FROM unnest($5::text[], $6::boolean[], $7::bytea[])"
                " WITH ORDINALITY AS item (entry, is_zip, name, at)",
                job.user_id, job.job_id, first, upload, [entry.key for entry in entries],
                [entry.nested for entry in entries], [cipher.encrypt(entry.path) for entry in entries],
            )  # fmt: skip
            await ledger.enter(connection, job.user_id, [row])

    async def set_state(self, job: Job, state: JobState, *, attempts: int, failure: Failure | None = None) -> None:
        code, message = (None, None) if failure is None else (failure.code, failure.message)
        async with self._database.transaction() as connection:
            if state != "running":
                await release(connection, str(job.job_id))
            await connection.execute(
                "UPDATE job SET state = $3, attempts = $4, error_code = $5, error_message = $6,"
                " updated_at = now() WHERE user_id = $1 AND job_id = $2",
                job.user_id, job.job_id, state, attempts, code, message,
            )  # fmt: skip

    async def _with_results(
        self, connection: Connection, user_id: uuid.UUID, rows: Sequence[asyncpg.Record], most: int
    ) -> list[Job]:
        results: dict[uuid.UUID, list[FileResult]] = {row["job_id"]: [] for row in rows}
        if most and rows:
            cipher = await self._cipher.for_user(connection, user_id)
            for item in await connection.fetch(_RESULTS, user_id, list(results), most):
                results[item["job_id"]].append(_result(item, cipher))
        return [_job(user_id, row, results[row["job_id"]]) for row in rows]

    def _item(self, row: asyncpg.Record, cipher: UserCipher) -> JobItem:
        upload = self._upload(row, cipher.decrypt(row["file_name_sealed"]))
        return JobItem(row["position"], upload, row["entry"], row["is_zip"])

    def _relative(self, upload: Upload) -> str:
        return str(upload.path.relative_to(self._folder))

    def _upload(self, row: asyncpg.Record, file_name: str) -> Upload:
        return Upload(file_name, self._folder / row["path"], row["content_sha256"], row["size_bytes"])


def _job(user_id: uuid.UUID, row: asyncpg.Record, results: Sequence[FileResult]) -> Job:
    names = (
        "job_id",
        "kind",
        "connection_id",
        "first_day",
        "last_day",
        "state",
        "zone",
        "attempts",
        "done",
        "total",
        "created_at",
        "next_retry_at",
    )
    columns = {name: row[name] for name in names}
    counts = from_jsonb(row["counts"])
    return Job(user_id=user_id, results=tuple(results), failure=_failure(row), counts=counts, **columns)


def _queue_key(job_id: uuid.UUID) -> str:
    return f"job:{job_id}"


def _item_row(job: Job, item: JobItem, cipher: UserCipher) -> tuple[object, ...]:
    name = cipher.encrypt(item.upload.file_name)
    return (
        job.user_id, job.job_id, item.position, item.position, item.entry, item.is_zip, name, None, None, None, None,
    )  # fmt: skip


def _refused_row(job: Job, position: int, result: FileResult, cipher: UserCipher) -> tuple[object, ...]:
    failure = result.failure or Failure("", "")
    name = cipher.encrypt(result.file_name)
    return (
        job.user_id, job.job_id, position, None, None, False, name, result.status, result.kind, failure.code,
        failure.message,
    )  # fmt: skip


def _result(row: asyncpg.Record, cipher: UserCipher) -> FileResult:
    sha256 = row["content_sha256"]
    return FileResult(
        cipher.decrypt(row["file_name_sealed"]) if sha256 is None else sha256.hex(), row["status"],
        tuple(row["activity_ids"]), _failure(row), row["kind"], tuple(row["changes"]), row["subject_user_id"],
    )  # fmt: skip


def _failure(row: asyncpg.Record) -> Failure | None:
    return None if row["error_code"] is None else Failure(row["error_code"], row["error_message"])
