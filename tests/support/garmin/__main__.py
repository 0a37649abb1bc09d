"""``python -m tests.support.garmin [--port 8899]``: a simulated Garmin to connect a stack to by hand.

It holds one account (``runner@example.com``, password ``correct horse``) with ten runs and nights, and answers like
Garmin Connect's web side. Further worlds are made in tests.
"""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import threading

from tests.support.garmin.connect_server import ConnectInThread
from tests.support.garmin.world import GarminWorld, SimulatedDay

_RUNS = 10


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8899)
    arguments.add_argument("--code", help="what the account's second factor is")
    options = arguments.parse_args()
    world = GarminWorld()
    account = world.add_account(mfa_code=options.code)
    morning = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time(6), dt.UTC)
    for age in range(1, _RUNS + 1):
        start = morning - dt.timedelta(days=2 * age)
        world.add_run(account, start=start, duration_s=1800 + 60 * age)
        account.days[start.date()] = SimulatedDay(27_000, 80, 45, 50, 62_000.0)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ConnectInThread(world, port=options.port) as connect:
        print(f"Simulated Garmin at {connect.url}: {account.username} / {account.password}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
