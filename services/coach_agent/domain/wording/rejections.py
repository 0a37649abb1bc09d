"""Why a sentence of a language model is not shown."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class RejectionKind(enum.StrEnum):
    """What was wrong; failures are counted by these."""

    NUMBER = "number"
    SLOT = "slot"
    UNIT = "unit"
    METRIC = "metric"
    SUBJECT = "subject"
    COMPARISON = "comparison"
    NEGATION = "negation"
    PRAISE = "praise"
    ACTIVITY = "activity"
    MEDICAL = "medical"
    MARKUP = "markup"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Rejection:
    """``reason`` is a sentence for the model, which may repair its text by it."""

    kind: RejectionKind
    reason: str
