"""From the bytes of a FIT file, and of the files chained to it, to recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.fast_road import FastTables
from services.garmin_ingest.domain.fit.heart_rate import Beats, read_beats
from services.garmin_ingest.domain.fit.recording import other_kind, recordings
from services.garmin_ingest.domain.fit.slow_road import read_slowly
from services.garmin_ingest.domain.fit.tables import Tables
from services.garmin_ingest.domain.fit.wire import read_parts
from services.garmin_ingest.domain.models import Recording, Recordings, RecordingWarning, Skipped

# Two chained files of a hundred sessions each; nobody's watch makes one.
_MOST_RECORDINGS = 200
_READ_SLOWLY = RecordingWarning(
    "READ_BY_OTHER_DECODER", "The file is unusual: our own decoder refused it, and a more patient one read it."
)


def read_fit(data: bytes) -> Recordings | Skipped:
    """The sessions of a FIT file and of the files chained to it.

    A damaged file gives what came before the damage, with a warning. Raises ActivityFileInvalid where that is nothing,
    also for fitdecode.
    """
    try:
        return from_chain([FastTables(part) for part in read_parts(data)])
    except ActivityFileInvalid as refusal:
        rescued = None if refusal.too_much else _rescued(data)
        if rescued is None:
            raise
        return rescued


def from_chain(chain: Sequence[Tables]) -> Recordings | Skipped:
    """The recordings of all files of a chain. Raises ActivityFileInvalid where there are none, or too many."""
    found: list[Recording] = []
    skipped: Skipped | None = None
    # A strap hands in the beats that it kept under water as files of their own behind the watch's.
    beats = Beats.joined([read_beats(tables) for tables in chain])
    for tables in chain:
        kind = other_kind(tables)
        if kind is None:
            found += recordings(tables, beats, first_index=len(found))
            if len(found) > _MOST_RECORDINGS:
                raise ActivityFileInvalid("it holds more recordings than one file may have", too_much=True)
        else:
            skipped = skipped or Skipped(kind)
    if found:
        return Recordings(tuple(found))
    damage = next((tables.damage for tables in chain if tables.damage is not None), None)
    if damage is not None:
        raise ActivityFileInvalid(damage.reason, offset=damage.offset)
    if skipped is not None:
        return skipped
    raise ActivityFileInvalid("it is a FIT file without a session, a lap or a sample")


def _rescued(data: bytes) -> Recordings | None:
    """What fitdecode makes of a file, with a warning that it did; None where it makes nothing of it either."""
    try:
        read = from_chain(read_slowly(data))
    except ActivityFileInvalid:
        return None
    if isinstance(read, Skipped):
        return None
    return Recordings(tuple(replace(one, warnings=(_READ_SLOWLY, *one.warnings)) for one in read.items))
