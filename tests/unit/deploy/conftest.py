from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.deploy.compose import PROJECT, load


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    return load()


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return compose["services"]


@pytest.fixture(scope="session")
def dot_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The .env that a newcomer gets by running the command in the first lines of .env.example."""
    folder = tmp_path_factory.mktemp("env")
    shutil.copy(PROJECT / ".env.example", folder)
    lines = (folder / ".env.example").read_text().splitlines()
    command = "\n".join(line.removeprefix("#   ") for line in lines if line.startswith("#   "))
    subprocess.run(["sh", "-c", command], cwd=folder, check=True, timeout=20)
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    return declared(folder / ".env")


def declared(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
