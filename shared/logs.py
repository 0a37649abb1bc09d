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
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
    re.IGNORECASE,
)
_MAX_TEXT = 4000
_MAX_NAME = 100
_MAX_DEPTH = 6
_MAX_ITEMS = 50
# Collectors cut or drop longer lines; what is over it can only be a mistake.
_MAX_LINE = 64 * 1024
_MAX_INTEGER = 2**63 - 1
# What is left of a line that would be longer.
_ALWAYS = ("event", "level", "time", "process", "component", "requestId", "route", "traceId")


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
    return {key: redact(value, name=key) for key, value in event.items()}


def redact(value: Any, *, name: str = "", depth: int = 0) -> Any:
    """``value`` as JSON values without what looks like a secret, by its name or by its form, and bounded in size."""
    if name and _SECRET_NAME.search(name):
        return REDACTED
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MAX_INTEGER else "a number of more than 64 bits"
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _container(value, depth) if depth < _MAX_DEPTH else "…"
    return _text(value if isinstance(value, str) else _printed(value))


def _container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        some = itertools.islice(value.items(), _MAX_ITEMS)
        return {_text(str(key))[:_MAX_NAME]: redact(item, name=str(key), depth=depth + 1) for key, item in some}
    return [redact(item, depth=depth + 1) for item in itertools.islice(value, _MAX_ITEMS)]


def _text(value: str) -> str:
    """Redacted before it is cut, so that no half of a secret is left, and without what UTF-8 cannot hold."""
    seen = value if len(value) <= 2 * _MAX_TEXT else value[: 2 * _MAX_TEXT]
    clean = _SECRET_VALUE.sub(REDACTED, seen).encode("utf-8", "replace").decode()
    return clean if len(value) <= _MAX_TEXT and len(clean) <= _MAX_TEXT else clean[:_MAX_TEXT] + "…"


def _printed(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log line must never be what breaks a request
        return f"{type(value).__name__} that cannot be printed ({type(error).__name__})"


def _dumps(event: Any, **_: Any) -> bytes:
    line = orjson.dumps(event)
    if len(line) <= _MAX_LINE:
        return line
    return orjson.dumps({**{name: event[name] for name in _ALWAYS if name in event}, "cut": len(line)})


def bound_request_id() -> str | None:
    """The request id that the lines of this task carry: the request's own, or that of the request behind a job."""
    bound = structlog.contextvars.get_contextvars().get("requestId")
    return bound if isinstance(bound, str) else None
