"""Advice claims nothing about what was: words such as "slower" and "no" are let by in it."""

from __future__ import annotations

import re

_ADVICE = re.compile(
    r"^(?:[-\s]*(?:next cue|performance lever|next time|tomorrow|today|next run|for (?:the )?next \w+"
    r"|if [^,]+)[:,]?\s*)?"
    r"(?:then |so |and |please |just |simply )?(?:start|keep|try|aim|run|hold|begin|let|take|go|stay|ease|slow|warm"
    r"|give|make|use|walk|leave|save|plan|pick|choose|do|avoid|build|repeat|add|finish|set|stop|rest|eat|drink"
    r"|you (?:should|could|can|may|might|will want)|it (?:helps|pays)|slower|shorter)\b",
    re.IGNORECASE,
)
# "Start to end you were slow" begins like advice and is none.
_TOLD = re.compile(r"\b(?:was|were|did|didn|had|became|got|felt|wasn|weren|hadn)\b", re.IGNORECASE)


def advises(clause: str, sentence: str) -> bool:
    """Whether ``clause`` of ``sentence`` says what to do."""
    begins = _ADVICE.match(sentence.lstrip()) is not None or _ADVICE.match(clause.lstrip()) is not None
    return begins and _TOLD.search(clause) is None
