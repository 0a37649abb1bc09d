from __future__ import annotations

import pytest

from shared.zones import known_zones, zone


@pytest.fixture(scope="package", autouse=True)
def zones() -> None:
    """In memory before the loop runs, as a process has them from its start."""
    for name in known_zones():
        zone(name)
