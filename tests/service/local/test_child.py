"""What the supervisor promises of each process: back after a death, told apart from one that never works, all gone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.child import Child, Recipe
from deploy.local.failure import CannotRun
from deploy.local.groups import ProcessGroups
from deploy.local.launch import Launch
from tests.support.postgres import PROJECT

FOREVER = "import signal; print('up', flush=True)\nwhile True: signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FOREVER}"
WITH_OFFSPRING = f"import subprocess; print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n{FOREVER}"


@pytest.fixture
def groups():
    groups = ProcessGroups()
    yield groups
    groups.close()


def _recipe(folder: Path, code: str, *, probe=None, stop_within_s: float = 10) -> Recipe:
    launch = Launch(argv=(sys.executable, "-c", code), cwd=folder, environment={"PATH": os.environ["PATH"]})
    return Recipe(name="child", launch=launch, log=folder / "child.log", stop_within_s=stop_within_s, probe=probe)


async def _until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


def _lines(folder: Path) -> list[str]:
    log = folder / "child.log"
    return log.read_text().split() if log.exists() else []


def _lives(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not yet collected by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_killed_process_is_back_within_a_second(tmp_path, groups):
    child = Child(_recipe(tmp_path, f"import os; print(os.getpid(), flush=True)\n{FOREVER}"), groups)
    running = asyncio.create_task(child.keep_running())
    await _until(lambda: "up" in _lines(tmp_path))
    killed_at = time.monotonic()
    os.kill(int(_lines(tmp_path)[0]), signal.SIGKILL)
    await _until(lambda: _lines(tmp_path).count("up") == 2)
    assert time.monotonic() - killed_at < 1
    await child.stop()
    await running


async def test_a_process_that_works_for_a_while_is_brought_back_any_number_of_times(tmp_path, groups):
    async def ready() -> bool:
        return True

    code = "import time; print('up', flush=True); time.sleep(0.3)"
    child = Child(_recipe(tmp_path, code, probe=ready), groups)
    running = asyncio.create_task(child.keep_running())
    await _until(lambda: _lines(tmp_path).count("up") > 6)
    assert not running.done()
    await child.stop()
    await running


async def test_a_process_that_never_works_is_given_up_with_its_log_named(tmp_path, groups, monkeypatch):
    monkeypatch.setattr("deploy.local.child._PAUSES_S", (0.01,) * 5)
    child = Child(_recipe(tmp_path, "import sys; print('tried'); sys.exit(3)"), groups)
    with pytest.raises(CannotRun, match=r"child does not run \(exit status 3\): see .*child.log"):
        await child.keep_running()
    assert _lines(tmp_path).count("tried") == 5


async def test_a_process_that_has_worked_is_tried_for_longer(tmp_path, groups, monkeypatch):
    monkeypatch.setattr("deploy.local.child._PAUSES_S", (0.01,) * 5)

    async def worked_once() -> bool:
        return _lines(tmp_path).count("up") == 1

    code = "import time; print('up', flush=True); time.sleep(0.2)"
    child = Child(_recipe(tmp_path, code, probe=worked_once), groups)
    running = asyncio.create_task(child.keep_running())
    await _until(lambda: _lines(tmp_path).count("up") > 6)
    assert not running.done()
    await child.stop()
    await running


async def test_a_process_that_refuses_its_settings_is_not_tried_again(tmp_path, groups):
    child = Child(_recipe(tmp_path, "import sys; print('tried'); sys.exit(78)"), groups)
    with pytest.raises(CannotRun, match="exit status 78"):
        await child.keep_running()
    assert _lines(tmp_path) == ["tried"]


async def test_stopping_waits_and_then_insists(tmp_path, groups):
    child = Child(_recipe(tmp_path, STUBBORN, stop_within_s=0.2), groups)
    running = asyncio.create_task(child.keep_running())
    await _until(lambda: "up" in _lines(tmp_path))
    await child.stop()
    async with asyncio.timeout(5):
        await running


async def test_nothing_that_a_process_started_stays_behind(tmp_path, groups):
    child = Child(_recipe(tmp_path, WITH_OFFSPRING), groups)
    running = asyncio.create_task(child.keep_running())
    await _until(lambda: "up" in _lines(tmp_path))
    offspring = int(_lines(tmp_path)[0])
    assert _lives(offspring)
    await child.stop()
    await running
    await _until(lambda: not _lives(offspring))  # the kernel takes a moment to bury it
    assert not _lives(offspring)


async def test_children_and_theirs_die_with_a_supervisor_that_is_killed(tmp_path):
    code = f"""
import asyncio, pathlib, sys
from deploy.local.child import Child, Recipe
from deploy.local.groups import ProcessGroups
from deploy.local.launch import Launch
folder = pathlib.Path({str(tmp_path)!r})
launch = Launch(argv=(sys.executable, "-c", {WITH_OFFSPRING!r}), cwd=folder, environment={{"PATH": "/usr/bin:/bin"}})
recipe = Recipe(name="child", launch=launch, log=folder / "child.log", stop_within_s=1)
asyncio.run(Child(recipe, ProcessGroups()).keep_running())
"""
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT)
    await _until(lambda: "up" in _lines(tmp_path))
    offspring = int(_lines(tmp_path)[0])
    child = int(Path(f"/proc/{offspring}/stat").read_text().rpartition(") ")[2].split()[1])
    assert _lives(child)
    supervisor.kill()
    supervisor.wait()
    await _until(lambda: not _lives(child) and not _lives(offspring))
    assert not _lives(offspring)
