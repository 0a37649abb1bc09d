"""What a better decoder changes about an activity, figure by figure, in words for whoever asked for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import orjson
from pydantic.alias_generators import to_camel

from services.garmin_ingest.domain.models import Totals
from services.garmin_ingest.domain.packing import PackedActivity
from services.garmin_ingest.domain.stream_blocks import from_block
from services.garmin_ingest.domain.streams import BY_NAME, Samples, Streams

_NONE = "none"
_LISTS = ("laps", "pauses", "splits_km", "splits_mile")
_EFFORTS = ("distance_efforts", "mean_efforts")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsStored:
    """What is stored of an activity and came from its file; ``details`` is the JSON of ActivityDetails."""

    sport: str
    sub_sport: str | None
    start_time: dt.datetime
    utc_offset_s: int
    totals: Totals
    name: str | None = field(repr=False)
    device: str | None
    device_serial: str | None = field(repr=False)
    details: str = field(repr=False)
    block: bytes = field(repr=False)


def with_edits(after: PackedActivity, before: AsStored, *, named_by_garmin: bool, zone_known: bool) -> PackedActivity:
    """The new reading, but for what did not come from the file: how the runner calls it at Garmin, and, where nobody
    knows any more in which zone the file was read, its local time.
    """
    if named_by_garmin:
        after = replace(
            after, name=before.name or after.name, sport=before.sport, sub_sport=before.sub_sport,
            outline=replace(after.outline, sport=before.sport),
        )  # fmt: skip
    return after if zone_known else replace(after, utc_offset_s=before.utc_offset_s)


def differences(before: AsStored, after: PackedActivity) -> tuple[str, ...]:
    """Each as ``laps 3 → 4``; none where nothing changed. Names and serial numbers are never shown."""
    return (
        *_of_facts(before, after),
        *_of_totals(before.totals, after.totals),
        *_of_details(orjson.loads(before.details), orjson.loads(after.details)),
        *_of_streams(before.block, after.block),
    )


def _of_facts(before: AsStored, after: PackedActivity) -> Iterator[str]:
    for name in ("sport", "sub_sport", "utc_offset_s", "device"):
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            yield f"{to_camel(name)} {_NONE if was is None else was} → {_NONE if is_now is None else is_now}"
    if before.start_time != after.start_time:
        yield f"startTime {_moment(before.start_time)} → {_moment(after.start_time)}"
    for name in ("name", "device_serial"):
        if getattr(before, name) != getattr(after, name):
            yield f"{to_camel(name)} changed"


def _of_totals(before: Totals, after: Totals) -> Iterator[str]:
    for each in fields(Totals):
        was, is_now = getattr(before, each.name), getattr(after, each.name)
        if was != is_now:
            yield f"{to_camel(each.name)} {_change_of_figure(was, is_now)}"


def _of_details(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in _LISTS:
        was, is_now = before[name], after[name]
        if len(was) != len(is_now):
            yield f"{to_camel(name)} {len(was):,} → {len(is_now):,}"
        elif was != is_now:
            yield f"{to_camel(name)} changed"
    if any(before[name] != after[name] for name in _EFFORTS):
        yield "bestEfforts changed"
    if before["device_reported"] != after["device_reported"]:
        yield "deviceReported changed"
    if before["missing"] != after["missing"]:
        yield f"missing {', '.join(before['missing']) or _NONE} → {', '.join(after['missing']) or _NONE}"
    if before["warnings"] != after["warnings"]:
        yield _change_of_warnings(before["warnings"], after["warnings"])


def _change_of_warnings(before: list[dict[str, str]], after: list[dict[str, str]]) -> str:
    was, is_now = {each["code"] for each in before}, {each["code"] for each in after}
    parts = [f"+{code}" for code in sorted(is_now - was)] + [f"-{code}" for code in sorted(was - is_now)]
    return f"warnings {' '.join(parts)}" if parts else "warnings changed"


def _of_streams(before: bytes, after: bytes) -> Iterator[str]:
    if before == after:
        return
    was, is_now = from_block(before, None), from_block(after, None)
    if len(was) != len(is_now):
        yield f"samples {len(was):,} → {len(is_now):,}"
    elif not np.array_equal(was.time_s, is_now.time_s):
        yield "times changed"
    for name in BY_NAME:
        change = _change_of_signal(_samples(was, name), _samples(is_now, name))
        if change is not None:
            yield f"{BY_NAME[name].key} {change}"


def _change_of_signal(was: Samples, is_now: Samples) -> str | None:
    counts = int(np.count_nonzero(~np.isnan(was))), int(np.count_nonzero(~np.isnan(is_now)))
    if counts[0] != counts[1]:
        return f"samples {counts[0]:,} → {counts[1]:,}"
    if len(was) != len(is_now):
        return None if np.array_equal(was[~np.isnan(was)], is_now[~np.isnan(is_now)]) else "changed"
    differing = int(np.count_nonzero(~((was == is_now) | (np.isnan(was) & np.isnan(is_now)))))
    return f"changed at {differing:,} samples" if differing else None


def _samples(streams: Streams, name: str) -> Samples:
    found = streams.get(name)
    return np.full(len(streams), np.nan) if found is None else found


def _change_of_figure(was: float | None, is_now: float | None) -> str:
    """With as many decimals as it takes to see the difference."""
    for decimals in (1, 3, 6):
        shown = _figure(was, decimals), _figure(is_now, decimals)
        if shown[0] != shown[1]:
            break
    else:
        shown = str(was), str(is_now)
    return f"{shown[0]} → {shown[1]}"


def _figure(value: float | None, decimals: int) -> str:
    return _NONE if value is None else f"{value:.{decimals}f}"


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
