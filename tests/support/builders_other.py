"""Sound FIT files that are no activity: settings, a workout, a course, a day's monitoring."""

from __future__ import annotations

from deploy.local.demo import fit_messages as profile
from deploy.local.demo.fit_wire import ENUM, UINT8, UINT16, UINT32, UINT32Z, Column, Field, FitFile, Message

_STAMP = 1_100_000_000  # 2024-11-08, in FIT's seconds

_USER_PROFILE = Message(3, {"weight": Field(4, UINT16, scale=10), "resting_heart_rate": Field(8, UINT8)})
_WORKOUT = Message(
    26,
    {
        "sport": Field(4, ENUM),
        "capabilities": Field(5, UINT32Z),
        "num_valid_steps": Field(6, UINT16),
        "wkt_name": Field(8, None),
    },
)
_WORKOUT_STEP = Message(
    27,
    {
        "message_index": Field(254, UINT16),
        "duration_type": Field(1, ENUM),
        "duration_value": Field(2, UINT32),
        "intensity": Field(7, ENUM),
    },
)
_COURSE = Message(31, {"sport": Field(4, ENUM), "name": Field(5, None)})
_MONITORING = Message(55, {"timestamp": Field(253, UINT32), "heart_rate": Field(27, UINT8)})


def settings_fit() -> bytes:
    """What a watch keeps of its owner: weight and resting heart rate."""
    file = _file(2)
    file.write(_USER_PROFILE, {"weight": 70.5, "resting_heart_rate": 52})
    return file.to_bytes()


def workout_fit() -> bytes:
    """A planned workout of two timed steps."""
    file = _file(5)
    file.write(_WORKOUT, {"sport": 1, "capabilities": 32, "num_valid_steps": 2, "wkt_name": "Tempo"})
    for index, seconds in enumerate((600, 1200)):
        step: dict[str, Column] = {"duration_type": 0, "duration_value": seconds * 1000, "intensity": 0}
        file.write(_WORKOUT_STEP, {"message_index": index, **step})
    return file.to_bytes()


def course_fit() -> bytes:
    """A course to follow: it has records with positions, and nobody ran it."""
    file = _file(6)
    file.write(_COURSE, {"sport": 1, "name": "River loop"})
    for second in range(60):
        position: dict[str, Column] = {"position_lat": 47.0 + second * 1e-4, "position_long": 13.0}
        file.write(profile.RECORD, {"timestamp": _STAMP + second, "distance": second * 11.0, **position})
    return file.to_bytes()


def monitoring_fit() -> bytes:
    """Heart rate through a day, one message an hour."""
    file = _file(32)
    for hour in range(24):
        file.write(_MONITORING, {"timestamp": _STAMP + hour * 3600, "heart_rate": 55 + hour})
    return file.to_bytes()


def activity_without_records_fit() -> bytes:
    """An activity file that ends before the first record: a watch switched on and off again."""
    return _file(profile.ACTIVITY_FILE).to_bytes()


def _file(kind: int) -> FitFile:
    file = FitFile()
    file.write(
        profile.FILE_ID,
        {
            "type": kind,
            "manufacturer": profile.DEVELOPMENT_MANUFACTURER,
            "product": 1,
            "serial_number": 1234567,
            "time_created": _STAMP,
        },
    )
    return file
