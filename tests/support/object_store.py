"""A server that speaks S3, in a process of its own on a free loopback port: moto, which forgets when it ends."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
_START_S = 30.0


@dataclass(frozen=True)
class ObjectStoreServer:
    port: int

    def make_bucket(self, name: str) -> None:
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.port}/{name}", method="PUT")
        with urllib.request.urlopen(request, timeout=_START_S):
            pass


@contextlib.contextmanager
def object_store_server() -> Iterator[ObjectStoreServer]:
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "--host", LOOPBACK, "--port", str(port)]
    # Without a region it would ask the network for one.
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_listening(port, process)
            yield ObjectStoreServer(port)
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])


def _wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while True:
        assert process.poll() is None, "the object store's server ended"
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        assert time.monotonic() < until, "the object store's server does not listen"
        time.sleep(0.05)
