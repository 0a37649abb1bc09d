"""The demo runner: who they are, and how fast they are at threshold on each day of the history."""

from __future__ import annotations

import math
from dataclasses import dataclass

from deploy.local.demo.recording import Floats

# How long the effects of the months before last, in weeks.
_GAIN_LASTS_WEEKS = 48.0
_ILLNESS_LASTS_DAYS = 16.0


@dataclass(frozen=True, slots=True)
class Runner:
    """A recreational runner in their late thirties who trains for half marathons."""

    sex: str = "female"
    birth_year: int = 1988
    weight_kg: float = 61.5
    max_heart_rate_bpm: int = 187
    resting_heart_rate_bpm: int = 50
    threshold_heart_rate_bpm: int = 170
    start_speed_m_per_s: float = 3.28
    gain_m_per_s: float = 0.66

    def threshold_speed(self, week: float, days_since_illness: float | None) -> float:
        """Speed in m/s at threshold heart rate on flat ground in mild weather.

        ``week`` counts from the begin of an eighteen-month history. Fitness comes quickly and then slowly; an illness
        costs five percent, most of which is back after a month.
        """
        speed = self.start_speed_m_per_s + self.gain_m_per_s * (1 - math.exp(-max(week, 0.0) / _GAIN_LASTS_WEEKS))
        if days_since_illness is not None and days_since_illness >= 0:
            speed *= 1 - 0.05 * math.exp(-days_since_illness / _ILLNESS_LASTS_DAYS)
        return speed

    def steady_heart_rate(self, effort: Floats) -> Floats:
        """Heart rate in bpm once settled at ``effort``, the share of threshold speed in equal metabolic cost.

        Heart-rate reserve rises with oxygen uptake, and that with speed, nearly along a line (Swain & Leutholtz 1997);
        the line is laid through standing (8 % of reserve) and through threshold (88 %).
        """
        reserve = self.max_heart_rate_bpm - self.resting_heart_rate_bpm
        return self.resting_heart_rate_bpm + reserve * (0.08 + 0.80 * effort)
