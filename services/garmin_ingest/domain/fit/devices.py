"""The watch that wrote a file, and the sensors that it listened to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.tables import Table, Tables
from services.garmin_ingest.domain.streams import Samples

_CREATOR = 0
# Each device is told again at the start and at the end, and a watch with twenty sensors is a test bench.
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Device:
    """What the file says of a device; ``serial`` as its maker prints it. ``index`` is 0 for the one that wrote it."""

    index: int
    name: str | None
    serial: str | None
    software: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The device that wrote the file, and when it began to, in seconds since 1970."""

    name: str | None
    serial: str | None
    created_at_unix_s: float | None


def origin(tables: Tables) -> Origin:
    """By the file_id message; what that leaves open, by the creator's own device_info."""
    creator = next((device for device in devices(tables) if device.index == _CREATOR), Device(_CREATOR, None, None))
    table = tables[profile.FILE_ID]
    if not len(table):
        return Origin(creator.name, creator.serial, None)
    maker, product, serial, created = (whole(table.numbers(key)[0]) for key in (1, 2, 3, 4))
    name = profile.device_name(maker, product, table.texts(8)[0] or _product_name(tables))
    return Origin(
        name or creator.name,
        creator.serial if serial is None else str(serial),
        None if created is None else float(created + profile.EPOCH_UNIX_S),
    )


def devices(tables: Tables) -> list[Device]:
    """Each device that has a name or a serial number, once, in the order of their indices."""
    found: dict[int, Device] = {}
    for device in _told(tables[profile.DEVICE_INFO]):
        earlier = found.get(device.index)
        if earlier is None:
            found[device.index] = device
        else:
            found[device.index] = Device(
                device.index,
                earlier.name or device.name,
                earlier.serial or device.serial,
                earlier.software or device.software,
            )
    return [device for _, device in sorted(found.items()) if device.name or device.serial]


def _told(table: Table) -> Iterator[Device]:
    indices, makers, serials, products = (table.numbers(key)[:_MOST_ROWS].tolist() for key in (0, 2, 3, 4))
    software, names = table.numbers(5, scale=100), table.texts(27)
    for row, index in enumerate(indices):
        if np.isnan(index):
            continue
        serial = whole(serials[row])
        yield Device(
            int(index),
            profile.device_name(whole(makers[row]), whole(products[row]), names[row]),
            None if serial is None else str(serial),
            None if np.isnan(software[row]) else f"{software[row]:.2f}",
        )


def _product_name(tables: Tables) -> str | None:
    table = tables[profile.DEVICE_INFO]
    creators = np.flatnonzero(table.numbers(0) == _CREATOR)
    names = table.texts(27)
    return next((names[row] for row in creators.tolist() if names[row]), None)


def whole(value: float | Samples) -> int | None:
    return None if np.isnan(value) else int(value)
