"""An activity in the shape in which it is kept: what is searched for as it is, details and streams packed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import orjson

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.identity import Outline, Richness, outline, richness
from services.garmin_ingest.domain.models import Activity, FileFormat, Totals
from services.garmin_ingest.domain.stored import ActivityDetails
from services.garmin_ingest.domain.stream_blocks import to_block


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedActivity:
    """``details`` is the JSON of ActivityDetails, ``block`` the streams as one column block; ``warnings`` are codes."""

    session_index: int
    file_format: FileFormat
    sport: str
    sub_sport: str | None
    start_time: dt.datetime
    utc_offset_s: int
    totals: Totals
    name: str | None
    device: str | None
    device_serial: str | None
    warnings: tuple[str, ...]
    outline: Outline
    richness: Richness
    details: str = field(repr=False)
    block: bytes = field(repr=False)

    @property
    def local_date(self) -> dt.date:
        """The local day on which the activity began, to which all of it belongs."""
        return (self.start_time + dt.timedelta(seconds=self.utc_offset_s)).date()

    def as_garmin_calls_it(self, *, name: str | None, sport: str | None, sub_sport: str | None) -> PackedActivity:
        """With the name and the type it has at Garmin today, where Garmin says any.

        A type that says less than the file (running, for a trail run) takes nothing away.
        """
        if sport is None or sport == sports.OTHER:
            sport, sub_sport = self.sport, self.sub_sport
        elif sport == self.sport:
            sub_sport = sub_sport or self.sub_sport
        outlined = replace(self.outline, sport=sport)
        return replace(self, name=name or self.name, sport=sport, sub_sport=sub_sport, outline=outlined)


def pack(activity: Activity) -> PackedActivity:
    return PackedActivity(
        session_index=activity.session_index,
        file_format=activity.file_format,
        sport=activity.sport,
        sub_sport=activity.sub_sport,
        start_time=activity.start_time,
        utc_offset_s=activity.utc_offset_s,
        totals=activity.totals,
        name=activity.name,
        device=activity.device,
        device_serial=activity.device_serial,
        warnings=tuple(dict.fromkeys(warning.code for warning in activity.warnings)),
        outline=outline(activity),
        richness=richness(activity),
        details=orjson.dumps(ActivityDetails.of(activity)).decode(),
        block=to_block(activity.streams),
    )
