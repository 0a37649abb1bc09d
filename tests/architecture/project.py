"""What the rules of the house are checked against: the project's own files, as git and Python see them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
CODE = ("gateway", "services", "shared", "deploy", "tests")
SERVICES = tuple(sorted(path.parent.name for path in (PROJECT / "services").glob("*/__init__.py")))


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file below the folders (all code, if none is named)."""
    for folder in folders or CODE:
        yield from sorted((PROJECT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """The path as it is written in this project, whatever the machine."""
    return path.relative_to(PROJECT).as_posix()


def module_of(path: Path) -> str:
    """The name by which the file is imported."""
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def tracked_files() -> list[Path]:
    """What git would publish; empty where this is not a git checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    return [PROJECT / name for name in listing.stdout.decode().split("\0") if name and (PROJECT / name).exists()]
