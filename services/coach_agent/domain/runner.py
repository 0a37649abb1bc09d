"""Who asks."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.ports import ActivitySource
from services.coach_agent.domain.wellness import WellnessSource


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner with their activities and wellness days, what day it is for them, and their IANA time zone."""

    user_id: uuid.UUID
    source: ActivitySource
    wellness: WellnessSource
    today: dt.date
    zone: str
