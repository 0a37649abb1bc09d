"""When the timer ran: elapsed time less the pauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from services.garmin_ingest.domain.models import Pause
from services.garmin_ingest.domain.streams import Samples


@dataclass(frozen=True, slots=True)
class Timer:
    """Pauses in order that do not touch each other."""

    pauses: tuple[Pause, ...] = ()

    @classmethod
    def with_pauses(cls, pauses: Iterable[Pause]) -> Timer:
        """The union of pauses that may overlap."""
        merged: list[Pause] = []
        for pause in sorted(pauses, key=lambda one: one.start_s):
            if merged and pause.start_s <= merged[-1].end_s:
                merged[-1] = Pause(merged[-1].start_s, max(merged[-1].end_s, pause.end_s))
            else:
                merged.append(pause)
        return cls(tuple(merged))

    def running_s(self, time_s: ArrayLike) -> Samples:
        """Seconds the timer had run at each of those times since the start."""
        times = np.asarray(time_s, dtype=np.float64)
        if not self.pauses:
            return times
        edges = np.array([edge for pause in self.pauses for edge in (pause.start_s, pause.end_s)])
        lengths = np.array([pause.end_s - pause.start_s for pause in self.pauses])
        ends = np.cumsum(lengths)
        paused_at_edges = np.column_stack([ends - lengths, ends]).ravel()
        return np.asarray(times - np.interp(times, edges, paused_at_edges, left=0.0, right=float(ends[-1])))

    def weights(self, time_s: Samples) -> Samples:
        """Running seconds that each sample stands for: those since the sample before it; 0 for the first."""
        running = self.running_s(time_s)
        return np.asarray(np.diff(running, prepend=running[:1]))
