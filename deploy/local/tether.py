"""Runs a command that dies with the process that started it, as another user where asked.

Started as a script, by path and with ``-I -S``, before every child of the embedded stack:

    python -I -S tether.py PARENT_PID DEATH_SIGNAL UID:GID|- COMMAND [ARGUMENT ...]

It asks the kernel for DEATH_SIGNAL when its parent ends in any way (``PR_SET_PDEATHSIG``, also after ``kill -9``),
gives up root if a user is named, and becomes the command, so the process id stays the one that the parent knows.
A ``preexec_fn`` could do the same, but forking a process that has threads is unsafe and Python 3.12 warns of it. The
order matters: the kernel forgets the death signal when the user changes, so it is set after. The working directory is
the parent's choice, made while still root: the command may stand in a folder whose parents its user cannot enter.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent_pid, death_signal, account, *command = arguments
    if account != "-":
        uid, gid = (int(part) for part in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != int(parent_pid):
        sys.exit("the process that asked for this one has already gone")
    try:
        os.execv(command[0], command)  # noqa: S606 - the command is the supervisor's own
    except OSError as error:
        sys.exit(f"cannot start {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
