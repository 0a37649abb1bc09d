"""The one error of the embedded stack: it cannot go on, and one line says why and what to do."""

from __future__ import annotations


class CannotRun(Exception):
    """Shown to the person at the terminal as one line on stderr; the exit code is 1."""
