"""Free loopback ports for the processes that nobody has to find by hand."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"

# Below Linux's default range of outgoing ports (from 32768): otherwise a client connection of our own could sit on the
# port of a service that is just being restarted.
_CANDIDATES = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether this port of the loopback address can be listened on right now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different ports, chosen at random so that two stacks starting at once do not meet."""
    found: list[int] = []
    for port in random.sample(_CANDIDATES, len(_CANDIDATES)):
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    return found
