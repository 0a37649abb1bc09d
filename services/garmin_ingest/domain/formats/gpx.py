"""GPS Exchange Format 1.0 and 1.1, with the extensions of Garmin, Cluetrust and Strava by their local names."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET  # only the types; parsing goes through defusedxml
from dataclasses import dataclass, field, replace

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.points import Points, refuse_more
from services.garmin_ingest.domain.formats.xml_events import (
    closed_elements,
    local_name,
    number,
    offset_of,
    parse_number,
    text,
    unix_time,
)
from services.garmin_ingest.domain.models import Pause, Recording, Recordings, Skipped
from services.garmin_ingest.domain.streams import Streams

_EXTENSIONS = {
    "hr": streams.HEART_RATE,
    "heartrate": streams.HEART_RATE,
    "cad": streams.CADENCE,
    "cadence": streams.CADENCE,
    "speed": streams.SPEED,
    "power": streams.POWER,
    "powerinwatts": streams.POWER,
    "watts": streams.POWER,
    "atemp": streams.TEMPERATURE,
    "temp": streams.TEMPERATURE,
    "distance": streams.DISTANCE,
}
_DROP = frozenset({"trkpt", "trkseg", "trk", "rte", "rtept", "wpt"})
# A segment ends where the timer was stopped or the satellites were lost; shorter breaks are the sampling.
_SHORTEST_PAUSE_S = 10.0


@dataclass(slots=True)
class _Track:
    points: Points = field(default_factory=Points)
    segment_starts: list[int] = field(default_factory=lambda: [0])
    untimed: int = 0
    first_stamp: str | None = None
    name: str | None = None
    sport_word: str = ""


def read_gpx(data: bytes) -> Recordings | Skipped:
    """One recording per track with times; routes, waypoints and tracks without times are a course, and skipped.

    Raises ActivityFileInvalid.
    """
    found: list[Recording] = []
    track = _Track()
    is_course = False
    root, creator = "", None
    for path, element in closed_elements(data, _DROP):
        name = local_name(element)
        root = path[0] if path else name
        if "trk" in path:
            _inside_track(track, path, element)
        elif name == "trk":
            is_course = is_course or track.untimed > 0
            found += _finish(track, index=len(found))
            refuse_more(found)
            track = _Track()
        elif name in {"rte", "wpt"}:
            is_course = True
        elif not path:
            creator = element.get("creator")
    if root != "gpx":
        raise ActivityFileInvalid(f"its outermost element is {root[:40]!r}, not gpx")
    if found:
        return Recordings(tuple(_with_device(recording, creator) for recording in found))
    if is_course:
        return Skipped("course")
    raise ActivityFileInvalid("it is a GPX file without a track")


def _inside_track(track: _Track, path: list[str], element: ET.Element) -> None:
    name = local_name(element)
    if name == "trkpt":
        _add_point(track, element)
    elif name == "trkseg":
        track.segment_starts.append(len(track.points))
    elif path[-1] == "trk" and name == "name":
        track.name = text(element)
    elif path[-1] == "trk" and name == "type":
        track.sport_word = text(element) or ""


def _add_point(track: _Track, element: ET.Element) -> None:
    values = {
        streams.LATITUDE: parse_number(element.get("lat")),
        streams.LONGITUDE: parse_number(element.get("lon")),
    }
    stamp: str | None = None
    for item in element.iter():
        name = local_name(item)
        if name == "time":
            stamp = stamp or text(item)
        elif name == "ele":
            values[streams.ALTITUDE] = number(item)
        elif name.lower() in _EXTENSIONS:
            values.setdefault(_EXTENSIONS[name.lower()], number(item))
    moment = unix_time(stamp)
    if math.isnan(moment):
        track.untimed += 1
        return
    track.first_stamp = track.first_stamp or stamp
    track.points.add(moment, values)


def _finish(track: _Track, *, index: int) -> list[Recording]:
    if len(track.points) == 0:
        return []
    sport, sub_sport = sports.from_word(track.sport_word)
    times = track.points.times()
    start_s = float(times[0])
    starts = [at for at in sorted(set(track.segment_starts)) if 0 < at < len(times)]
    breaks = [Pause(float(times[at - 1]) - start_s, float(times[at]) - start_s) for at in starts]
    return [
        Recording(
            file_format="gpx",
            session_index=index,
            sport=sport,
            sub_sport=sub_sport,
            start_unix_s=start_s,
            streams=Streams(times - start_s, track.points.columns(sport)),
            pauses=tuple(pause for pause in breaks if pause.end_s - pause.start_s > _SHORTEST_PAUSE_S),
            utc_offset_s=offset_of(track.first_stamp),
            name=track.name,
        )
    ]


def _with_device(recording: Recording, creator: str | None) -> Recording:
    """The program that wrote the file, which is all a GPX file says about where it comes from."""
    return replace(recording, device=creator[:80]) if creator else recording
