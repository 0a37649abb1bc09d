"""The user that PostgreSQL runs under when the stack is started as root, which PostgreSQL itself refuses to be."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess

from deploy.local.failure import CannotRun
from deploy.local.launch import Account

ACCOUNT_NAME = "pace42-postgres"


def postgres_account() -> Account | None:
    """None when this process is not root: then PostgreSQL simply runs as who started it.

    As root a system user of its own is made at the first start. Where users cannot be made (a read-only ``/etc``, a
    distribution without ``useradd``) ``nobody`` has to do. ``initdb`` insists on a name, so a bare number will not.
    """
    if os.geteuid() != 0:
        return None
    entry = _lookup(ACCOUNT_NAME) or _create() or _lookup("nobody")
    if entry is None:
        raise CannotRun(
            f"PostgreSQL refuses to run as root, and the user {ACCOUNT_NAME} could not be made: "
            f"create it, or start Pace42 as an ordinary user."
        )
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
    subprocess.run(command, capture_output=True, check=False)
    return _lookup(ACCOUNT_NAME)
