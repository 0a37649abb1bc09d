"""The part of THE table that is about fitness."""

from __future__ import annotations

from services.coach_agent.handlers import fitness_bodies
from services.coach_agent.handlers.fitness import FitnessHandlers
from shared.http.routing import Access, Route


def fitness_routes(fitness: FitnessHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path="/api/v1/fitness", handler=fitness.show_fitness, access=Access.USER, tag="Coach",
            query=fitness_bodies.FitnessQuery, returns=fitness_bodies.FitnessAnswer,
        ),
    ]  # fmt: skip
