"""How the tests of this folder read a file: always the same moment and zone."""

import datetime as dt
from zoneinfo import ZoneInfo

from services.garmin_ingest.domain.models import Activity, Skipped
from services.garmin_ingest.domain.read_file import read_file

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(data: bytes) -> tuple[Activity, ...] | Skipped:
    return read_file(data, BERLIN, NOW)


def read_one(data: bytes) -> Activity:
    activities = read(data)
    assert isinstance(activities, tuple)
    assert len(activities) == 1
    return activities[0]


def codes(activity: Activity) -> list[str]:
    return [warning.code for warning in activity.warnings]
