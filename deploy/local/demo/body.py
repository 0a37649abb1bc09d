"""How a body answers to a given effort: heart rate, step rate, power, running dynamics. One value a second."""

from __future__ import annotations

import numpy as np

from deploy.local.demo.noise import wandering
from deploy.local.demo.recording import Floats
from deploy.local.demo.runner import Runner

# Time constants of heart rate in seconds when effort rises and when it falls.
_RISES_IN_S = 28.0
_FALLS_IN_S = 42.0
_MILD_C = 16.0


def energy_cost(grade: Floats) -> Floats:
    """Cost of running at ``grade`` relative to the flat (Minetti et al. 2002, J Appl Physiol 93:1039)."""
    slope = np.clip(grade, -0.45, 0.45)
    return np.asarray(np.polyval([155.4, -30.4, -43.3, 46.3, 19.5, 3.6], slope) / 3.6, dtype=np.float64)


def heart_rate(
    runner: Runner, effort: Floats, *, temperature_c: float, day_offset_bpm: float, rng: np.random.Generator
) -> Floats:
    """Beats per minute for an effort in shares of threshold; standing still is 0.

    Heart rate follows effort with a lag that is shorter upwards, creeps up with time (cardiac drift, more in heat),
    and starts from a body that is awake but not warm.
    """
    heat = max(0.0, temperature_c - _MILD_C)
    minutes = np.arange(len(effort)) / 60
    drift = np.clip(minutes - 8, 0, None) * (0.085 + 0.006 * heat) * np.clip(effort, 0.3, 1.0)
    target = runner.steady_heart_rate(effort) + np.minimum(drift, 14.0) + 0.55 * heat + day_offset_bpm
    beats = _lagged(target, first=runner.resting_heart_rate_bpm + 24.0)
    beats = beats + wandering(rng, len(effort), deviation=1.1, period_s=35) + rng.normal(0, 0.4, len(effort))
    return np.clip(beats, runner.resting_heart_rate_bpm + 5, runner.max_heart_rate_bpm - 0.5)


def _lagged(target: Floats, first: float) -> Floats:
    """First-order answer to ``target``; the time constant depends on the direction, so it is worked out by stepping."""
    rise, fall = 1 - np.exp(-1 / _RISES_IN_S), 1 - np.exp(-1 / _FALLS_IN_S)
    current = first
    answer = []
    for wanted in target.tolist():
        current += (wanted - current) * (rise if wanted > current else fall)
        answer.append(current)
    return np.array(answer)


def cadence(speed: Floats, rng: np.random.Generator) -> Floats:
    """Steps per minute of both feet; 0 where the runner stands."""
    steps = 168.0 + 9.5 * (speed - 3.0) + wandering(rng, len(speed), deviation=1.2, period_s=50)
    return np.where(speed < 0.5, 0.0, steps + rng.normal(0, 0.8, len(speed)))


def power(runner: Runner, speed: Floats, grade: Floats, *, rng: np.random.Generator) -> Floats:
    """Watts: about 1.04 W per kg and m/s on the flat, as wrist and foot meters report it."""
    flat = 1.04 * runner.weight_kg * speed
    return np.clip(flat * energy_cost(grade) * (1 + rng.normal(0, 0.025, len(speed))), 0, None)


def dynamics(speed: Floats, steps_per_minute: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    """Running dynamics; missing where the runner stands."""
    count = len(speed)
    running = np.where(speed > 1.5, 1.0, np.nan)
    moving = np.where(speed > 1.5, speed, np.nan)
    step_length = moving / np.where(steps_per_minute > 0, steps_per_minute, np.nan) * 60_000
    oscillation = 92.0 - 5.0 * (moving - 3.0) + wandering(rng, count, deviation=1.6, period_s=60)
    return {
        "vertical_oscillation_mm": oscillation,
        "ground_contact_ms": 258.0 - 28.0 * (moving - 3.0) + wandering(rng, count, deviation=3.0, period_s=60),
        "ground_contact_balance_pct": (50.3 + wandering(rng, count, deviation=0.3, period_s=90)) * running,
        "vertical_ratio_pct": oscillation / step_length * 100,
        "step_length_mm": step_length,
    }
