"""A unit test reaches nothing outside its process: opening a network socket raises SocketBlockedError."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)  # the event loop wakes itself through a pair of them
    yield
    enable_socket()
