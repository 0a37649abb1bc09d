"""The Makefile explains itself and starts what the tests start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.architecture.project import PROJECT

MAKEFILE = (PROJECT / "Makefile").read_text()

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on this machine")


def _make(*arguments: str) -> str:
    # Not as a child of the make that may be running the tests, which would hand its own options down.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout


def test_bare_make_lists_every_target_with_what_it_does():
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    assert set(re.findall(r"^  make ([a-z0-9-]+) +\S", _make(), re.MULTILINE)) == targets


@pytest.mark.parametrize(("arguments", "flags"), [((), ""), (("DEMO=1",), " --demo"), (("DEMO=0",), "")])
def test_make_run_starts_the_stack_that_the_end_to_end_tests_start(arguments, flags):
    command = _make("--dry-run", "run", *arguments).splitlines()[-1].strip()
    assert command == f"exec .venv/bin/python -m deploy.local{flags}"


def test_what_make_test_leaves_out_has_a_target_of_its_own():
    options = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"]
    left_out = re.findall(r"-m 'not (\w+)'", options)
    assert left_out
    for marker in left_out:
        assert f" -m {marker} " in _make("--dry-run", marker).splitlines()[-1]


def test_make_test_runs_every_tier():
    tiers = {path.name for path in (PROJECT / "tests").iterdir() if (path / "__init__.py").exists()}
    tiers -= {"support", "bench", "fuzz"}
    collected = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    assert {f"tests/{tier}" for tier in tiers} == set(collected)
    assert tiers == set(re.findall(r"^test-([a-z0-9]+):", MAKEFILE, re.MULTILINE))
    command = _make("--dry-run", "test").splitlines()[-1].split()
    assert command == [".venv/bin/python", "-m", "pytest", "--numprocesses=2", "--dist=loadgroup"]
