"""What a file is by its first bytes; its name is only what somebody called it."""

from __future__ import annotations

import re
from typing import Literal

from services.garmin_ingest.domain.fit.wire import SIGNATURE

Content = Literal["fit", "tcx", "gpx", "gzip", "zip", "empty", "html", "xml", "text", "unknown"]

# Enough for an XML declaration, comments and a schema location ahead of the outermost element.
HEAD_SIZE = 4096

_ROOT = re.compile(r"<(?:[\w.-]+:)?(TrainingCenterDatabase|gpx)\b")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def detect(head: bytes) -> Content:
    """The kind of content, judged by the first ``HEAD_SIZE`` bytes or all there are."""
    if not head:
        return "empty"
    if head[8:12] == SIGNATURE:
        return "fit"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return "zip"
    return _detect_text(_as_text(head[:HEAD_SIZE]))


def _as_text(head: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="replace")
    return head.decode("utf-8", errors="replace")


def _detect_text(text: str) -> Content:
    stripped = text.lstrip()
    if stripped.startswith("<"):
        root = _ROOT.search(text)
        if root is not None:
            return "gpx" if root.group(1) == "gpx" else "tcx"
        return "html" if _HTML.search(text) else "xml"
    unreadable = sum(char == "\ufffd" or (ord(char) < 32 and char not in "\t\r\n") for char in text)
    return "unknown" if unreadable > len(text) // 20 else "text"
