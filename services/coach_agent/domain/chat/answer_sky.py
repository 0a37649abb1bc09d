"""The weather of a run, with the runner's easy pace where it is known."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry
from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.weather.answer import WeatherQuestion, answer_weather
from services.coach_agent.domain.weather.service import Weather
from shared.errors import ServiceError


@dataclass(frozen=True, slots=True)
class SkyAnswers:
    forecasts: Weather
    fitness: Fitness

    async def weather(self, inquiry: Inquiry) -> Answer:
        """Works without any data of the runner's."""
        intent = inquiry.intent
        question = WeatherQuestion(intent.place, intent.day, intent.hour, inquiry.today)
        pace = None if intent.place is None else await self._easy_pace(inquiry)
        return await answer_weather(self.forecasts, question, units=inquiry.athlete.profile.units, easy_pace=pace)

    async def _easy_pace(self, inquiry: Inquiry) -> PaceRange | None:
        """None where it is not known, or cannot be looked up: the weather is told all the same."""
        try:
            state = await self.fitness.state(inquiry.runner)
        except ServiceError:
            return None
        return None if state.now.paces is None else state.now.paces.easy
