"""From FIT messages to recordings: one per session, or one made of laps and records where no session was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.devices import Origin, origin, whole
from services.garmin_ingest.domain.fit.heart_rate import Beats
from services.garmin_ingest.domain.fit.records import of_session, read_records
from services.garmin_ingest.domain.fit.summaries import Summary, read_summaries
from services.garmin_ingest.domain.fit.tables import Tables
from services.garmin_ingest.domain.models import (
    MOST_PAUSES,
    Lap,
    Pause,
    Recording,
    RecordingWarning,
)
from services.garmin_ingest.domain.streams import Samples, Streams

# Time zones are whole quarters of an hour, and none is further from UTC than 14 hours.
_QUARTER_S = 900
_LARGEST_OFFSET_S = 14 * 3600
# A triathlon has five; a relay of a whole day stays below.
_MOST_SESSIONS = 100


def other_kind(tables: Tables) -> str | None:
    """What the file is, where it is no activity; a file that does not say is taken for one."""
    file_id = tables[profile.FILE_ID]
    numbers = file_id.numbers(0)
    if not len(numbers) or np.isnan(numbers[0]):
        return None
    number = int(numbers[0])
    if number == profile.ACTIVITY_FILE:
        return None
    if number == profile.ACTIVITY_SUMMARY_FILE and len(tables[profile.SESSION]):
        return None
    return profile.FILE_KINDS.get(number, "other")


def recordings(tables: Tables, beats: Beats, *, first_index: int) -> list[Recording]:
    """The sessions of one file, in the order of their start; ``beats`` are those of the whole chain.

    Raises ActivityFileInvalid for more of anything than a recording has.
    """
    if len(tables[profile.SESSION]) > _MOST_SESSIONS:
        raise ActivityFileInvalid("it holds more sessions than any recording", too_much=True)
    sessions = read_summaries(tables[profile.SESSION], profile.SESSION_FIELDS)
    laps = read_summaries(tables[profile.LAP], profile.LAP_FIELDS)
    times = tables[profile.RECORD].times()
    if not sessions:
        whole = _without_session(times, laps, _declared_sport(tables))
        sessions = [whole] if whole is not None else []
    # A time that counts from power-on is a date of its own kind; it is repaired with the other impossible dates.
    sessions.sort(key=lambda session: session.start_s)
    signals, told, warnings = read_records(tables, beats), _Told.by(tables), _file_warnings(tables)
    made: list[Recording] = []
    for index, session in enumerate(sessions):
        begin, end = _stretch(sessions, index)
        rows = (times >= begin) & (times < end)
        own_laps = [lap for lap in laps if begin <= lap.start_s < end]
        own_signals = of_session(signals, rows, on_foot=sports.on_foot(session.sport))
        recording = _recording(told, session, own_laps, samples=(times[rows], own_signals))
        made.append(replace(recording, session_index=first_index + index, warnings=warnings))
    return made


def _stretch(sessions: Sequence[Summary], index: int) -> tuple[float, float]:
    """From when to when samples belong to a session; the first reaches back and the last reaches on without end."""
    begin = -np.inf if index == 0 else sessions[index].start_s
    end = np.inf if index + 1 == len(sessions) else sessions[index + 1].start_s
    return begin, end


@dataclass(frozen=True, slots=True)
class _Told:
    """What a file tells once for all of its sessions; times in FIT seconds.

    ``local_ahead_s`` is local time minus UTC as the activity message tells it, whether or not a place has that.
    """

    origin: Origin
    local_ahead_s: float | None
    stops: Samples

    @classmethod
    def by(cls, tables: Tables) -> _Told:
        return cls(origin(tables), _local_ahead_s(tables), _timer_stops(tables))

    def pauses(self, start_s: float, elapsed_s: float | None) -> tuple[Pause, ...]:
        end_s = start_s + (np.inf if elapsed_s is None else elapsed_s)
        begins, ends = self.stops.T
        inside = self.stops[(start_s <= begins) & (begins < ends) & (ends <= end_s)][:MOST_PAUSES] - start_s
        return tuple(Pause(begin, end) for begin, end in inside.tolist())

    def utc_offset_s(self) -> int | None:
        """None where that is no offset a place can have."""
        ahead = self.local_ahead_s
        if ahead is None or abs(ahead) > _LARGEST_OFFSET_S + _QUARTER_S / 2:
            return None
        return int(round(ahead / _QUARTER_S) * _QUARTER_S)


def _recording(
    told: _Told, session: Summary, laps: Iterable[Summary], *, samples: tuple[Samples, dict[str, Samples]]
) -> Recording:
    times, signals = samples
    start_s = _start(session, times)
    return Recording(
        file_format="fit",
        session_index=0,
        sport=session.sport,
        sub_sport=session.sub_sport,
        start_unix_s=start_s + profile.EPOCH_UNIX_S,
        streams=Streams(times - start_s, signals),
        reported=session.totals,
        laps=tuple(Lap(number, lap.start_s - start_s, lap.totals) for number, lap in enumerate(laps)),
        pauses=told.pauses(start_s, session.totals.elapsed_s),
        utc_offset_s=told.utc_offset_s(),
        created_at_unix_s=told.origin.created_at_unix_s,
        local_clock_unix_s=None if told.local_ahead_s is None else start_s + told.local_ahead_s + profile.EPOCH_UNIX_S,
        device=told.origin.name,
        device_serial=told.origin.serial,
        name=session.name,
    )


def _start(session: Summary, times: Samples) -> float:
    """The session's own start, or the first sample where that is a little earlier."""
    if len(times) and session.start_s - 60 <= times[0] < session.start_s:
        return float(times[0])
    return session.start_s


def _without_session(times: Samples, laps: list[Summary], sport: tuple[str, str | None]) -> Summary | None:
    known = times[~np.isnan(times)]
    if laps:
        start_s = min(*(lap.start_s for lap in laps), float(known[0]) if len(known) else np.inf)
        name = laps[0].sport if sport[0] == sports.OTHER else sport[0]
        return Summary(start_s, name, sport[1] or laps[0].sub_sport)
    if len(known):
        return Summary(float(known[0]), *sport)
    return None


def _declared_sport(tables: Tables) -> tuple[str, str | None]:
    table = tables[profile.SPORT]
    if not len(table):
        return sports.OTHER, None
    sport, sub_sport = table.numbers(0)[-1], table.numbers(1)[-1]
    return sports.from_fit(whole(sport), whole(sub_sport))


def _timer_stops(tables: Tables) -> Samples:
    """From each stop of the timer to the next start, shape (stops, 2); a stop that nothing follows is the end."""
    table = tables[profile.EVENT]
    times, kinds = table.times(), table.numbers(1)
    stops = np.isin(kinds, list(profile.TIMER_STOPS))
    told = (table.numbers(0) == profile.TIMER_EVENT) & ~np.isnan(times) & (stops | (kinds == profile.TIMER_START))
    times, stops = times[told], stops[told]
    # Of several stops or starts in a row the first counts.
    turns = np.flatnonzero(np.diff(stops, prepend=False))
    begins, ends = times[turns[::2]], times[turns[1::2]]
    return np.column_stack([begins[: len(ends)], ends])


def _local_ahead_s(tables: Tables) -> float | None:
    table = tables[profile.ACTIVITY]
    if not len(table):
        return None
    ahead = float(table.numbers(5)[-1] - table.times()[-1])
    return None if np.isnan(ahead) else ahead


def _file_warnings(tables: Tables) -> tuple[RecordingWarning, ...]:
    if tables.damage is not None:
        text = (
            f"The file is damaged at byte {tables.damage.offset}: {tables.damage.reason}. What came before it was kept."
        )
        return (RecordingWarning("FILE_DAMAGED", text),)
    if not tables.checksum_matches:
        text = "The checksum of the file does not match, though all of it could be read."
        return (RecordingWarning("CHECKSUM_MISMATCH", text),)
    return ()
