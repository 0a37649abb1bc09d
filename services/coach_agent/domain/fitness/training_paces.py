"""Training paces from the race-equivalence index."""

from __future__ import annotations

from services.coach_agent.domain.fitness.models import PaceRange, TrainingPaces
from services.coach_agent.domain.fitness.race_equivalence import pace_at_vo2_fraction

# Shares of the index's VO2, the slower end first (DOMAIN "Training paces"; Daniels, Running Formula).
EASY = (0.59, 0.74)
MARATHON = (0.75, 0.84)
THRESHOLD = (0.83, 0.88)
INTERVAL = (0.95, 1.00)
REPETITION = (1.05, 1.10)


def training_paces(index: float) -> TrainingPaces:
    """Paces on the flat, in still and cool air, for an index > 0."""
    return TrainingPaces(
        easy=_range(index, EASY),
        marathon=_range(index, MARATHON),
        threshold=_range(index, THRESHOLD),
        interval=_range(index, INTERVAL),
        repetition=_range(index, REPETITION),
    )


def _range(index: float, shares: tuple[float, float]) -> PaceRange:
    slow, fast = shares
    return PaceRange(pace_at_vo2_fraction(index, fast), pace_at_vo2_fraction(index, slow))
