"""The formula behind each figure of a run, with its source, as it is told to whoever asks why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Formula:
    """``text`` in words and symbols; ``source`` is where it was published, None for a plain definition."""

    text: str
    source: str | None = None


_MINETTI = "Minetti et al. 2002, J Appl Physiol 93:1039"
_ZONES = Formula(
    "timer seconds with heart rate in the zone; zones from threshold heart rate where you gave one, else from "
    "heart-rate reserve, else from maximal heart rate",
    "Friel, The Triathlete's Training Bible; Karvonen 1957, Ann Med Exp Biol Fenn 35:307",
)

# Keyed like the figures of a kept reading.
FORMULAS = {
    "movingS": Formula("samples at 0.5 m/s or more while the timer ran"),
    "paceSPerKm": Formula("moving time over distance"),
    "gradeAdjustedPaceSPerKm": Formula(
        "pace at speed · C(i)/C(0), C(i) = 155.4 i⁵ - 30.4 i⁴ - 43.3 i³ + 46.3 i² + 19.5 i + 3.6 J/kg/m on gradient i",
        _MINETTI,
    ),
    "load": Formula(
        "100 · TRIMP over the TRIMP of an hour at threshold heart rate; without heart rate (grade-adjusted speed over "
        "threshold speed)² · hours · 100"
    ),
    "trimp": Formula(
        "Σ minutes · r · 0.64 e^(1.92 r) for men, 0.86 e^(1.67 r) for women, their mean where no sex is on file; r is "
        "the fraction of heart-rate reserve",
        "Banister 1991, in: Physiological Testing of the High-Performance Athlete",
    ),
    "decouplingPct": Formula(
        "grade-adjusted speed over heart rate, first half against second half of the moving time after ten minutes"
    ),
    "efficiencyFactor": Formula("grade-adjusted metres per minute over mean heart rate"),
    **{f"timeInZone{zone}S": _ZONES for zone in range(1, 6)},
}
