"""What a decoder makes of one file: the activities in it, or why there are none."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

from services.garmin_ingest.domain.decoders import version_of
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.detect import HEAD_SIZE, detect
from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.domain.models import Skipped
from services.garmin_ingest.domain.packing import PackedActivity, pack
from services.garmin_ingest.domain.read_file import read_file
from shared.errors import InternalError
from shared.logs import get_logger
from shared.zones import zone

_log = get_logger("reading")
_PACKED_HEAD = 65536
OUR_FAULT = InternalError("This file made our importer fail; we have been told.")


@dataclass(frozen=True, slots=True)
class Reading:
    """``decoder`` is the version of the one that this content asks for, None where it is no recording at all.

    Exactly one is given of ``activities``, ``skipped`` (what kind of file it is instead) and ``failure``.
    """

    decoder: str | None
    activities: tuple[PackedActivity, ...] = ()
    skipped: str | None = None
    failure: Failure | None = None


def read_recording(data: bytes, zone_name: str, now: dt.datetime) -> Reading:
    """Whatever is wrong with the file is part of the reading; so is a bug of ours, which is logged."""
    decoder = decoder_of(data)
    try:
        read = read_file(data, zone(zone_name), now)
        if isinstance(read, Skipped):
            return Reading(decoder, skipped=read.kind)
        return Reading(decoder, tuple(pack(activity) for activity in read))
    except ActivityFileInvalid as error:
        return Reading(decoder, failure=Failure(error.code, error.message))
    except Exception:  # noqa: BLE001 - one file that trips over a bug of ours must not cost the others of its batch
        _log.exception("a file could not be read")
        return Reading(decoder, failure=Failure(OUR_FAULT.code, OUR_FAULT.message))


def decoder_of(data: bytes) -> str | None:
    """The version of the decoder for this content, judged by its first bytes, also inside a .gz."""
    content = detect(data[:HEAD_SIZE])
    if content == "gzip":
        content = detect(_unpacked_head(data))
    return version_of(content) if content in {"fit", "tcx", "gpx"} else None


def _unpacked_head(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(data[:_PACKED_HEAD], HEAD_SIZE)
    except zlib.error:
        return b""
