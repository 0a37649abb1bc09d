"""Who asks, and what day it is for them."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.chat.coach import Runner
from services.coach_agent.domain.ports import ActivitySource
from shared.clock import Clock
from shared.http.context import signed_in_caller, signed_in_user
from shared.zones import zone


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes the runner of the current request; ``activities`` are read on their behalf."""

    activities: ActivitySource
    clock: Clock

    def runner(self) -> Runner:
        today = self.clock.now().astimezone(zone(signed_in_caller().zone)).date()
        return Runner(signed_in_user(), self.activities, today)
