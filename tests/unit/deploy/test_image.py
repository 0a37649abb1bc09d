"""The image: its recipe is clean, and what it copies is all that its commands need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.deploy.compose import OUR_JOBS, PROCESSES, PROJECT

RECIPE = PROJECT / "deploy" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


def test_hadolint_finds_nothing():
    done = subprocess.run(
        [HADOLINT, "--failure-threshold", "style", RECIPE], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_dependencies_are_locked_by_hash_and_nothing_is_compiled():
    recipe = RECIPE.read_text()
    locked = (PROJECT / "requirements.lock").read_text()

    for option in ("--require-hashes", "--no-deps", "--only-binary :all:", "--requirement requirements.lock"):
        assert option in recipe
    assert re.search(r"^aiohttp==[\d.]+ \\\n    --hash=sha256:", locked, re.MULTILINE)
    assert not re.search(r"apt-get|build-essential|gcc", recipe)


def test_the_final_stage_is_the_slim_python_of_the_house_and_has_no_installer():
    stages = re.findall(r"^FROM (\S+)", RECIPE.read_text(), re.MULTILINE)
    final = RECIPE.read_text().rpartition("FROM ")[2]

    assert stages == ["python:3.13-slim-bookworm"] * 2
    assert "pip uninstall" in final
    assert "pip install" not in final
    for instruction in ("USER 10042:10042", "HEALTHCHECK ", 'ENTRYPOINT ["python", "-m"]', "LABEL org.opencontainers"):
        assert f"\n{instruction}" in final


def test_everything_that_is_copied_exists_and_is_not_ignored():
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()

    assert "*" in ignored, "the build context is what is named, not what is forgotten"
    for source in _copied():
        assert (PROJECT / source).exists(), source
        assert f"!{source.partition('/')[0]}" in ignored, source


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with what the image has in /app, and nothing else of the project."""
    for source in _copied():
        target = tmp_path / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / source).is_dir():
            shutil.copytree(PROJECT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT / source, target)
    return tmp_path


def test_what_is_copied_is_enough_for_every_command(services: dict[str, Any], image: Path):
    # Importing an entry point loads all that it needs and starts nothing. One process for all, for the time it takes.
    entries = {_entry(image, services[name]["command"][0]) for name in PROCESSES | OUR_JOBS}
    script = f"import sys; sys.path[0] = '.'; import {', '.join(sorted(entries))}"

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=image,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def _entry(image: Path, module: str) -> str:
    return f"{module}.__main__" if (image / module.replace(".", "/")).is_dir() else module


def _copied() -> list[str]:
    """The sources of the COPY instructions that take from the project."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", RECIPE.read_text(), re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]
