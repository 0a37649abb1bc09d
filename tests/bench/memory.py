"""What a running stack keeps in memory."""

from __future__ import annotations

from pathlib import Path

from tests.support.stack import Stack


def resident_bytes(stack: Stack) -> int:
    """The proportional set size of the supervisor and all its descendants: pages they share are counted once."""
    return sum(_proportional_bytes(pid) for pid in [stack.pid, *stack.processes()])


def resident_bytes_of(stack: Stack, leader: int) -> int:
    """The same of one process of the stack and all that it has started."""
    return sum(_proportional_bytes(pid) for pid in stack.processes() if _group(pid) == leader)


def _group(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[2])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended while we looked
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
