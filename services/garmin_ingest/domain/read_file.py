"""From the bytes of one file, whatever it is called, to the activities in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.garmin_ingest.domain.build_activity import build_activity
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.reader import read_fit
from services.garmin_ingest.domain.formats.archive import gunzip
from services.garmin_ingest.domain.formats.detect import HEAD_SIZE, Content, detect
from services.garmin_ingest.domain.formats.gpx import read_gpx
from services.garmin_ingest.domain.formats.tcx import read_tcx
from services.garmin_ingest.domain.identity import outline, same_activity
from services.garmin_ingest.domain.models import Activity, Recordings, RecordingWarning, Skipped

_READERS = {"fit": read_fit, "tcx": read_tcx, "gpx": read_gpx}
_NOT_A_RECORDING: dict[Content, str] = {
    "empty": "it is empty",
    "html": "it is a web page, not a recording",
    "xml": "it is XML, but neither TCX nor GPX",
    "text": "it is plain text, not a recording",
    "gzip": "it is packed twice",
    "zip": "it is a ZIP, packed once too often",
    "unknown": "it is neither FIT, TCX nor GPX",
}


def read_file(data: bytes, zone: ZoneInfo, now: dt.datetime) -> tuple[Activity, ...] | Skipped:
    """The activities of a FIT, TCX or GPX file, also inside .gz; at least one. Raises only ActivityFileInvalid.

    ``zone`` is the runner's own, for files without local time. One session that cannot be used does not cost the
    others; a session that a chained file holds twice is given once.
    """
    content = detect(data[:HEAD_SIZE])
    if content == "gzip":
        data = gunzip(data)
        content = detect(data[:HEAD_SIZE])
    reader = _READERS.get(content)
    if reader is None:
        raise ActivityFileInvalid(_NOT_A_RECORDING[content], offset=0)
    read = reader(data)
    return read if isinstance(read, Skipped) else _build_all(read, zone, now)


def _build_all(read: Recordings, zone: ZoneInfo, now: dt.datetime) -> tuple[Activity, ...]:
    built: list[Activity] = []
    refused: ActivityFileInvalid | None = None
    for recording in read.items:
        try:
            activity = build_activity(recording, zone, now)
        except ActivityFileInvalid as error:
            refused = refused or error
            continue
        if not any(same_activity(outline(activity), outline(earlier)) for earlier in built):
            built.append(activity)
    if not built and refused is not None:
        raise refused
    if refused is None:
        return tuple(built)
    warning = RecordingWarning("SESSION_DROPPED", f"Another session of this file was left out: {refused.reason}.")
    return tuple(replace(activity, warnings=(*activity.warnings, warning)) for activity in built)
