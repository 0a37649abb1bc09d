"""The part of the FIT profile that is written here. Source: FIT SDK, Profile.xlsx."""

from __future__ import annotations

from deploy.local.demo.fit_wire import ENUM, SINT8, SINT32, UINT8, UINT16, UINT32, UINT32Z, Field, Message

SEMICIRCLES_PER_DEGREE = 2**31 / 180.0

ACTIVITY_FILE = 4
# The number the profile keeps for makers without one; the demo watch is not anybody's product.
DEVELOPMENT_MANUFACTURER = 255

SPORTS = {"generic": 0, "running": 1, "cycling": 2, "swimming": 5, "walking": 11, "hiking": 17}
SUB_SPORTS = {"generic": 0, "treadmill": 1, "street": 2, "trail": 3, "track": 4, "lap_swimming": 17}

EVENT_TIMER, EVENT_SESSION, EVENT_LAP, EVENT_ACTIVITY = 0, 8, 9, 26
EVENT_TYPE_START, EVENT_TYPE_STOP, EVENT_TYPE_STOP_ALL = 0, 1, 4

INTENSITIES = {"active": 0, "rest": 1, "warmup": 2, "cooldown": 3, "recovery": 4, "interval": 5}
LAP_TRIGGERS = {"manual": 0, "time": 1, "distance": 2, "session_end": 7}
SESSION_TRIGGER_ACTIVITY_END = 0

_STAMP = Field(253, UINT32)
_INDEX = Field(254, UINT16)

FILE_ID = Message(
    0,
    {
        "type": Field(0, ENUM),
        "manufacturer": Field(1, UINT16),
        "product": Field(2, UINT16),
        "serial_number": Field(3, UINT32Z),
        "time_created": Field(4, UINT32),
        "product_name": Field(8, None),
    },
)
DEVICE_INFO = Message(
    23,
    {
        "timestamp": _STAMP,
        "device_index": Field(0, UINT8),
        "manufacturer": Field(2, UINT16),
        "serial_number": Field(3, UINT32Z),
        "product": Field(4, UINT16),
        "software_version": Field(5, UINT16, scale=100),
        "product_name": Field(27, None),
    },
)
EVENT = Message(21, {"timestamp": _STAMP, "event": Field(0, ENUM), "event_type": Field(1, ENUM)})
RECORD = Message(
    20,
    {
        "timestamp": _STAMP,
        "position_lat": Field(0, SINT32, scale=SEMICIRCLES_PER_DEGREE),
        "position_long": Field(1, SINT32, scale=SEMICIRCLES_PER_DEGREE),
        "heart_rate": Field(3, UINT8),
        "cadence": Field(4, UINT8),
        "distance": Field(5, UINT32, scale=100),
        "power": Field(7, UINT16),
        "temperature": Field(13, SINT8),
        "vertical_oscillation": Field(39, UINT16, scale=10),
        "stance_time": Field(41, UINT16, scale=10),
        "fractional_cadence": Field(53, UINT8, scale=128),
        "enhanced_speed": Field(73, UINT32, scale=1000),
        "enhanced_altitude": Field(78, UINT32, scale=5, offset=500),
        "vertical_ratio": Field(83, UINT16, scale=100),
        "stance_time_balance": Field(84, UINT16, scale=100),
        "step_length": Field(85, UINT16, scale=10),
    },
)
LAP = Message(
    19,
    {
        "timestamp": _STAMP,
        "message_index": _INDEX,
        "event": Field(0, ENUM),
        "event_type": Field(1, ENUM),
        "start_time": Field(2, UINT32),
        "total_elapsed_time": Field(7, UINT32, scale=1000),
        "total_timer_time": Field(8, UINT32, scale=1000),
        "total_distance": Field(9, UINT32, scale=100),
        "avg_heart_rate": Field(15, UINT8),
        "max_heart_rate": Field(16, UINT8),
        "avg_cadence": Field(17, UINT8),
        "avg_power": Field(19, UINT16),
        "total_ascent": Field(21, UINT16),
        "total_descent": Field(22, UINT16),
        "intensity": Field(23, ENUM),
        "lap_trigger": Field(24, ENUM),
        "sport": Field(25, ENUM),
        "sub_sport": Field(39, ENUM),
        "avg_temperature": Field(50, SINT8),
        "avg_fractional_cadence": Field(80, UINT8, scale=128),
        "enhanced_avg_speed": Field(110, UINT32, scale=1000),
    },
)
SESSION = Message(
    18,
    {
        "timestamp": _STAMP,
        "message_index": _INDEX,
        "event": Field(0, ENUM),
        "event_type": Field(1, ENUM),
        "start_time": Field(2, UINT32),
        "sport": Field(5, ENUM),
        "sub_sport": Field(6, ENUM),
        "total_elapsed_time": Field(7, UINT32, scale=1000),
        "total_timer_time": Field(8, UINT32, scale=1000),
        "total_distance": Field(9, UINT32, scale=100),
        "avg_heart_rate": Field(16, UINT8),
        "max_heart_rate": Field(17, UINT8),
        "avg_cadence": Field(18, UINT8),
        "avg_power": Field(20, UINT16),
        "total_ascent": Field(22, UINT16),
        "total_descent": Field(23, UINT16),
        "first_lap_index": Field(25, UINT16),
        "num_laps": Field(26, UINT16),
        "trigger": Field(28, ENUM),
        "avg_temperature": Field(57, SINT8),
        "avg_fractional_cadence": Field(92, UINT8, scale=128),
        "sport_profile_name": Field(110, None),
        "enhanced_avg_speed": Field(124, UINT32, scale=1000),
    },
)
ACTIVITY = Message(
    34,
    {
        "timestamp": _STAMP,
        "total_timer_time": Field(0, UINT32, scale=1000),
        "num_sessions": Field(1, UINT16),
        "type": Field(2, ENUM),
        "event": Field(3, ENUM),
        "event_type": Field(4, ENUM),
        "local_timestamp": Field(5, UINT32),
    },
)
