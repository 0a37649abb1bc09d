"""An intent as the document that is kept, and back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import orjson

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind, Metric, Span
from services.coach_agent.domain.runs.session_kind import SessionType


def render(intent: Intent) -> str:
    # asyncpg gives ids of a class of its own, which orjson leaves to str.
    return orjson.dumps(intent, default=str).decode()


def parse(document: str) -> Intent | None:
    """None for a document of another version's shape: the conversation goes on without its thread."""
    try:
        return _parse(orjson.loads(document))
    except (LookupError, TypeError, ValueError):
        return None


def _parse(stored: dict[str, Any]) -> Intent:
    return Intent(
        **stored
        | {
            "kind": IntentKind(stored["kind"]),
            "day": _day(stored["day"]),
            "other_day": _day(stored["other_day"]),
            "span": _span(stored["span"]),
            "other_span": _span(stored["other_span"]),
            "metric": Metric(stored["metric"]),
            "units": None if stored["units"] is None else Units(stored["units"]),
            "subject": None if stored["subject"] is None else uuid.UUID(stored["subject"]),
            "session": None if stored.get("session") is None else SessionType(stored["session"]),
            "asked": None if stored["asked"] is None else Asked(stored["asked"]),
        }
    )


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _span(stored: dict[str, str] | None) -> Span | None:
    if stored is None:
        return None
    return Span(dt.date.fromisoformat(stored["first"]), dt.date.fromisoformat(stored["last"]))
