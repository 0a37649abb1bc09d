"""The bodies of Garmin's notifications, taken apart element by element without ever holding one whole.

A body is ``{"<summary type>": [{"userId": ..., ...}, ...], ...}`` of up to 100 MiB, most of it samples that nobody here
reads; so only the brackets are followed, and one element at a time is cut out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from shared.errors import MalformedBody, ValidationFailed

MIB: Final = 1024 * 1024
LARGEST_BODY: Final = 100 * MIB
_LARGEST_ELEMENT: Final = 32 * MIB
_DEEPEST: Final = 64

# What this service does something with. The others Garmin may send as well, since it sends what its portal was told to.
USED: Final = frozenset(
    {
        "activities", "activityFiles", "manuallyUpdatedActivities", "dailies", "sleeps", "hrv", "bodyComps",
        "bodyComposition", "deregistrations", "userPermissionsChange",
    }
)  # fmt: skip
KNOWN: Final = USED | {
    "activityDetails", "moveIQActivities", "epochs", "stressDetails", "userMetrics", "pulseox", "allDayRespiration",
    "respiration", "healthSnapshot", "bloodPressures", "skinTemp", "thirdPartyDailies", "mct", "solarIntensity",
}  # fmt: skip

# A whole string, a bracket, or the beginning of a string whose end has not come yet. Nothing that was matched is given
# back, or a long string without an end would be walked back over character by character with every piece.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{}]|"', re.DOTALL)
_HEAD = re.compile(rb'\s*\{\s*"([A-Za-z]{1,40})"\s*:\s*\[')
_OPENING = {0x7B: 0x7D, 0x5B: 0x5D}
_QUOTE: Final = 0x22


@dataclass(frozen=True, slots=True)
class Element:
    """One element; ``position`` counts all of a body, so that it names this one in a second reading too."""

    position: int
    kind: str
    content: bytes = field(repr=False)


class ElementScanner:
    """Takes a body in pieces and gives the elements that each piece completes."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._closing: list[int] = []
        self._kind = ""
        self._element_at = -1
        self._count = 0
        self._ended = False

    def feed(self, piece: bytes) -> Iterator[Element]:
        """Raises MalformedBody where the brackets do not fit; the elements before that stand."""
        self._buffer += piece
        stopped = len(self._buffer)
        for token in _TOKEN.finditer(self._buffer, self._at):
            first = self._buffer[token.start()]
            if first == _QUOTE:
                if token.end() - token.start() == 1:
                    stopped = token.start()
                    break
                if len(self._closing) == 1:
                    self._kind = self._buffer[token.start() + 1 : token.end() - 1].decode(errors="replace")
                continue
            element = self._bracket(first, token.start(), token.end())
            if element is not None:
                yield element
        self._at = stopped
        self._forget()

    def finish(self) -> None:
        """Raises MalformedBody where the body ended before its end."""
        if not self._ended:
            raise _malformed()

    def _bracket(self, bracket: int, start: int, end: int) -> Element | None:
        if self._ended:
            raise _malformed()
        if (closing := _OPENING.get(bracket)) is not None:
            self._open(closing, start)
            return None
        if not self._closing or self._closing.pop() != bracket:
            raise _malformed()
        self._ended = not self._closing
        if self._element_at < 0 or len(self._closing) != 2:
            return None
        element = Element(self._count, self._kind, bytes(self._buffer[self._element_at : end]))
        self._count, self._element_at = self._count + 1, -1
        return element

    def _open(self, closing: int, start: int) -> None:
        depth = len(self._closing)
        if depth >= _DEEPEST or (depth == 0 and closing != _OPENING[0x7B]):
            raise _malformed()
        if depth == 2 and self._closing[1] == _OPENING[0x5B] and closing == _OPENING[0x7B]:
            self._element_at = start
        self._closing.append(closing)

    def _forget(self) -> None:
        """Let go of what no element needs any more."""
        keep_from = self._at if self._element_at < 0 else self._element_at
        del self._buffer[:keep_from]
        self._at -= keep_from
        self._element_at = min(0, self._element_at)
        if len(self._buffer) > _LARGEST_ELEMENT:
            raise _malformed()


def elements(pieces: Iterable[bytes]) -> Iterator[Element]:
    """Raises MalformedBody after the elements that could be read."""
    scanner = ElementScanner()
    for piece in pieces:
        yield from scanner.feed(piece)
    scanner.finish()


def parsed(content: bytes) -> dict[str, Any] | None:
    """An element as values; None for one that is no JSON."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def require_notification(body: bytes) -> None:
    """Raises MalformedBody for what is no JSON, and ValidationFailed for what Garmin does not send."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _malformed() from None
    if not isinstance(value, dict) or not KNOWN & value.keys():
        raise _unknown()
    if not all(isinstance(items, list) for kind, items in value.items() if kind in KNOWN):
        raise _unknown()


def require_beginning(head: bytes) -> None:
    """The same for a body that is too large to be read while Garmin waits; its rest is judged when it is worked off."""
    found = _HEAD.match(head)
    if found is None or found.group(1).decode() not in KNOWN:
        raise _unknown()


def _malformed() -> MalformedBody:
    return MalformedBody("The body is not valid JSON.")


def _unknown() -> ValidationFailed:
    issue = "must be an object of lists by summary type"
    return ValidationFailed(f"The body {issue}.", details=[{"field": "", "issue": issue}])
