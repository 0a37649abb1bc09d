"""Uploads that no browser makes: of any size without holding them, with part headers by hand, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from tests.support.client import ApiClient, Reply

MEBIBYTE = 1024 * 1024
_BOUNDARY = b"pace42-boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}
END = b"--%s--\r\n" % _BOUNDARY


def disposition(file_name: bytes) -> bytes:
    """The header of a part named ``file``; ``file_name`` goes in as it is."""
    return b'Content-Disposition: form-data; name="file"; filename="%s"' % file_name


def part(headers: bytes, content: bytes) -> bytes:
    """One part of a form whose end is still to come."""
    return b"--%s\r\n%s\r\n\r\n%s\r\n" % (_BOUNDARY, headers, content)


def post_form(client: ApiClient, body: bytes, headers: dict[str, str] | None = None) -> Reply:
    """POST /activities/import with a body written by hand."""
    return client.api("POST", "/activities/import", raw=body, headers=headers or FORM)


def post_large(client: ApiClient, files: Sequence[tuple[str, bytes | int]]) -> Reply:
    """Upload files of which some are given by their size in bytes only; these are sent as zeros, a MiB at a time."""
    pieces = [(disposition(name.encode()), content) for name, content in files]
    framing = sum(len(part(headers, b"")) for headers, _ in pieces) + len(END)
    size = framing + sum(content if isinstance(content, int) else len(content) for _, content in pieces)
    headers = FORM | {"Content-Length": str(size)}
    return client.api("POST", "/activities/import", raw=_streamed(pieces), headers=headers)


def _streamed(pieces: Sequence[tuple[bytes, bytes | int]]) -> Iterator[bytes]:
    for headers, content in pieces:
        head, tail = part(headers, b"")[:-2], b"\r\n"
        yield head
        yield from _zeros(content) if isinstance(content, int) else [content]
        yield tail
    yield END


def _zeros(size: int) -> Iterator[bytes]:
    for at in range(0, size, MEBIBYTE):
        yield bytes(min(MEBIBYTE, size - at))


class MemoryGrowth:
    """The most resident memory that each process has had since the start of the ``with`` block, beyond that of then."""

    def __init__(self, **pids: int) -> None:
        self._pids = pids
        self._before: dict[str, int] = {}
        self.bytes: dict[str, int] = {}

    def __enter__(self) -> Self:
        for name, pid in self._pids.items():
            # 5 sets the peak back to the present (man 5 proc_pid_clear_refs).
            Path(f"/proc/{pid}/clear_refs").write_text("5")
            self._before[name] = _memory(pid, "VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        self.bytes = {name: _memory(pid, "VmHWM") - self._before[name] for name, pid in self._pids.items()}


def _memory(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{field}:"))
