"""From FIT messages to recordings: one per session, or one made of laps and records where no session was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.records import of_session, read_records
from services.garmin_ingest.domain.fit.summaries import Summary, read_summaries
from services.garmin_ingest.domain.fit.table import Table
from services.garmin_ingest.domain.fit.wire import FitPart, read_parts
from services.garmin_ingest.domain.models import (
    MOST_PAUSES,
    Lap,
    Pause,
    Recording,
    Recordings,
    RecordingWarning,
    Skipped,
)
from services.garmin_ingest.domain.streams import Samples, Streams

# Time zones are whole quarters of an hour, and none is further from UTC than 14 hours.
_QUARTER_S = 900
_LARGEST_OFFSET_S = 14 * 3600
# A triathlon has five; a relay of a whole day stays below.
_MOST_SESSIONS = 100


def read_fit(data: bytes) -> Recordings | Skipped:
    """The sessions of a FIT file and of the files chained to it.

    A damaged file gives what came before the damage, with a warning. Raises ActivityFileInvalid where that is nothing.
    """
    found: list[Recording] = []
    skipped: Skipped | None = None
    damage = None
    for part in read_parts(data):
        damage = damage or part.damage
        kind = _other_kind(part)
        if kind is None:
            found += _recordings(part, first_index=len(found))
        else:
            skipped = skipped or Skipped(kind)
    if found:
        return Recordings(tuple(found))
    if damage is not None:
        raise ActivityFileInvalid(damage.reason, offset=damage.offset)
    if skipped is not None:
        return skipped
    raise ActivityFileInvalid("it is a FIT file without a session, a lap or a sample")


def _other_kind(part: FitPart) -> str | None:
    """What the file is, where it is no activity; a file that does not say is taken for one."""
    file_id = Table(part, profile.FILE_ID)
    numbers = file_id.numbers(0)
    if not len(numbers) or np.isnan(numbers[0]):
        return None
    number = int(numbers[0])
    if number == profile.ACTIVITY_FILE:
        return None
    if number == profile.ACTIVITY_SUMMARY_FILE and len(Table(part, profile.SESSION)):
        return None
    return profile.FILE_KINDS.get(number, "other")


def _recordings(part: FitPart, *, first_index: int) -> list[Recording]:
    sessions = read_summaries(Table(part, profile.SESSION), profile.SESSION_FIELDS)
    laps = read_summaries(Table(part, profile.LAP), profile.LAP_FIELDS)
    table = Table(part, profile.RECORD)
    times = table.times()
    sport, sub_sport = _declared_sport(part)
    if len(sessions) > _MOST_SESSIONS:
        raise ActivityFileInvalid("it holds more sessions than any recording")
    if not sessions:
        whole = _without_session(times, laps, (sport, sub_sport))
        sessions = [whole] if whole is not None else []
    # A time that counts from power-on is a date of its own kind; it is repaired with the other impossible dates.
    starts = np.array([session.start_s for session in sessions])
    order = np.argsort(starts, kind="stable")
    signals, warnings = read_records(part, table), _file_warnings(part)
    made: list[Recording] = []
    for index, at in enumerate(order):
        begin, end = _stretch(starts[order], index)
        rows = np.flatnonzero((times >= begin) & (times < end))
        own_laps = [lap for lap in laps if begin <= lap.start_s < end]
        own_signals = of_session(signals, rows, on_foot=sports.on_foot(sessions[at].sport))
        recording = _recording(part, sessions[at], own_laps, samples=(times[rows], own_signals))
        made.append(replace(recording, session_index=first_index + index, warnings=warnings))
    return made


def _stretch(starts: Samples, index: int) -> tuple[float, float]:
    """From when to when samples belong to a session; the first reaches back and the last reaches on without end."""
    begin = -np.inf if index == 0 else float(starts[index])
    end = np.inf if index + 1 == len(starts) else float(starts[index + 1])
    return begin, end


def _recording(
    part: FitPart, session: Summary, laps: Iterable[Summary], *, samples: tuple[Samples, dict[str, Samples]]
) -> Recording:
    times, signals = samples
    start_s = _start(session, times)
    device, serial, created_s = _origin(part)
    return Recording(
        file_format="fit",
        session_index=0,
        sport=session.sport,
        sub_sport=session.sub_sport,
        start_unix_s=start_s + profile.EPOCH_UNIX_S,
        streams=Streams(times - start_s, signals),
        reported=session.totals,
        laps=tuple(Lap(number, lap.start_s - start_s, lap.totals) for number, lap in enumerate(laps)),
        pauses=_pauses(part, start_s, session.totals.elapsed_s),
        utc_offset_s=_utc_offset_s(part),
        created_at_unix_s=created_s,
        local_clock_unix_s=_local_clock_unix_s(part, start_s),
        device=device,
        device_serial=serial,
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


def _declared_sport(part: FitPart) -> tuple[str, str | None]:
    table = Table(part, profile.SPORT)
    if not len(table):
        return sports.OTHER, None
    sport, sub_sport = table.numbers(0)[-1], table.numbers(1)[-1]
    return sports.from_fit(
        None if np.isnan(sport) else int(sport),
        None if np.isnan(sub_sport) else int(sub_sport),
    )


def _pauses(part: FitPart, start_s: float, elapsed_s: float | None) -> tuple[Pause, ...]:
    """From each stop of the timer to the next start; a stop that nothing follows is the end."""
    table = Table(part, profile.EVENT)
    timer = table.numbers(0) == profile.TIMER_EVENT
    times, kinds = table.times()[timer] - start_s, table.numbers(1)[timer]
    end_s = np.inf if elapsed_s is None else elapsed_s
    pauses: list[Pause] = []
    stopped: float | None = None
    for time, kind in zip(times.tolist(), kinds.tolist(), strict=True):
        if np.isnan(time) or np.isnan(kind):
            continue
        if kind in profile.TIMER_STOPS and stopped is None:
            stopped = time
        elif kind == profile.TIMER_START and stopped is not None:
            if 0 <= stopped < time <= end_s and len(pauses) < MOST_PAUSES:
                pauses.append(Pause(stopped, time))
            stopped = None
    return tuple(pauses)


def _utc_offset_s(part: FitPart) -> int | None:
    """Local time minus UTC as the activity message tells them, None where that is no offset a place can have."""
    table = Table(part, profile.ACTIVITY)
    if not len(table):
        return None
    offset = table.numbers(5)[-1] - table.times()[-1]
    if np.isnan(offset) or abs(offset) > _LARGEST_OFFSET_S + _QUARTER_S / 2:
        return None
    return int(round(offset / _QUARTER_S) * _QUARTER_S)


def _local_clock_unix_s(part: FitPart, start_s: float) -> float | None:
    """What the clock on the wall showed at ``start_s``, from the activity message's local time."""
    table = Table(part, profile.ACTIVITY)
    if not len(table):
        return None
    clock = table.numbers(5)[-1] - (table.times()[-1] - start_s)
    return None if np.isnan(clock) else float(clock + profile.EPOCH_UNIX_S)


def _origin(part: FitPart) -> tuple[str | None, str | None, float | None]:
    """Device name, serial number and creation time in seconds since 1970, from the file_id message."""
    table = Table(part, profile.FILE_ID)
    if not len(table):
        return None, None, None
    maker, product, serial, created = (_whole(table.numbers(key)[0]) for key in (1, 2, 3, 4))
    name = table.texts(8)[0] or _product_name(part)
    created_unix_s = None if created is None else float(created + profile.EPOCH_UNIX_S)
    return profile.device_name(maker, product, name), None if serial is None else str(serial), created_unix_s


def _product_name(part: FitPart) -> str | None:
    table = Table(part, profile.DEVICE_INFO)
    creators = np.flatnonzero(table.numbers(0) == 0)
    return next((name for name in (table.texts(27)[row] for row in creators[:3]) if name), None)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _file_warnings(part: FitPart) -> tuple[RecordingWarning, ...]:
    if part.damage is not None:
        text = f"The file is damaged at byte {part.damage.offset}: {part.damage.reason}. What came before it was kept."
        return (RecordingWarning("FILE_DAMAGED", text),)
    if not part.checksum_matches:
        text = "The checksum of the file does not match, though all of it could be read."
        return (RecordingWarning("CHECKSUM_MISMATCH", text),)
    return ()
