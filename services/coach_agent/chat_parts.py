"""The coach, wired."""

from __future__ import annotations

import uuid

from services.coach_agent.domain.chat.coach import Coach, Knowledge
from services.coach_agent.domain.insights.ports import NoteReader
from services.coach_agent.domain.plans.models import Plan
from services.coach_agent.domain.weather.service import Weather
from services.coach_agent.fitness_parts import FitnessParts


class NoPlans:
    """Nobody has a plan while none can be made."""

    async def active(self, _: uuid.UUID) -> Plan | None:
        return None


def make_coach(parts: FitnessParts, weather: Weather, notes: NoteReader) -> Coach:
    return Coach(Knowledge(parts.athletes, parts.library, parts.fitness, weather, NoPlans(), notes))
