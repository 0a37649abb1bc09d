"""Questions the coach offers."""

from __future__ import annotations

EXAMPLES = (
    "Analyze my last run",
    "How was my run yesterday?",
    "Compare my last run with the one before",
    "What should I run tomorrow?",
)
