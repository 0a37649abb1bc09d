"""Training Center XML (TrainingCenterDatabase v2, with Garmin's ActivityExtension v2)."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET  # only the types; parsing goes through defusedxml
from dataclasses import dataclass, field, replace

import numpy as np

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.points import Points, both_feet, refuse_more
from services.garmin_ingest.domain.formats.xml_events import (
    child,
    closed_elements,
    local_name,
    number,
    offset_of,
    text,
    unix_time,
)
from services.garmin_ingest.domain.models import Lap, Pause, Recording, Recordings, Skipped, Totals
from services.garmin_ingest.domain.streams import Streams

_DROP = frozenset({"Trackpoint", "Track", "Lap", "Activity", "Course", "Workout"})
# Recording "smartly" a watch writes a sample every few seconds, also across the border of two tracks.
_LONGEST_SAMPLE_INTERVAL_S = 10.0


@dataclass(slots=True)
class _Session:
    """An Activity element while it is being read; laps keep their absolute start. Track ends tell the pauses."""

    points: Points = field(default_factory=Points)
    laps: list[tuple[float, Totals]] = field(default_factory=list)
    track_bounds: list[tuple[int, int]] = field(default_factory=list)
    lap_started: str | None = None
    track_began: int = 0


def read_tcx(data: bytes) -> Recordings | Skipped:
    """One recording per Activity; a file of courses or workouts only is skipped. Raises ActivityFileInvalid."""
    found: list[Recording] = []
    session = _Session()
    kinds: set[str] = set()
    root = ""
    for path, element in closed_elements(data, _DROP):
        name = local_name(element)
        root = path[0] if path else name
        if name in {"Course", "Workout"} and path[-1:] in (["Courses"], ["Workouts"]):
            kinds.add(name.lower())
        elif "Activity" in path:
            _inside_activity(session, path, element)
        elif name == "Activity":
            found += _finish(session, element, index=len(found))
            refuse_more(found)
            session = _Session()
    if root != "TrainingCenterDatabase":
        raise ActivityFileInvalid(f"its outermost element is {root[:40]!r}, not TrainingCenterDatabase")
    if found:
        return Recordings(tuple(found))
    if kinds:
        return Skipped(min(kinds))
    raise ActivityFileInvalid("it is a TCX file without an activity")


def _inside_activity(session: _Session, path: list[str], element: ET.Element) -> None:
    name = local_name(element)
    if name == "Trackpoint":
        _add_point(session.points, element)
    elif name == "Track":
        session.track_bounds.append((session.track_began, len(session.points)))
        session.track_began = len(session.points)
    elif name == "Lap" and path[-1] == "Activity":
        session.laps.append((unix_time(element.get("StartTime")), _lap_totals(element)))
        session.lap_started = session.lap_started or element.get("StartTime")


def _add_point(points: Points, element: ET.Element) -> None:
    moment = unix_time(text(child(element, "Time")))
    if math.isnan(moment):
        return
    extension = child(element, "Extensions", "TPX")
    cadence = number(child(element, "Cadence"))
    power = math.nan
    speed = math.nan
    if extension is not None:
        cadence = number(child(extension, "RunCadence")) if math.isnan(cadence) else cadence
        power, speed = number(child(extension, "Watts")), number(child(extension, "Speed"))
    values = {
        streams.LATITUDE: number(child(element, "Position", "LatitudeDegrees")),
        streams.LONGITUDE: number(child(element, "Position", "LongitudeDegrees")),
        streams.ALTITUDE: number(child(element, "AltitudeMeters")),
        streams.DISTANCE: number(child(element, "DistanceMeters")),
        streams.HEART_RATE: number(child(element, "HeartRateBpm", "Value")),
        streams.CADENCE: cadence,
        streams.POWER: power,
        streams.SPEED: speed,
    }
    points.add(moment, values)


def _lap_totals(element: ET.Element) -> Totals:
    extension = child(element, "Extensions", "LX")
    cadence, power, speed = number(child(element, "Cadence")), math.nan, math.nan
    if extension is not None:
        run_cadence = number(child(extension, "AvgRunCadence"))
        cadence = cadence if math.isnan(run_cadence) else run_cadence
        power, speed = number(child(extension, "AvgWatts")), number(child(extension, "AvgSpeed"))
    return Totals(
        timer_s=_known(number(child(element, "TotalTimeSeconds"))),
        distance_m=_known(number(child(element, "DistanceMeters"))),
        average_heart_rate_bpm=_known(number(child(element, "AverageHeartRateBpm", "Value"))),
        max_heart_rate_bpm=_known(number(child(element, "MaximumHeartRateBpm", "Value"))),
        average_cadence_spm=_known(cadence),
        average_power_w=_known(power),
        average_speed_m_per_s=_known(speed),
    )


def _finish(session: _Session, element: ET.Element, *, index: int) -> list[Recording]:
    """The recording of a closed Activity element; none where it has neither a sample nor a lap with a time."""
    sport, sub_sport = sports.from_word(element.get("Sport") or "")
    times = session.points.times()
    stamp = text(child(element, "Id"))
    starts = [start for start, _ in session.laps if not math.isnan(start)]
    first_points = times[:1].tolist()
    if not starts and not first_points:
        return []
    start_s = min(starts[:1] + first_points)
    creator = child(element, "Creator")
    return [
        Recording(
            file_format="tcx",
            session_index=index,
            sport=sport,
            sub_sport=sub_sport,
            start_unix_s=start_s,
            streams=Streams(times - start_s, session.points.columns(sport)),
            laps=tuple(_laps(session, start_s, sport)),
            pauses=tuple(_pauses(session, start_s)),
            utc_offset_s=offset_of(stamp) or offset_of(session.lap_started),
            device=text(child(creator, "Name")) if creator is not None else None,
            device_serial=text(child(creator, "UnitId")) if creator is not None else None,
        )
    ]


def _laps(session: _Session, start_s: float, sport: str) -> list[Lap]:
    made: list[Lap] = []
    clock_s = 0.0
    for index, (start, totals) in enumerate(session.laps):
        begins = clock_s if math.isnan(start) else start - start_s
        made.append(Lap(index, begins, _on_both_feet(totals, sport)))
        clock_s = begins + (totals.timer_s or 0.0)
    return made


def _on_both_feet(totals: Totals, sport: str) -> Totals:
    if totals.average_cadence_spm is None or not sports.on_foot(sport):
        return totals
    doubled = both_feet(np.array([totals.average_cadence_spm]))
    return replace(totals, average_cadence_spm=float(doubled[0]))


def _pauses(session: _Session, start_s: float) -> list[Pause]:
    """Between two tracks of one activity the timer stood still; tracks that touch are only a new lap."""
    times = session.points.times() - start_s
    found: list[Pause] = []
    filled = [(first, last) for first, last in session.track_bounds if last > first]
    for (_, end), (begin, _) in itertools.pairwise(filled):
        stopped, resumed = float(times[end - 1]), float(times[begin])
        if resumed - stopped > _LONGEST_SAMPLE_INTERVAL_S:
            found.append(Pause(stopped, resumed))
    return found


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
