"""One command brings everything up; a signal takes everything down; in between nothing stays dead."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.support.postgres import PROJECT
from tests.support.stack import READY, Stack, lives

# The command line of each kind of process, and the variable that holds the port where it answers for its health.
PROCESSES = {
    "bin/postgres": "PACE42_PORT",
    "redis-server": "PACE42_PORT",
    "-m services.auth": "AUTH_PORT",
    "-m services.garmin_ingest.worker": "GARMIN_INGEST_WORKER_PORT",
    "-m services.coach_agent.worker": "COACH_AGENT_WORKER_PORT",
    "-m services.subscription": "SUBSCRIPTION_PORT",
    "-m gateway": "PACE42_PORT",
}


def _until(condition, *, within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    """Whether a process and all that it depends on are up; a gateway that misses one is only degraded."""
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
            return json.load(answer)["status"] == "ok"
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _assert_gone(processes: dict[int, str]) -> None:
    """What is killed together with the supervisor takes a moment, and PostgreSQL closes its files first."""
    assert processes
    _until(lambda: not any(lives(pid) for pid in processes))


def _databases(stack: Stack) -> set[str]:
    return {path.name for path in (stack.folder / "postgres" / "base").iterdir()}


def test_one_line_says_that_it_is_ready_and_it_is(stack):
    assert stack.printed == f"{READY}{stack.url}\n"
    assert stack.complaint == ""
    assert _is_ready(stack.url)


def test_every_process_has_a_log_that_only_its_owner_reads(stack):
    logs = {path.name: path.stat().st_mode & 0o777 for path in (stack.folder / "logs").iterdir()}
    services = {f"{name}.log" for name in ("auth", "garmin_ingest", "coach_agent", "subscription", "gateway")}
    others = {f"{name}.log" for name in ("postgres", "redis", "garmin_ingest-worker", "coach_agent-worker")}
    assert services | others <= logs.keys()
    assert set(logs.values()) == {0o600}


def _start_another(stack: Stack, **changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local"]
    environment = stack.environment | changes
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_a_second_start_on_the_same_folder_is_refused_in_one_line(stack):
    second = _start_another(stack)
    assert (second.returncode, second.stdout) == (1, "")
    reason = f"Pace42 already runs on {stack.folder} (process {stack.pid}): stop that one first."
    assert second.stderr == f"pace42: {reason}\n"
    assert _is_ready(stack.url)


def test_a_port_in_use_is_refused_in_one_line(stack, tmp_path):
    second = _start_another(stack, PACE42_DATA=str(tmp_path / "other"))
    assert (second.returncode, second.stdout) == (1, "")
    assert f"127.0.0.1:{stack.port} (Address already in use)" in second.stderr
    assert second.stderr.count("\n") == 1
    assert _is_ready(stack.url)


@pytest.mark.timeout(180)
def test_every_end_leaves_no_process_and_the_next_start_finds_the_data(own_stack):
    own_stack.start()
    credentials = (own_stack.folder / "credentials.json").read_bytes()
    databases = _databases(own_stack)
    processes = own_stack.processes()
    assert own_stack.stop() == 0
    _assert_gone(processes)

    own_stack.start()
    processes = own_stack.processes()
    own_stack.kill()
    _assert_gone(processes)

    own_stack.launch()
    _until(lambda: any("bin/postgres" in command for command in own_stack.processes().values()))
    processes = own_stack.processes()
    own_stack.signal(signal.SIGINT)
    assert own_stack.wait() == 0
    _assert_gone(processes)
    assert own_stack.complaint == ""

    assert (own_stack.folder / "credentials.json").read_bytes() == credentials
    assert databases <= _databases(own_stack)


@pytest.mark.parametrize(("words", "port"), PROCESSES.items(), ids=lambda value: value.split()[-1])
def test_a_killed_process_is_back_and_everything_ready_within_10_seconds(stack, words, port):
    victim = stack.process(words)
    own = f"http://127.0.0.1:{stack.settings()[port]}"
    os.kill(victim, signal.SIGKILL)
    _until(lambda: not lives(victim))
    _until(lambda: _is_ready(own) and _is_ready(stack.url))
    assert stack.process(words) != victim


def test_a_start_that_fails_names_the_log_and_leaves_nothing_running(own_stack):
    own_stack.folder.mkdir(mode=0o700)
    (own_stack.folder / "layout").write_text("1\n")
    (own_stack.folder / "secrets.key").write_text("not a key")
    own_stack.launch()
    assert own_stack.wait() == 1
    assert own_stack.printed == ""
    assert own_stack.complaint.count("\n") == 1
    assert f"see {own_stack.folder}/logs/provision.log" in own_stack.complaint
    assert (own_stack.folder / "secrets.key").read_text() == "not a key"
    assert own_stack.processes() == {}
