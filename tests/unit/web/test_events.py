from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.web import events
from gateway.web.events import Event, EventTooLong, read_events

STREAM = b"retry: 1000\n\nevent: progress\ndata: one\ndata: two\n\n: still here\n\nevent:done\ndata:three\n\ndata: cut"


async def read(*chunks: bytes) -> list[Event]:
    async def come() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return [event async for event in read_events(come())]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
async def test_events_are_the_same_however_they_are_cut(newline):
    stream = STREAM.replace(b"\n", newline)
    expected = [Event("message", ""), Event("progress", "one\ntwo"), Event("message", ""), Event("done", "three")]
    assert await read(stream) == expected
    assert await read(*(stream[i : i + 1] for i in range(len(stream)))) == expected
    assert [event.is_keep_alive for event in expected] == [True, False, True, False]


async def test_what_was_sent_is_read_as_it_was():
    event = Event("progress", "<li>\n  <p>ä: b</p>\n</li>")
    assert await read(event.encode()) == [event]


async def test_what_never_ends_is_no_event(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(events, "_MAX_EVENT_LENGTH", 10)
    with pytest.raises(EventTooLong):
        await read(b"data: " + b"x" * 20)
