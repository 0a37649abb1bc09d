"""Server-sent events (WHATWG HTML, 9.2) as they come from a service and as they go to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

# A service of ours sends whole events of some 100 KB; what grows past this is none.
_MAX_EVENT_LENGTH = 8 * 1024 * 1024

KEEP_ALIVE = b":\n\n"


class EventTooLong(ValueError):
    """What came is no stream of events."""


@dataclass(frozen=True, slots=True)
class Event:
    """``data`` is empty for a block of comments, which only says that the other side is still there."""

    name: str
    data: str

    @property
    def is_keep_alive(self) -> bool:
        return not self.data

    def encode(self) -> bytes:
        lines = "".join(f"data: {line}\n" for line in self.data.splitlines())
        return f"event: {self.name}\n{lines}\n".encode()


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """The events in ``chunks``; one that was not finished is dropped. Raises EventTooLong."""
    rest = b""
    async for chunk in chunks:
        # A chunk may end between the two characters of a line's end.
        rest = (rest + chunk).replace(b"\r\n", b"\n")
        *blocks, rest = rest.split(b"\n\n")
        for block in blocks:
            yield _event(block.decode(errors="replace"))
        if len(rest) > _MAX_EVENT_LENGTH:
            raise EventTooLong


def _event(block: str) -> Event:
    name, data = "message", []
    for line in block.split("\n"):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
    return Event(name, "\n".join(data))
