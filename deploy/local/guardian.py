"""Ends what the stack's processes have started themselves, should the supervisor be killed outright.

The kernel ends the supervisor's children with it (see ``tether.py``), but not theirs, such as the workers of a process
pool. This process learns over its standard input which process groups live (``+123``, ``-123``), outlives the
supervisor by a moment because its input then ends, and kills the groups that are left. Run as a script, with ``-I -S``.
"""

import os
import signal
import sys
from contextlib import suppress


def main() -> None:
    living = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            living.add(group)
        else:
            living.discard(group)
    for group in living:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
