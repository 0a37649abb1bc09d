"""Distances on the globe."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from services.garmin_ingest.domain.streams import Samples

# Mean radius of the IUGG; the error of the sphere, up to 0.5 %, is below that of the receiver over a run.
_EARTH_RADIUS_M = 6_371_008.8


def distance_m(latitude_1: ArrayLike, longitude_1: ArrayLike, latitude_2: ArrayLike, longitude_2: ArrayLike) -> Samples:
    """Great-circle distance in metres between points in degrees (haversine formula); shapes broadcast."""
    phi_1, lambda_1, phi_2, lambda_2 = (
        np.radians(np.asarray(angle, dtype=np.float64)) for angle in (latitude_1, longitude_1, latitude_2, longitude_2)
    )
    half_chord = (
        np.sin((phi_2 - phi_1) / 2) ** 2 + np.cos(phi_1) * np.cos(phi_2) * np.sin((lambda_2 - lambda_1) / 2) ** 2
    )
    return np.asarray(2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half_chord, 0, 1))))
