"""The coach, wired."""

from __future__ import annotations

from services.coach_agent.domain.chat.coach import Coach, Knowledge
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.domain.plans.service import Plans
from services.coach_agent.domain.weather.service import Weather
from services.coach_agent.fitness_parts import FitnessParts


def make_coach(parts: FitnessParts, weather: Weather, notes: Notes, plans: Plans, memories: Memories) -> Coach:
    return Coach(Knowledge(parts.athletes, parts.library, parts.fitness, weather, plans, notes, memories))
