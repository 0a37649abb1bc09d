"""One JSON object a line, the same fields everywhere, and no secret in any of them.

``requestId``, ``userId``, ``route`` and ``traceId`` come from the request's context without anyone passing them on.
Values are rendered by orjson, so that a line break in user input cannot forge a second line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson
import structlog

REDACTED = "[redacted]"
_SECRET_NAME = re.compile(
    r"pass(word|phrase)|secret|token|authorization|cookie|api.?key|private|credential|dsn|database_?url|redis_?url|e.?mail",
    re.IGNORECASE,
)
# Three base64url parts with dots are a JWT; user:password@ is a URL with credentials.
_SECRET_VALUE = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|(?<=[Bb]earer )[\w.~+/-]{8,}"
)
_MAX_TEXT = 4000
_MAX_DEPTH = 6


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
    """``value`` without what looks like a secret, by its name or by its form, and bounded in size."""
    if name and _SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, str):
        text = value if len(value) <= _MAX_TEXT else value[:_MAX_TEXT] + "…"
        return _SECRET_VALUE.sub(REDACTED, text)
    if isinstance(value, bool | int | float) or value is None or depth >= _MAX_DEPTH:
        return value if depth < _MAX_DEPTH else "…"
    if isinstance(value, Mapping):
        return {str(key): redact(item, name=str(key), depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth=depth + 1) for item in value]
    return redact(str(value), depth=depth + 1)


def _dumps(event: Any, **_: Any) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)
