"""The part of the FIT profile that is read here: numbers of messages and fields, with their scales.

Source: FIT SDK, Profile.xlsx. A value is raw / scale - offset; cadences are in cycles (strides of one foot on foot).
"""

from __future__ import annotations

from dataclasses import dataclass

from services.garmin_ingest.domain import streams

FILE_ID, USER_PROFILE, SPORT, SESSION, LAP, RECORD, EVENT, DEVICE_INFO, ACTIVITY = 0, 3, 12, 18, 19, 20, 21, 23, 34
HRV, HR, FIELD_DESCRIPTION = 78, 132, 206

# FIT counts seconds from 1989-12-31T00:00:00Z; smaller stamps count from the moment the device was switched on.
EPOCH_UNIX_S = 631_065_600
SMALLEST_DATE = 0x10000000
DEGREES_PER_SEMICIRCLE = 180.0 / 2**31
NO_VALUE_BYTE = 0xFF

ACTIVITY_FILE = 4
ACTIVITY_SUMMARY_FILE = 20
FILE_KINDS = {
    1: "device",
    2: "settings",
    3: "sport settings",
    5: "workout",
    6: "course",
    7: "schedule",
    9: "weight",
    10: "totals",
    11: "goals",
    14: "blood pressure",
    15: "monitoring",
    20: "activity summary",
    28: "monitoring",
    32: "monitoring",
    34: "segment",
    35: "segment list",
    40: "device configuration",
}

TIMER_EVENT = 0
TIMER_START = 0
TIMER_STOPS = frozenset({1, 4, 8, 9})

# Signals of the record message that need no more than a scale, the preferred field first.
RECORD_SIGNALS: dict[str, tuple[tuple[int, float, float], ...]] = {
    streams.HEART_RATE: ((3, 1, 0),),
    streams.POWER: ((7, 1, 0),),
    streams.SPEED: ((73, 1000, 0), (6, 1000, 0)),
    streams.DISTANCE: ((5, 100, 0),),
    streams.ALTITUDE: ((78, 5, 500), (2, 5, 500)),
    streams.LATITUDE: ((0, 1 / DEGREES_PER_SEMICIRCLE, 0),),
    streams.LONGITUDE: ((1, 1 / DEGREES_PER_SEMICIRCLE, 0),),
    streams.TEMPERATURE: ((13, 1, 0),),
    streams.VERTICAL_OSCILLATION: ((39, 10, 0),),
    streams.GROUND_CONTACT: ((41, 10, 0),),
    streams.GROUND_CONTACT_BALANCE: ((84, 100, 0),),
    streams.VERTICAL_RATIO: ((83, 100, 0),),
    streams.STEP_LENGTH: ((85, 10, 0),),
}
RECORD_CADENCE, RECORD_CADENCE_FRACTION, RECORD_COMPRESSED_SPEED_DISTANCE = 4, 53, 8
HR_FRACTION, HR_FILTERED_BPM, HR_EVENT_TIMESTAMP, HR_EVENT_TIMESTAMP_12 = 0, 6, 9, 10

# Developer fields by name, lower case, with the factor to our unit. Stryd writes Power and Ground Time and gives
# Vertical Oscillation in centimetres; Garmin's own running power app writes RP_Power.
DEVELOPER_SIGNALS = {
    "power": (streams.POWER, 1.0),
    "rp_power": (streams.POWER, 1.0),
    "running power": (streams.POWER, 1.0),
    "ground time": (streams.GROUND_CONTACT, 1.0),
    "vertical oscillation": (streams.VERTICAL_OSCILLATION, 10.0),
}


@dataclass(frozen=True, slots=True)
class SummaryFields:
    """Field numbers of a summary message; the session and the lap number the same figures differently."""

    start_time: int
    elapsed: int
    timer: int
    distance: int
    speeds: tuple[int, int]
    heart_rate: int
    max_heart_rate: int
    cadence: int
    cadence_fraction: int
    power: int
    ascent: int
    descent: int
    temperature: int
    moving: int
    sport: int
    sub_sport: int


SESSION_FIELDS = SummaryFields(
    start_time=2,
    elapsed=7,
    timer=8,
    distance=9,
    speeds=(124, 14),
    heart_rate=16,
    max_heart_rate=17,
    cadence=18,
    cadence_fraction=92,
    power=20,
    ascent=22,
    descent=23,
    temperature=57,
    moving=59,
    sport=5,
    sub_sport=6,
)
LAP_FIELDS = SummaryFields(
    start_time=2,
    elapsed=7,
    timer=8,
    distance=9,
    speeds=(110, 13),
    heart_rate=15,
    max_heart_rate=16,
    cadence=17,
    cadence_fraction=80,
    power=19,
    ascent=21,
    descent=22,
    temperature=50,
    moving=52,
    sport=25,
    sub_sport=39,
)
SESSION_PROFILE_NAME = 110

_MANUFACTURERS = {
    1: "Garmin",
    15: "Dynastream",
    23: "Suunto",
    32: "Wahoo",
    69: "Stages",
    71: "TomTom",
    89: "Tacx",
    95: "Stryd",
    123: "Polar",
    260: "Zwift",
    265: "Strava",
    267: "Bryton",
    289: "Hammerhead",
    294: "Coros",
    307: "OneLap",
    310: "Decathlon",
}
_GARMIN_PRODUCTS = {
    717: "Forerunner 405",
    782: "Forerunner 50",
    988: "Forerunner 60",
    1018: "Forerunner 310XT",
    1036: "Edge 500",
    1124: "Forerunner 110",
    1169: "Edge 800",
    1328: "Forerunner 910XT",
    1345: "Forerunner 610",
    1436: "Forerunner 70",
    1482: "Forerunner 10",
    1561: "Edge 510",
    1623: "Forerunner 620",
    1632: "Forerunner 220",
    1765: "Forerunner 920XT",
    1903: "Forerunner 15",
    1967: "fenix 2",
    2067: "Edge 520",
    2153: "Forerunner 225",
    2156: "Forerunner 630",
    2157: "Forerunner 230",
    2158: "Forerunner 735XT",
    2413: "fenix 3 HR",
    2431: "Forerunner 235",
    2503: "Forerunner 35",
    2530: "Edge 820",
    2544: "fenix 5S",
    2604: "fenix 5X",
    2691: "Forerunner 935",
    2697: "fenix 5",
    2886: "Forerunner 645",
    2888: "Forerunner 645 Music",
    3076: "Forerunner 245",
    3077: "Forerunner 245 Music",
    3110: "fenix 5 Plus",
    3111: "fenix 5X Plus",
    3113: "Forerunner 945",
    3121: "Edge 530",
    3122: "Edge 830",
    3282: "Forerunner 45",
    3288: "fenix 6S",
    3289: "fenix 6 Sport",
    3290: "fenix 6",
    3291: "fenix 6X",
    3589: "Forerunner 745",
    3652: "Forerunner 945 LTE",
    3869: "Forerunner 55",
    3905: "fenix 7S",
    3906: "fenix 7",
    3907: "fenix 7X",
    3990: "Forerunner 255 Music",
    3992: "Forerunner 255",
    3993: "Forerunner 255S",
    4024: "Forerunner 955",
    4257: "Forerunner 265",
    4315: "Forerunner 965",
    4261: "Venu 3S",
    4260: "Venu 3",
    4432: "Forerunner 165",
}


def device_name(manufacturer: int | None, product: int | None, product_name: str | None) -> str | None:
    """The name a person knows the device by; only the maker's where the product is not in the list."""
    maker = _MANUFACTURERS.get(manufacturer or 0)
    if product_name:
        said_already = maker is None or product_name.lower().startswith(maker.lower())
        return product_name if said_already else f"{maker} {product_name}"
    if maker == "Garmin" and product in _GARMIN_PRODUCTS:
        return f"Garmin {_GARMIN_PRODUCTS[product]}"
    return maker
