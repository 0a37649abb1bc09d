"""One JSON object a line, the same fields everywhere, and no secret in any of them.

``requestId``, ``userId``, ``route`` and ``traceId`` come from the request's context without anyone passing them on.
Values are rendered by orjson, so that a line break in user input cannot forge a second line.
"""

from __future__ import annotations

import itertools
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson
import structlog

REDACTED = "[redacted]"
_TELLTALE = (
    r"pass(?:word|phrase|wd)|secret|token|authorization|cookie|api.?key|private|credential|dsn|database_?url|redis_?url"
)
_SECRET_NAME = re.compile(rf"{_TELLTALE}|e.?mail|jwk", re.IGNORECASE)
# Three base64url parts with dots are a JWT; user:password@ is a URL with credentials; then what is called by its name
# inside a text, and e-mail addresses.
_SECRET_VALUE = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?<=bearer )[\w.~+/-]{8,}={0,2}"
    rf"|(?:{_TELLTALE})\w*[\"']?\s*[=:]\s*[\"']?[^\s\"',;&}}]+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
    re.IGNORECASE,
)
_MAX_TEXT = 4000
_MAX_NAME = 100
_MAX_DEPTH = 6
_MAX_ITEMS = 50
# Characters of all values together; collectors cut or drop longer lines.
_MAX_LINE = 64 * 1024
_MAX_INTEGER = 2**63 - 1


def configure(process: str, level: str) -> None:
    """Set up logging for this process, for structlog and for libraries that use the standard library's."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=lambda *args, **kwargs: _dumps(*args, **kwargs).decode()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelNamesMapping()[level], logging.WARNING))


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(component=name)
    return logger


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Short fields come first: of a line that is too long, they say which request it belongs to."""
    redaction = _Redaction()
    fields = sorted(event.items(), key=lambda field: len(field[1]) if isinstance(field[1], str) else _MAX_TEXT)
    return {_text(key)[:_MAX_NAME]: redaction.of(value, name=key, depth=0) for key, value in fields}


def redact(value: Any, *, name: str = "") -> Any:
    """``value`` as JSON values without what looks like a secret, by its name or by its form, and bounded in size."""
    return _Redaction().of(value, name=name, depth=0)


class _Redaction:
    """What one line has room for."""

    def __init__(self) -> None:
        self._left = _MAX_LINE

    def of(self, value: Any, *, name: str, depth: int) -> Any:
        if name and _SECRET_NAME.search(name):
            return REDACTED
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            return value if abs(value) <= _MAX_INTEGER else "a number of more than 64 bits"
        if self._left <= 0:
            return "…"
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self._container(value, depth + 1) if depth < _MAX_DEPTH else "…"
        text = _text(value if isinstance(value, str) else _printed(value))
        self._left -= len(text)
        return text

    def _container(self, value: Any, depth: int) -> Any:
        some = list(itertools.islice(value.items() if isinstance(value, Mapping) else value, _MAX_ITEMS))
        self._left -= len(some)
        if isinstance(value, Mapping):
            return {_text(str(key))[:_MAX_NAME]: self.of(item, name=str(key), depth=depth) for key, item in some}
        return [self.of(item, name="", depth=depth) for item in some]


def _text(value: str) -> str:
    """Redacted before it is cut, so that no half of a secret is left, and without what UTF-8 cannot hold."""
    clean = _SECRET_VALUE.sub(REDACTED, value[: 2 * _MAX_TEXT]).encode("utf-8", "replace").decode()
    return clean if len(value) <= _MAX_TEXT and len(clean) <= _MAX_TEXT else clean[:_MAX_TEXT] + "…"


def _printed(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log line must never be what breaks a request
        return f"{type(value).__name__} that cannot be printed ({type(error).__name__})"


def _dumps(event: Any, **_: Any) -> bytes:
    return orjson.dumps(event)


def bound_request_id() -> str | None:
    """The request id that the lines of this task carry: the request's own, or that of the request behind a job."""
    bound = structlog.contextvars.get_contextvars().get("requestId")
    return bound if isinstance(bound, str) else None
