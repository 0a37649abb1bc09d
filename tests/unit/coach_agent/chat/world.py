"""Runners for the questions of the corpus: known to the day and the metre, with their stores in memory.

"km" has sixty weeks of four runs behind them and gets fitter, "miles" is the same runner in miles, "planned" the same
with a plan, "few" has two runs without heart rate, and "new" has just signed up.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Profile, Units
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.chat.coach import Coach, Knowledge
from services.coach_agent.domain.fitness.catching_up import CatchingUp
from services.coach_agent.domain.fitness.history import Histories
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.domain.models import Activity, ActivityDetail, BestEffort
from services.coach_agent.domain.plans.compiler import Frame, compile_plan
from services.coach_agent.domain.plans.models import Goal, GoalKind, Plan
from services.coach_agent.domain.plans.service import Plans
from services.coach_agent.domain.recent_wellness import RecentWellness
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.domain.runs.metrics import RECORD_DISTANCES_M, RunMetrics, measure_run
from services.coach_agent.domain.weather.service import Weather
from tests.support.clock import FakeClock
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.chat.stores import Desk, Nights, Nothing, Profiles, Recordings, Sky
from tests.unit.coach_agent.plans.runners import an_ability

TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
WEEKS = 60
USER = uuid.UUID(int=42)


@dataclass(frozen=True)
class Shape:
    """A run at one speed and one heart rate; with ``drift``, heart rate rises by so many beats from start to end."""

    minutes: int
    speed: float
    bpm: float | None
    drift: float = 6.0
    sport: str = "running"


@functools.cache
def measured(shape: Shape) -> RunMetrics:
    seconds = 60 * shape.minutes
    heart = None if shape.bpm is None else (lambda t: shape.bpm - shape.drift / 2 + shape.drift * t / seconds)
    samples = runs.streams(seconds, shape.speed, heart, altitude=lambda m: 100 + 4 * np.sin(m / 300))
    distance = float(samples.columns["distance"][-1])
    efforts = [BestEffort("distance", m, m / shape.speed) for m in RECORD_DISTANCES_M if m <= distance]
    if heart is not None and seconds >= 1200:
        efforts.append(BestEffort("heartRate", 1200, float(samples.columns["heartRate"][-1200:].mean())))
    activity = Activity(
        id=uuid.UUID(int=0), version=1, sport=shape.sport, sub_sport=None,
        start_time=NOW, local_date=TODAY, name=None, distance_m=distance, elapsed_s=float(seconds),
        timer_s=float(seconds), moving_s=float(seconds), ascent_m=40.0,
        average_heart_rate_bpm=None if shape.bpm is None else shape.bpm,
        max_heart_rate_bpm=None if shape.bpm is None else shape.bpm + shape.drift / 2,
        average_cadence_spm=172.0, average_power_w=None,
    )  # fmt: skip
    return measure_run(ActivityDetail(activity, 38.0, 14.0, (), (), tuple(efforts)), samples)


def placed(shape: Shape, day: dt.date, name: str = "Run") -> RunMetrics:
    template = measured(shape)
    start = dt.datetime.combine(day, dt.time(7), dt.UTC)
    activity_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{day} {shape}")
    activity = dataclasses.replace(template.activity, id=activity_id, start_time=start, local_date=day, name=name)
    return dataclasses.replace(template, activity=activity)


def regular() -> list[RunMetrics]:
    """Tuesday and Saturday easy, Thursday tempo, Sunday long; each five weeks a little faster at a lower heart rate."""
    monday = TODAY - dt.timedelta(TODAY.weekday())
    done = []
    for ago in range(WEEKS, -1, -1):
        stage = (WEEKS - ago) // 5
        speed, bpm = 2.7 + 0.02 * stage, 146.0 - 0.8 * stage
        week = monday - dt.timedelta(7 * ago)
        shapes = (
            (1, Shape(45, speed, bpm)),
            (3, Shape(40, speed + 0.75, 171.0 - 0.3 * stage, 4.0)),
            (5, Shape(50, speed, bpm)),
            (6, Shape(80 + 5 * (ago % 3), speed - 0.05, bpm + 2, 9.0)),
        )
        done += [placed(shape, day) for offset, shape in shapes if (day := week + dt.timedelta(offset)) < TODAY]
    races = [
        placed(Shape(22, 3.85, 176.0, 4.0), dt.date(2026, 9, 13), "Town race"),
        placed(Shape(102, 3.46, 170.0, 6.0), dt.date(2026, 10, 11), "Half marathon race"),
        placed(Shape(90, 7.0, 128.0, 2.0, "cycling"), dt.date(2026, 11, 11)),
    ]
    taken = {metrics.local_date for metrics in races}
    return [*(metrics for metrics in done if metrics.local_date not in taken), *races]


def few() -> list[RunMetrics]:
    return [placed(Shape(35, 2.6, None), TODAY - dt.timedelta(days)) for days in (4, 2)]


@dataclass(frozen=True)
class World:
    coach: Coach
    runner: Runner
    recordings: Recordings
    desk: Desk
    fitness: Fitness
    plan: Plan | None = None

    def begin(self) -> None:
        """Forget what earlier conversations changed."""
        self.desk.plan, self.desk.stamp, self.desk.notes[:] = self.plan, None, []

    @classmethod
    def of(cls, metrics: list[RunMetrics], profile: Profile, *, plan: Plan | None = None, nights: bool = True) -> World:
        recordings, wellness, desk = Recordings(list(metrics)), RecentWellness(), Desk(plan)
        library, histories = RunLibrary(recordings), Histories(recordings)
        athletes = Athletes(Profiles(profile), histories, wellness)
        fitness = Fitness(athletes, wellness, CatchingUp(recordings, library), histories, Nothing())
        weather = Weather(Sky(), FakeClock(NOW))
        clock = FakeClock(NOW)
        plans = Plans(desk, fitness, athletes, desk, clock)
        memories = Memories(fitness, desk, athletes, desk)
        coach = Coach(Knowledge(athletes, library, fitness, weather, plans, Notes(desk, clock), memories))
        return cls(coach, Runner(USER, recordings, Nights(any=nights), TODAY, "UTC"), recordings, desk, fitness, plan)


def half_marathon_plan() -> Plan:
    """A plan that began three weeks ago, made by the compiler."""
    made = TODAY - dt.timedelta(21)
    goal = Goal(GoalKind.RACE, 4, 6, race_day=dt.date(2027, 3, 14), distance_m=21_097.5)
    frame = Frame(uuid.UUID(int=7), dt.datetime.combine(made, dt.time(6), dt.UTC), made, "UTC")
    return compile_plan(goal, an_ability(), frame)


KM = Profile(birth_year=1988, max_heart_rate_bpm=190, resting_heart_rate_bpm=48)


def build() -> dict[str, World]:
    metrics = regular()
    return {
        "km": World.of(metrics, KM),
        "miles": World.of(metrics, dataclasses.replace(KM, units=Units.MILES)),
        "planned": World.of(metrics, KM, plan=half_marathon_plan()),
        "noting": World.of(metrics, KM),
        "few": World.of(few(), Profile(), nights=False),
        "new": World.of([], Profile(), nights=False),
    }
