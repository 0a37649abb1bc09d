"""Which weekdays are run, and which of them may be hard."""

from __future__ import annotations

# Days after the long run. Hard days are 2 and 5: never next to each other or to the long run, in any week and across
# the border between two.
_RUN_DAYS = {
    3: (0, 2, 5),
    4: (0, 2, 3, 5),
    5: (0, 2, 3, 5, 6),
    6: (0, 2, 3, 4, 5, 6),
    7: (0, 1, 2, 3, 4, 5, 6),
}
_HARD_DAYS = (2, 5)


def run_weekdays(days_per_week: int, long_run_weekday: int) -> tuple[int, ...]:
    """The weekdays to run on (0 is Monday), in the order of the week."""
    return tuple(sorted((long_run_weekday + offset) % 7 for offset in _RUN_DAYS[days_per_week]))


def hard_weekdays(long_run_weekday: int) -> tuple[int, ...]:
    """The two weekdays that may be hard, the first after the long run first."""
    return tuple((long_run_weekday + offset) % 7 for offset in _HARD_DAYS)
