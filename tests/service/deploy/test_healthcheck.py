"""The container's health check, against servers that answer in every way."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy import healthcheck

PROJECT = Path(__file__).parents[3]


@contextmanager
def _answering(answer: bytes | None) -> Iterator[int]:
    """A server that reads a request and sends ``answer``, or nothing for None."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            if answer is None:
                done.wait(30)
            else:
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    done.set()
    thread.join(5)
    listener.close()


def test_200_is_healthy():
    with _answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as port:
        assert healthcheck.check("/health", port=port) is None


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"nonsense\r\n\r\n", "BadStatusLine"),
        (b"", "RemoteDisconnected"),
    ],
)
def test_everything_else_is_not(answer: bytes, problem: str):
    with _answering(answer) as port:
        assert healthcheck.check("/health", port=port) == problem


def test_a_process_that_hangs_is_unhealthy_before_the_engine_gives_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(healthcheck, "TIMEOUT_S", 0.2)
    with _answering(None) as port:
        assert healthcheck.check("/health", port=port) == "TimeoutError"


def test_nothing_listening_is_unhealthy(unused_tcp_port_factory: Callable[[], int]):
    assert healthcheck.check("/health", port=unused_tcp_port_factory()) == "ConnectionRefusedError"


def test_the_command_ends_with_a_status_and_one_line():
    script = (
        "import sys, runpy, http.client;"
        "http.client.HTTPConnection.request = lambda *a: (_ for _ in ()).throw(ConnectionRefusedError());"
        "sys.argv = ['healthcheck'];"
        "runpy.run_module('deploy.healthcheck', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=20, check=False
    )

    assert (done.returncode, done.stderr) == (1, "unhealthy: ConnectionRefusedError\n")
