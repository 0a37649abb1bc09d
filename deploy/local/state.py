"""The state folder: everything that a local Pace42 keeps, and the promise that only one stack uses it at a time.

<PACE42_DATA>/  0700 (0711 as root, for PostgreSQL's user to pass through)
layout            the number of this arrangement of files
lock              held while a stack runs
credentials.json  passwords of the databases and of Redis
secrets.key       opens the local secret store
postgres/  redis/  originals/  logs/
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from deploy.local.failure import CannotRun

LAYOUT = 1

# A new folder takes about 100 MB: seven databases, the write-ahead log, and room to work.
_FREE_FOR_NEW_BYTES = 256 * 2**20
_FREE_FOR_START_BYTES = 48 * 2**20

# What may lie in a folder that is still new: our own lock, and what a file system puts into its root.
_NOBODYS = {"lock", "lost+found"}

# One earlier log is kept beside the current one.
_LOG_ROTATED_AT_BYTES = 20 * 2**20


class StateFolder:
    """An opened state folder, locked until ``close`` or the end of this process, whatever that end is."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> StateFolder:
        """Create the folder if need be and take its lock. Raises ``CannotRun``; what is refused is left alone."""
        path = path.absolute()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(path)
            folder = cls(path, _lock(path))
            try:
                folder._settle()
            except BaseException:
                folder.close()
                raise
        except FileExistsError as error:
            raise CannotRun(
                f"{error.filename} is a file where a folder belongs: move it, or change PACE42_DATA."
            ) from None
        except OSError as error:
            raise CannotRun(f"The state folder {path} cannot be used: {error.strerror}.") from error
        return folder

    def close(self) -> None:
        """Give the lock up."""
        self._lock.close()

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def redis(self) -> Path:
        return self.path / "redis"

    @property
    def originals(self) -> Path:
        return self.path / "originals"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secrets_key(self) -> Path:
        return self.path / "secrets.key"

    def log(self, process: str) -> Path:
        """The log of a process, made 0600; one that has grown large is put aside first."""
        path = self.logs / f"{process}.log"
        if path.exists() and path.stat().st_size > _LOG_ROTATED_AT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=0o600)
        return path

    def passwords(self, names: Sequence[str]) -> dict[str, str]:
        """A password for each name, the same at every start; new names get new ones."""
        path = self.path / "credentials.json"
        known = _read_passwords(path) if path.exists() else {}
        if not known and self.postgres.exists():
            raise CannotRun(f"{path} is missing, and the database beside it opens with nothing else: restore it.")
        missing = [name for name in names if name not in known]
        if missing:
            known |= {name: secrets.token_urlsafe(24) for name in missing}
            write_private(path, json.dumps(known, indent=2).encode() + b"\n")
        return {name: known[name] for name in names}

    def _settle(self) -> None:
        """Check what is there, or lay out a new folder."""
        layout = self.path / "layout"
        is_new = not layout.exists()
        _refuse_full(self.path, _FREE_FOR_NEW_BYTES if is_new else _FREE_FOR_START_BYTES)
        if is_new:
            write_private(layout, f"{LAYOUT}\n".encode())
        else:
            _refuse_unknown_layout(layout)
        self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("logs", "originals", "redis"):
            (self.path / name).mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file whole or not at all, also when the machine stops in the middle."""
    unfinished = path.with_name(f"{path.name}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _lock(path: Path) -> IO[str]:
    file = os.fdopen(os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            holder = file.read().strip() or "unknown"
        raise CannotRun(f"Pace42 already runs on {path} (process {holder}): stop that one first.") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _refuse_foreign(path: Path) -> None:
    """Laying out files in somebody's home because a variable was mistyped would be hard to undo."""
    if path.stat().st_uid != os.geteuid():
        raise CannotRun(
            f"The state folder {path} belongs to another user (uid {path.stat().st_uid}): start as that user."
        )
    is_ours = (path / "layout").exists()
    if not is_ours and any(entry.name not in _NOBODYS for entry in path.iterdir()):
        raise CannotRun(f"{path} is neither empty nor a state folder of Pace42: choose another with PACE42_DATA.")


def _refuse_full(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path).free
    if free < needed:
        raise CannotRun(
            f"The disk is full: {path} has {free // 2**20} MB left and Pace42 needs {needed // 2**20} MB to start."
        )


def _refuse_unknown_layout(layout: Path) -> None:
    text = layout.read_text(errors="replace").strip()
    if not text.isdigit():
        raise CannotRun(f"{layout} is damaged: restore the state folder from a backup, or start with a new one.")
    if int(text) > LAYOUT:
        raise CannotRun(
            f"{layout.parent} was made by a newer Pace42 (layout {text}, this one knows {LAYOUT}): update, "
            f"or choose another folder with PACE42_DATA."
        )


def _read_passwords(path: Path) -> dict[str, str]:
    known: object
    try:
        known = json.loads(path.read_bytes())
    except ValueError:
        known = None
    if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
        raise CannotRun(f"{path} is damaged: restore the state folder from a backup, or start with a new one.")
    return {str(name): value for name, value in known.items()}
