"""What the stack cannot run on is refused with one line on stderr and status 1, before anything is started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from deploy.local import installation, redis
from deploy.local.failure import CannotRun
from deploy.local.ports import free_ports
from deploy.local.state import StateFolder
from tests.support.postgres import PROJECT


def _run(folder, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PACE42_DATA": str(folder), "PACE42_PORT": str(free_ports(1)[0])} | changes
    command = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def _assert_refused(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pace42: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_help_says_what_may_be_set(tmp_path):
    done = _run(tmp_path, "--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("PACE42_PORT", "PACE42_DATA", "--demo"))


def test_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        _assert_refused(_run(tmp_path / "state", PACE42_PORT=port), f"127.0.0.1:{port} (Address already in use)")


def test_a_port_that_is_none(tmp_path):
    _assert_refused(_run(tmp_path / "state", PACE42_PORT="web"), "PACE42_PORT is 'web'")
    assert not (tmp_path / "state").exists()


def test_a_folder_that_another_stack_uses(tmp_path):
    with closing(StateFolder.open(tmp_path)):
        _assert_refused(_run(tmp_path), f"already runs on {tmp_path} (process {os.getpid()})")


def test_a_folder_of_a_newer_version(tmp_path):
    (tmp_path / "layout").write_text("99\n")
    _assert_refused(_run(tmp_path), "made by a newer Pace42")
    assert not (tmp_path / "postgres").exists()


def test_a_folder_that_holds_something_else(tmp_path):
    (tmp_path / "photos").mkdir()
    _assert_refused(_run(tmp_path), "neither empty nor a state folder")
    assert [entry.name for entry in tmp_path.iterdir()] == ["photos"]


def test_a_file_instead_of_a_folder(tmp_path):
    (tmp_path / "state").write_text("mine")
    _assert_refused(_run(tmp_path / "state"), "is a file")
    assert (tmp_path / "state").read_text() == "mine"


def test_a_machine_without_redis_is_told_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CannotRun, match="apt install redis-server"):
        redis.find_redis()


def test_an_environment_without_the_local_extra_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CannotRun, match=r"requirements-local\.lock"):
        installation.find_installation(tmp_path, None)
