"""A recording as TCX and as GPX, the way Garmin Connect exports them. Used through ``tests.support.builders``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from deploy.local.demo.recording import Recording

_TCX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
    ' xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n'
)
_GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Pace42 tests" xmlns="http://www.topografix.com/GPX/1/1"'
    ' xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
)
_TCX_SPORTS = {"running": "Running", "cycling": "Biking"}


def tcx_bytes(recording: Recording) -> bytes:
    laps = []
    began_s = 0.0
    for lap in recording.laps:
        laps.append(_tcx_lap(recording, began_s, lap.end_s))
        began_s = lap.end_s
    sport = _TCX_SPORTS.get(recording.sport, "Other")
    return (
        f'{_TCX_HEAD}<Activities><Activity Sport="{sport}"><Id>{_moment(recording, 0)}</Id>{"".join(laps)}'
        '<Creator xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Device_t">'
        f"<Name>{recording.device_name}</Name><UnitId>{recording.device_serial}</UnitId>"
        "<ProductID>1</ProductID></Creator></Activity></Activities></TrainingCenterDatabase>\n"
    ).encode()


def _tcx_lap(recording: Recording, began_s: float, ended_s: float) -> str:
    totals = recording.totals(began_s, ended_s)
    # The sample on the line between two laps belongs to the earlier one; the very first belongs to the first lap.
    inside = (recording.time_s > (began_s or -1.0)) & (recording.time_s <= ended_s)
    average, highest = totals.average_heart_rate_bpm, totals.max_heart_rate_bpm
    heart_rate = (
        ""
        if average is None or highest is None
        else f"<AverageHeartRateBpm><Value>{average:.0f}</Value></AverageHeartRateBpm>"
        f"<MaximumHeartRateBpm><Value>{highest:.0f}</Value></MaximumHeartRateBpm>"
    )
    tracks = "".join(
        f"<Track>{''.join(_tcx_point(recording, index) for index in stretch)}</Track>"
        for stretch in _stretches(recording, np.flatnonzero(inside))
    )
    return (
        f'<Lap StartTime="{_moment(recording, began_s)}"><TotalTimeSeconds>{totals.timer_s:.3f}</TotalTimeSeconds>'
        f"<DistanceMeters>{totals.distance_m:.2f}</DistanceMeters><Calories>0</Calories>{heart_rate}"
        f"<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>{tracks}</Lap>"
    )


def _tcx_point(recording: Recording, index: int) -> str:
    value = {name: float(values[index]) for name, values in recording.signals.items() if not np.isnan(values[index])}
    position = (
        f"<Position><LatitudeDegrees>{value['latitude_deg']:.8f}</LatitudeDegrees>"
        f"<LongitudeDegrees>{value['longitude_deg']:.8f}</LongitudeDegrees></Position>"
        if "latitude_deg" in value
        else ""
    )
    altitude = f"<AltitudeMeters>{value['altitude_m']:.2f}</AltitudeMeters>" if "altitude_m" in value else ""
    heart_rate = (
        f"<HeartRateBpm><Value>{value['heart_rate_bpm']:.0f}</Value></HeartRateBpm>"
        if "heart_rate_bpm" in value
        else ""
    )
    extension = f"<ns3:Speed>{value['speed_m_per_s']:.3f}</ns3:Speed>"
    if "cadence_spm" in value:
        extension += f"<ns3:RunCadence>{value['cadence_spm'] / 2:.0f}</ns3:RunCadence>"
    if "power_w" in value:
        extension += f"<ns3:Watts>{value['power_w']:.0f}</ns3:Watts>"
    return (
        f"<Trackpoint><Time>{_moment(recording, recording.time_s[index])}</Time>{position}{altitude}"
        f"<DistanceMeters>{value['distance_m']:.2f}</DistanceMeters>{heart_rate}"
        f"<Extensions><ns3:TPX>{extension}</ns3:TPX></Extensions></Trackpoint>"
    )


def gpx_bytes(recording: Recording) -> bytes:
    segments = "".join(
        f"<trkseg>{''.join(_gpx_point(recording, index) for index in stretch)}</trkseg>"
        for stretch in _stretches(recording, np.arange(len(recording.time_s)))
    )
    return (
        f"{_GPX_HEAD}<metadata><time>{_moment(recording, 0)}</time></metadata>"
        f"<trk><name>Test run</name><type>{recording.sport}</type>{segments}</trk></gpx>\n"
    ).encode()


def _gpx_point(recording: Recording, index: int) -> str:
    value = {name: float(values[index]) for name, values in recording.signals.items() if not np.isnan(values[index])}
    altitude = f"<ele>{value['altitude_m']:.2f}</ele>" if "altitude_m" in value else ""
    extension = f"<ns3:atemp>{value['temperature_c']:.1f}</ns3:atemp>" if "temperature_c" in value else ""
    if "heart_rate_bpm" in value:
        extension += f"<ns3:hr>{value['heart_rate_bpm']:.0f}</ns3:hr>"
    if "cadence_spm" in value:
        extension += f"<ns3:cad>{value['cadence_spm'] / 2:.0f}</ns3:cad>"
    return (
        f'<trkpt lat="{value["latitude_deg"]:.8f}" lon="{value["longitude_deg"]:.8f}">{altitude}'
        f"<time>{_moment(recording, recording.time_s[index])}</time>"
        f"<extensions><ns3:TrackPointExtension>{extension}</ns3:TrackPointExtension></extensions></trkpt>"
    )


def _stretches(recording: Recording, indices: NDArray[np.int64]) -> Iterator[list[int]]:
    """The samples between one pause and the next."""
    bounds = [pause.start_s for pause in recording.pauses]
    for stretch in np.split(indices, np.searchsorted(recording.time_s[indices], bounds, side="right")):
        if len(stretch):
            yield stretch.tolist()


def _moment(recording: Recording, at_s: float) -> str:
    return (recording.start + dt.timedelta(seconds=float(at_s))).strftime("%Y-%m-%dT%H:%M:%S.000Z")
