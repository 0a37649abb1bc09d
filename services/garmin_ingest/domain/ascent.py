"""Climbing out of an altitude that trembles."""

from __future__ import annotations

import numpy as np

from services.garmin_ingest.domain.streams import Samples

# A rise or fall counts once it exceeds what a barometer, or a smoothed GPS altitude, wavers by on the flat.
_THRESHOLD_M = 2.0
_SMOOTHING_S = 15.0


# Metres climbed and metres descended up to each sample.
Climb = tuple[Samples, Samples]


def climbed(time_s: Samples, altitude_m: Samples) -> Climb:
    """Metres climbed and descended up to each sample, by turning points at least 2 m apart of the altitude smoothed
    over 15 s; needs one known altitude.
    """
    smooth = _smoothed(time_s, altitude_m)
    ups, downs = np.zeros(len(smooth)), np.zeros(len(smooth))
    reference = float(smooth[0])
    for index, height in enumerate(smooth.tolist()):
        change = height - reference
        if -_THRESHOLD_M < change < _THRESHOLD_M:
            continue
        if change > 0:
            ups[index] = change
        else:
            downs[index] = -change
        reference = height
    return np.cumsum(ups), np.cumsum(downs)


def _smoothed(time_s: Samples, altitude_m: Samples) -> Samples:
    """Mean over 15 s around each sample, by the integral of the altitude over time."""
    known = ~np.isnan(altitude_m)
    times, heights = time_s[known], altitude_m[known]
    if len(times) < 2:
        return np.full(len(time_s), heights[0])
    area = np.concatenate([[0.0], np.cumsum(np.diff(times) * (heights[1:] + heights[:-1]) / 2)])
    begin = np.clip(time_s - _SMOOTHING_S / 2, times[0], times[-1])
    end = np.clip(time_s + _SMOOTHING_S / 2, times[0], times[-1])
    width = end - begin
    means = (np.interp(end, times, area) - np.interp(begin, times, area)) / np.where(width > 0, width, 1.0)
    return np.where(width > 0, means, np.interp(time_s, times, heights))
