"""What must hold of any bytes, whichever way they come in: read, skipped by kind, or refused with a reason."""

from __future__ import annotations

import datetime as dt
import io
from zoneinfo import ZoneInfo

import numpy as np

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.contents import read_contents
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, ZipListing
from services.garmin_ingest.domain.formats.detect import detect
from services.garmin_ingest.domain.models import Skipped
from services.garmin_ingest.domain.read_file import read_file

_NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
_ZONE = ZoneInfo("Europe/Berlin")
# ZIPs in ZIPs are opened once, as Garmin packs them.
_DEEPEST = 2


def read_anything(data: bytes, *, depth: int = 0) -> str:
    """``read``, ``skipped`` or ``refused``; anything else that comes out of it is a fault of ours."""
    if detect(data[:4096]) == "zip" and depth < _DEEPEST:
        return _read_zip(data, depth)
    try:
        if detect(data[:4096]) == "fit":
            read_contents(data)
        found = read_file(data, _ZONE, _NOW)
    except ActivityFileInvalid as error:
        return _refused(error, len(data))
    if isinstance(found, Skipped):
        return "skipped"
    for activity in found:
        assert np.all(np.diff(activity.streams.time_s) > 0)
        assert all(len(column) == len(activity.streams) for column in activity.streams.columns.values())
    return "read"


def _refused(error: ActivityFileInvalid, size: int) -> str:
    assert error.reason
    # Inside .gz the offset counts in what was unpacked.
    assert error.offset is None or 0 <= error.offset <= max(size, LARGEST_FILE)
    return "refused"


def _read_zip(data: bytes, depth: int) -> str:
    outcomes: set[str] = set()
    try:
        listing = ZipListing(io.BytesIO(data))
    except ActivityFileInvalid:
        return "refused"
    for entry in listing.entries():
        try:
            unpacked = b"".join(listing.chunks(entry.key, largest=LARGEST_FILE))
        except ActivityFileInvalid:
            outcomes.add("refused")
        else:
            outcomes.add(read_anything(unpacked, depth=depth + 1))
    return min(outcomes, default="refused")
