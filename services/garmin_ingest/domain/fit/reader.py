"""From the bytes of a FIT file, and of the files chained to it, to recordings."""

from __future__ import annotations

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.heart_rate import Beats, read_beats
from services.garmin_ingest.domain.fit.recording import other_kind, recordings
from services.garmin_ingest.domain.fit.table import Tables
from services.garmin_ingest.domain.fit.wire import read_parts
from services.garmin_ingest.domain.models import Recording, Recordings, Skipped


def read_fit(data: bytes) -> Recordings | Skipped:
    """The sessions of a FIT file and of the files chained to it.

    A damaged file gives what came before the damage, with a warning. Raises ActivityFileInvalid where that is nothing.
    """
    return _from_chain([Tables(part) for part in read_parts(data)])


def _from_chain(chain: list[Tables]) -> Recordings | Skipped:
    found: list[Recording] = []
    skipped: Skipped | None = None
    # A strap hands in the beats that it kept under water as files of their own behind the watch's.
    beats = Beats.joined([read_beats(tables) for tables in chain])
    for tables in chain:
        kind = other_kind(tables)
        if kind is None:
            found += recordings(tables, beats, first_index=len(found))
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
