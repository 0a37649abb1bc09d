"""Who asks, and what day it is for them."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.ports import ActivitySource
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.wellness import WellnessSource
from shared.clock import Clock
from shared.http.context import signed_in_caller, signed_in_user
from shared.zones import zone


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes the runner of the current request; ``activities`` and ``wellness`` are read on their behalf."""

    activities: ActivitySource
    wellness: WellnessSource
    clock: Clock

    def runner(self) -> Runner:
        local = zone(signed_in_caller().zone)
        today = self.clock.now().astimezone(local).date()
        return Runner(signed_in_user(), self.activities, self.wellness, today, str(local))
