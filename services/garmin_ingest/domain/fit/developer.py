"""Developer fields: what the apps and sensors that wrote them say they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.tables import Tables
from services.garmin_ingest.domain.fit.wire import FieldKey

# Field numbers are bytes; a file that describes more fields than there are numbers describes some of them twice.
_MOST_FIELDS = 256


@dataclass(frozen=True, slots=True)
class DeveloperField:
    """``base_type`` is the code of its FIT base type: the definitions of the messages that use it do not tell."""

    name: str
    units: str | None
    key: FieldKey
    base_type: int


def developer_fields(tables: Tables) -> list[DeveloperField]:
    """Every field that the file describes, in its order; where one is described twice, the later word counts."""
    table = tables[profile.FIELD_DESCRIPTION]
    developers, numbers, base_types = (table.numbers(key).tolist() for key in (0, 1, 2))
    names, units = table.texts(3), table.texts(8)
    found: dict[FieldKey, DeveloperField] = {}
    for row in range(min(len(table), _MOST_FIELDS)):
        name, told = names[row], (developers[row], numbers[row], base_types[row])
        if name is None or any(np.isnan(value) for value in told):
            continue
        developer, number, base_type = (int(value) for value in told)
        found[developer, number] = DeveloperField(name, units[row], (developer, number), base_type)
    return list(found.values())
