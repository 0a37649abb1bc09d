"""Names of sports, and which of them are the same thing seen by different devices.

Numbers are those of the FIT profile (``sport`` and ``sub_sport``), which TCX and GPX names are brought to.
"""

from __future__ import annotations

OTHER = "other"

_FIT_SPORTS = {
    1: "running",
    2: "cycling",
    3: "transition",
    4: "fitness_equipment",
    5: "swimming",
    6: "basketball",
    7: "soccer",
    8: "tennis",
    9: "american_football",
    10: "training",
    11: "walking",
    12: "cross_country_skiing",
    13: "alpine_skiing",
    14: "snowboarding",
    15: "rowing",
    16: "mountaineering",
    17: "hiking",
    18: "multisport",
    19: "paddling",
    21: "e_biking",
    25: "golf",
    27: "horseback_riding",
    30: "inline_skating",
    31: "rock_climbing",
    32: "sailing",
    33: "ice_skating",
    35: "snowshoeing",
    37: "stand_up_paddleboarding",
    38: "surfing",
    41: "kayaking",
    43: "windsurfing",
    47: "boxing",
    48: "floor_climbing",
    53: "diving",
    62: "hiit",
    64: "racket",
    84: "jump_rope",
}

_FIT_SUB_SPORTS = {
    1: "treadmill",
    2: "street",
    3: "trail",
    4: "track",
    5: "spin",
    6: "indoor_cycling",
    7: "road",
    8: "mountain",
    14: "indoor_rowing",
    15: "elliptical",
    16: "stair_climbing",
    17: "lap_swimming",
    18: "open_water",
    19: "flexibility_training",
    20: "strength_training",
    26: "cardio_training",
    27: "indoor_walking",
    30: "casual_walking",
    31: "speed_walking",
    32: "bike_to_run_transition",
    33: "run_to_bike_transition",
    34: "swim_to_bike_transition",
    43: "yoga",
    44: "pilates",
    45: "indoor_running",
    46: "gravel_cycling",
    58: "virtual_activity",
    59: "obstacle",
    67: "ultra",
    70: "hiit",
}

# A device that knows only "fitness equipment" says in the sub-sport what the runner did on it.
_EQUIPMENT = {
    "treadmill": "running",
    "indoor_running": "running",
    "indoor_walking": "walking",
    "indoor_cycling": "cycling",
    "spin": "cycling",
    "indoor_rowing": "rowing",
}

_FAMILIES = {
    "hiking": "walking",
    "mountaineering": "walking",
    "snowshoeing": "walking",
    "e_biking": "cycling",
    "hiit": "training",
}

# What TCX calls Sport, GPX calls type (Strava writes numbers there), and people write in either.
_WORDS = {
    "running": "running",
    "run": "running",
    "9": "running",
    "trail_running": "running",
    "treadmill_running": "running",
    "track_running": "running",
    "virtual_run": "running",
    "street_running": "running",
    "indoor_running": "running",
    "obstacle_run": "running",
    "ultra_run": "running",
    "jogging": "running",
    "biking": "cycling",
    "cycling": "cycling",
    "bike": "cycling",
    "ride": "cycling",
    "1": "cycling",
    "road_biking": "cycling",
    "mountain_biking": "cycling",
    "virtual_ride": "cycling",
    "gravel_cycling": "cycling",
    "indoor_cycling": "cycling",
    "swimming": "swimming",
    "swim": "swimming",
    "open_water_swimming": "swimming",
    "lap_swimming": "swimming",
    "walking": "walking",
    "casual_walking": "walking",
    "speed_walking": "walking",
    "walk": "walking",
    "hiking": "hiking",
    "hike": "hiking",
    "rowing": "rowing",
    "transition": "transition",
}
_WORD_SUB_SPORTS = {
    "trail_running": "trail",
    "treadmill_running": "treadmill",
    "track_running": "track",
    "street_running": "street",
    "indoor_running": "indoor_running",
    "virtual_run": "virtual_activity",
    "obstacle_run": "obstacle",
    "ultra_run": "ultra",
    "gravel_cycling": "gravel_cycling",
    "indoor_cycling": "indoor_cycling",
    "mountain_biking": "mountain",
    "open_water_swimming": "open_water",
    "lap_swimming": "lap_swimming",
    "casual_walking": "casual_walking",
    "speed_walking": "speed_walking",
}

_TREADMILL = frozenset({"treadmill", "indoor_running", "indoor_walking"})
_ON_FOOT = frozenset({"running", "walking"})


def from_fit(sport: int | None, sub_sport: int | None) -> tuple[str, str | None]:
    """Sport and sub-sport by their FIT numbers; an unknown sport is ``other``, an unknown sub-sport None."""
    name = _FIT_SPORTS.get(sport or 0, OTHER)
    detail = _FIT_SUB_SPORTS.get(sub_sport or 0)
    if name == "fitness_equipment":
        return _EQUIPMENT.get(detail or "", "training"), detail
    return name, detail


def from_word(word: str) -> tuple[str, str | None]:
    """Sport and sub-sport from the word a TCX or GPX file uses; ``other`` when it says nothing known."""
    normal = word.strip().lower().replace(" ", "_").replace("-", "_")
    return _WORDS.get(normal, OTHER), _WORD_SUB_SPORTS.get(normal)


def family(sport: str) -> str:
    """The group within which two devices may name one recording differently (a hike and a walk)."""
    return _FAMILIES.get(sport, sport)


def same_family(one: str, other: str) -> bool:
    """Whether two names can mean one recording; a file that does not know its sport goes with any."""
    return OTHER in {one, other} or family(one) == family(other)


def on_foot(sport: str) -> bool:
    """Whether cadence counts strides of one foot in the file and steps of both feet here."""
    return family(sport) in _ON_FOOT


def on_treadmill(sub_sport: str | None) -> bool:
    """Whether the distance is the runner's own correction and not the sensor's."""
    return sub_sport in _TREADMILL
