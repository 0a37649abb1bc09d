"""How distances are named in labels and in sentences."""

from __future__ import annotations

from services.coach_agent.domain.chat.measures import HALF_M, MARATHON_M
from services.coach_agent.domain.facts import Fact, FactBook, Source, SourceKind
from services.coach_agent.domain.units import METRES_PER_MILE

_TOLERANCE_M = 1.5
_DISTANCE = Source(SourceKind.DEFINITION, "distance")


def name_of(distance_m: float) -> str:
    """The end of a label: "5Km", "Mile", "400m", "HalfMarathon"."""
    named = ((HALF_M, "HalfMarathon"), (MARATHON_M, "Marathon"), (1000.0, "Km"), (METRES_PER_MILE, "Mile"))
    for official_m, name in named:
        if abs(distance_m - official_m) <= _TOLERANCE_M:
            return name
    miles, km = distance_m / METRES_PER_MILE, distance_m / 1000.0
    if abs(km - round(km)) * 1000.0 <= _TOLERANCE_M and round(km) > 0:
        return f"{round(km)}Km"
    if abs(miles - round(miles)) * METRES_PER_MILE <= _TOLERANCE_M and round(miles) > 0:
        return f"{round(miles)}Mile"
    return f"{round(distance_m)}m"


def said(book: FactBook, distance_m: float) -> str:
    """A slot or words for the distance; a figure in it becomes a fact of its own."""
    name = name_of(distance_m)
    words = {"HalfMarathon": "half marathon", "Marathon": "marathon", "Km": "kilometre", "Mile": "mile"}.get(name)
    if words is not None:
        return words
    text = f"{name.removesuffix('Km')} km" if name.endswith("Km") else f"{name.removesuffix('m')} m"
    if name.endswith("Mile"):
        text = f"{name.removesuffix('Mile')} miles"
    book.put(Fact(f"raceDistance.{name}", distance_m, "m", text, _DISTANCE))
    return f"{{raceDistance.{name}}}"
