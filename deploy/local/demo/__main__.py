"""``python -m deploy.local.demo --url http://127.0.0.1:8080``: a demo runner with a history, through the public API."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import aiohttp

from deploy.local.demo.client import Api
from deploy.local.demo.importing import Outcome, has_runs, import_history, introduce, sign_in
from deploy.local.demo.schedule import LONGEST_MONTHS
from deploy.local.demo.state import DemoAccount, DemoState
from deploy.local.demo.terrain import HOME
from deploy.local.failure import CannotRun
from deploy.local.settings import read_settings

# An upload waits for the gateway to take in some 8 MB and for the job to be written down.
_TIMEOUT = aiohttp.ClientTimeout(total=120, connect=10)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the demo runner is there, 1 with one line on stderr when not."""
    try:
        settings = read_settings()
        options = _parser(f"http://127.0.0.1:{settings.port}").parse_args(arguments)
        state = DemoState(settings.data)
        account, outcome = asyncio.run(_run(options.url, state, email=options.email, months=options.months))
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"Demo runner: {options.url}\n  e-mail:   {account.email}\n  password: {account.password}")
    if outcome is not None:
        print("  history:  " + ", ".join(f"{count} {status}" for status, count in sorted(outcome.counts.items())))
    return 0


def _parser(own_url: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.demo", description="Create the demo runner.")
    parser.add_argument("--url", default=own_url, help="the gateway (default %(default)s)")
    parser.add_argument("--email", default="demo@example.com", help="whom to sign up (default %(default)s)")
    parser.add_argument("--months", type=_months, default=18, help="length of the history (default %(default)s)")
    return parser


def _months(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LONGEST_MONTHS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {LONGEST_MONTHS}, not {text!r}")
    return int(text)


async def _run(url: str, state: DemoState, *, email: str, months: int) -> tuple[DemoAccount, Outcome | None]:
    """The account, and what was imported; None where all of it was there already."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as http:
        api = Api(http, url)
        # Before anything is written: a state folder that only holds a password would look foreign to `make run`.
        await api.expect_alive()
        known = state.find(email)
        account = known or state.create(email, dt.datetime.now(ZoneInfo(HOME.zone)).date())
        await sign_in(api, account, is_new=known is None)
        if account.imported_months >= months and await has_runs(api):
            return account, None
        await introduce(api)
        try:
            outcome = await import_history(api, account, months=months, progress=_show)
        finally:
            _end_line()
        state.imported(account, months)
        return account, outcome


def _show(done: int, total: int) -> None:
    """One line that is written over; nothing where nobody watches, or while the ZIP has not been looked into."""
    if sys.stdout.isatty() and total > 1:
        print(f"\rImporting the demo history: {done} of {total} runs", end="", flush=True)


def _end_line() -> None:
    if sys.stdout.isatty():
        print()


if __name__ == "__main__":
    sys.exit(main())
