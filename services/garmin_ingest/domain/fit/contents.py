"""What a FIT file tells beside its sessions: devices, the runner as the watch knows them, beats, developer fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.developer import developer_fields
from services.garmin_ingest.domain.fit.devices import Device, devices
from services.garmin_ingest.domain.fit.fast_road import FastTables
from services.garmin_ingest.domain.fit.heart_rate import Beats, read_beats
from services.garmin_ingest.domain.fit.tables import Tables
from services.garmin_ingest.domain.fit.wire import read_parts
from services.garmin_ingest.domain.streams import Samples

# The hrv message has room for five intervals.
_INTERVALS = 5
_SEXES: dict[float | None, str] = {0: "female", 1: "male"}


@dataclass(frozen=True, slots=True)
class UserProfile:
    """The runner as the watch was told; the name in it is left where it is."""

    sex: str | None
    age_years: float | None
    height_m: float | None
    weight_kg: float | None
    resting_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None


@dataclass(frozen=True, slots=True)
class Contents:
    """One file of a chain.

    ``rr_intervals_s`` are the times between heart beats in the order of the file; ``beats`` are those of a strap that
    kept them itself. ``developer_fields`` hold one value per record message, NaN where it is missing.
    """

    devices: tuple[Device, ...]
    user: UserProfile | None
    rr_intervals_s: Samples
    beats: Beats
    developer_fields: Mapping[str, Samples]


def read_contents(data: bytes) -> tuple[Contents, ...]:
    """One for each file of the chain. Raises ActivityFileInvalid where not even the first header is sound."""
    return tuple(_contents(FastTables(part)) for part in read_parts(data))


def _contents(tables: Tables) -> Contents:
    records = tables[profile.RECORD]
    return Contents(
        devices=tuple(devices(tables)),
        user=_user(tables),
        rr_intervals_s=_rr_intervals(tables),
        beats=read_beats(tables),
        developer_fields={
            field.name: records.numbers(field.key, developer_type=field.base_type)
            for field in developer_fields(tables)
            if records.has(field.key)
        },
    )


def _rr_intervals(tables: Tables) -> Samples:
    intervals = tables[profile.HRV].arrays(0, width=_INTERVALS) / 1000
    return intervals[~np.isnan(intervals)]


def _user(tables: Tables) -> UserProfile | None:
    table = tables[profile.USER_PROFILE]
    if not len(table):
        return None

    def last(key: int, scale: float = 1) -> float | None:
        value = float(table.numbers(key, scale=scale)[-1])
        return None if np.isnan(value) else value

    return UserProfile(
        sex=_SEXES.get(last(1)),
        age_years=last(2),
        height_m=last(3, 100),
        weight_kg=last(4, 10),
        resting_heart_rate_bpm=last(8),
        max_heart_rate_bpm=last(11),
    )
