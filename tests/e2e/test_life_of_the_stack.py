"""One command brings everything up; a signal takes everything down; in between nothing stays dead."""

from __future__ import annotations

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

PROCESSES = (
    ("bin/postgres",),
    ("redis-server",),
    ("-m services.auth",),
    ("-m services.garmin_ingest.worker",),
    ("-m services.coach_agent.worker",),
    ("-m services.subscription",),
    ("-m gateway",),
)


def _until(condition, *, within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _assert_gone(processes: dict[int, str]) -> None:
    """The supervisor's own children have been collected; what they started is killed, which takes a moment."""
    assert processes
    _until(lambda: not any(lives(pid) for pid in processes), within_s=2)


def _tables(stack: Stack) -> list[str]:
    return sorted(path.name for path in (stack.folder / "postgres" / "base").iterdir())


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_and_the_next_start_finds_the_data(own_stack, number):
    own_stack.start()
    processes = own_stack.processes()
    credentials = (own_stack.folder / "credentials.json").read_bytes()
    own_stack.signal(number)
    assert own_stack.wait() == 0
    _assert_gone(processes)
    databases = _tables(own_stack)
    own_stack.start()
    assert (own_stack.folder / "credentials.json").read_bytes() == credentials
    assert set(databases) <= set(_tables(own_stack))
    assert own_stack.stop() == 0


def test_a_signal_during_the_start_stops_it_too(own_stack):
    own_stack.launch()
    _until((own_stack.folder / "logs" / "postgres.log").exists)
    processes = own_stack.processes()
    assert own_stack.stop() == 0
    _assert_gone(processes)


def test_everything_dies_with_a_supervisor_that_is_killed_and_starts_again(own_stack):
    own_stack.start()
    processes = own_stack.processes()
    own_stack.kill()
    _until(lambda: not any(lives(pid) for pid in processes))
    own_stack.start()
    assert own_stack.stop() == 0


@pytest.mark.parametrize("words", PROCESSES, ids=lambda words: words[0].split()[-1].split("/")[-1])
def test_a_killed_process_is_back_and_the_stack_ready_within_10_seconds(stack, words):
    victim = stack.process(*words)
    os.kill(victim, signal.SIGKILL)
    _until(lambda: not lives(victim))
    _until(lambda: any(words[0] in command for command in stack.processes().values()))
    _until(lambda: _is_ready(stack.url))
    assert stack.process(*words) != victim


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
