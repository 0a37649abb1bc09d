"""Free loopback ports for the processes that nobody has to find by hand."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"

# Below Linux's default range of outgoing ports (from 32768): otherwise a client connection of our own could sit on the
# port of a service that is just being restarted.
_CANDIDATES = range(20_000, 32_000)


def why_taken(host: str, port: int) -> str | None:
    """The system's reason why this address cannot be listened on right now, or none."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def free_ports(count: int) -> list[int]:
    """Different ports, chosen at random so that two stacks starting at once do not meet."""
    found: list[int] = []
    for port in random.sample(_CANDIDATES, len(_CANDIDATES)):
        if len(found) == count:
            break
        if why_taken(LOOPBACK, port) is None:
            found.append(port)
    return found
