"""Fitness and what it rests on, wired for the service and its worker alike."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.charts.library import ChartLibrary
from services.coach_agent.domain.fitness.catching_up import CatchingUp
from services.coach_agent.domain.fitness.history import Histories
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.recent_wellness import RecentWellness
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.fitness import FitnessHandlers
from services.coach_agent.handlers.fitness_routes import fitness_routes
from services.coach_agent.storage.athletes import PostgresAthleteStore
from services.coach_agent.storage.fitness_states import PostgresFitnessStore
from services.coach_agent.storage.history import PostgresHistoryStore
from services.coach_agent.storage.run_metrics import PostgresRunMetricsStore
from shared.http.routing import Route
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class FitnessParts:
    athletes: Athletes
    library: RunLibrary
    fitness: Fitness


def make_fitness(database: Database, cipher: FieldCipher) -> FitnessParts:
    measured, wellness = PostgresHistoryStore(database), RecentWellness()
    histories, library = Histories(measured), RunLibrary(PostgresRunMetricsStore(database))
    athletes = Athletes(PostgresAthleteStore(database, cipher), histories, wellness)
    fitness = Fitness(
        athletes=athletes,
        wellness=wellness,
        catching_up=CatchingUp(measured, library),
        histories=histories,
        kept=PostgresFitnessStore(database),
    )
    return FitnessParts(athletes, library, fitness)


def fitness_table(asking: Asking, fitness: Fitness, charts: ChartLibrary) -> list[Route]:
    return fitness_routes(FitnessHandlers(asking, fitness, charts))
