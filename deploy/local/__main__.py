"""``python -m deploy.local``: the whole of Pace42 on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import closing

from deploy.local.failure import CannotRun
from deploy.local.ports import why_taken
from deploy.local.settings import LocalSettings, read_settings
from deploy.local.stack import Stack
from deploy.local.state import StateFolder
from deploy.local.supervisor import Supervisor

_ENVIRONMENT = """\
environment:
  PACE42_PORT   where the web page and the API are (default 8080)
  PACE42_HOST   the address to listen on (default 127.0.0.1, this machine only)
  PACE42_DATA   the folder that keeps everything (default .pace42 in the project)

Logs are in PACE42_DATA/logs. Ctrl-C or SIGTERM stops everything; starting again finds the data.
"""


def main() -> int:
    """The exit status: 0 after a stop that was asked for, 1 with one line on stderr when the stack cannot run."""
    arguments = _arguments()
    try:
        settings = read_settings()
        with closing(StateFolder.open(settings.data)) as state:
            _refuse_taken_port(settings)
            asyncio.run(Supervisor(Stack.plan(settings, state), with_demo=arguments.demo).run())
    except CannotRun as reason:
        print(f"pace42: {reason}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"pace42: The stack cannot run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local",
        description="Run the whole of Pace42 on this machine, with a PostgreSQL and a Redis of its own.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--demo", action="store_true", help="also make a demo runner with 18 months of history")
    return parser.parse_args()


def _refuse_taken_port(settings: LocalSettings) -> None:
    reason = why_taken(settings.host, settings.port)
    if reason:
        raise CannotRun(
            f"Cannot listen on {settings.host}:{settings.port} ({reason}): choose another port with PACE42_PORT."
        )


if __name__ == "__main__":
    sys.exit(main())
