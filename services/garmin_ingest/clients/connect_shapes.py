"""What Garmin Connect answers, as values of ours, where it differs from the Personal API: tokens and nights.

Unknown fields are ignored and missing ones None. ``...GMT`` is an instant; ``...Local`` in milliseconds is a wall clock
read as if it were UTC, so it is never one.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson

from services.garmin_ingest.clients.connect_line import unexpected
from services.garmin_ingest.domain.garmin.figures import date, moment, moment_of_ms, number, text, whole
from services.garmin_ingest.domain.garmin.models import Account, LoggedIn, Tokens

_RESTING_HEART_RATE = "WELLNESS_RESTING_HEART_RATE"
_DISPLAY_NAME = "display_name"


def logged_in(profile: Any, username: str, values: Mapping[str, Any]) -> LoggedIn:
    """The account of ``values``. Its id is ``profileId``: lists and days carry that number too, as owner, so that it
    can be told whose they are; the GUID is only on the profile, and the display name may change.
    """
    known = profile if isinstance(profile, Mapping) else {}
    garmin_id = known.get("profileId")
    if not isinstance(garmin_id, int):
        raise unexpected()
    return LoggedIn(
        Account(str(garmin_id), username), tokens({**values, _DISPLAY_NAME: text(known.get("displayName"))})
    )


def tokens(values: Mapping[str, Any]) -> Tokens:
    return Tokens(dict(values), expires_at=_expiry(values.get("di_token")))


def display_name(held: Tokens) -> str | None:
    """What Garmin puts into the addresses of an account's days; None for an account that has set none."""
    return text(held.values.get(_DISPLAY_NAME))


def refreshed(old: Tokens, values: Mapping[str, Any]) -> Tokens:
    return tokens({**values, _DISPLAY_NAME: display_name(old)})


def _expiry(token: Any) -> dt.datetime | None:
    """``exp`` of a JWT (RFC 7519). Only Garmin could verify it, and only Garmin is told it."""
    try:
        part = str(token).split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return None
    expires_s = number(claims.get("exp")) if isinstance(claims, dict) else None
    return None if expires_s is None else moment(expires_s)


def night(answer: Any, day: dt.date) -> dict[str, Any]:
    """The fields of a WellnessDay that the night has which ended on ``day``."""
    if answer is None:
        return {}
    body = answer.get("dailySleepDTO") if isinstance(answer, Mapping) else answer
    if body is None:
        return {}
    if not isinstance(body, Mapping):
        raise unexpected()
    if date(body.get("calendarDate")) not in {day, None}:
        return {}
    return {
        "sleep_start": moment_of_ms(body.get("sleepStartTimestampGMT")),
        "sleep_end": moment_of_ms(body.get("sleepEndTimestampGMT")),
        "sleep_s": whole(body.get("sleepTimeSeconds")),
        "deep_sleep_s": whole(body.get("deepSleepSeconds")),
        "light_sleep_s": whole(body.get("lightSleepSeconds")),
        "rem_sleep_s": whole(body.get("remSleepSeconds")),
        "awake_s": whole(body.get("awakeSleepSeconds")),
        "sleep_score": whole(_inside(body, "sleepScores", "overall", "value")),
    }


def resting_heart_rates(answer: Any) -> dict[dt.date, dict[str, Any]]:
    values = [] if answer is None else _inside(answer, "allMetrics", "metricsMap", _RESTING_HEART_RATE)
    found = {}
    for item in values if isinstance(values, list) else ():
        day = date(item.get("calendarDate")) if isinstance(item, Mapping) else None
        if day is not None:
            found[day] = {"resting_heart_rate_bpm": number(item.get("value"))}
    return found


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
