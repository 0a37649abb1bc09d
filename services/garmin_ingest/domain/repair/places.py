"""How a warning says where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.streams import Samples


def clock(seconds: float) -> str:
    """Seconds since the start as a runner reads them on the watch: 4:07 or 1:02:03."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def where(time_s: Samples, touched: NDArray[np.bool_]) -> str:
    """``at 4:07`` or ``between 4:07 and 1:02:03``; ``touched`` marks at least one sample."""
    times = time_s[touched]
    first, last = clock(float(times[0])), clock(float(times[-1]))
    return f"at {first}" if first == last else f"between {first} and {last}"
