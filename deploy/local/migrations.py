"""``python -m deploy.local.migrations``: every database of the stack brought to its schema, by one process.

Each service has a ``migrate`` command of its own for where they are deployed apart. Started one beside the other on two
cores, four interpreters that load the same libraries make a person wait four seconds longer for their first page.
"""

from __future__ import annotations

import os
import sys

from deploy.local.settings import PROJECT
from deploy.local.stack import SERVICES
from shared.migrate import upgrade


def main() -> None:
    for service in SERVICES:
        upgrade(os.environ[f"{service.upper()}_DATABASE_URL"], PROJECT / "services" / service / "migrations")
        sys.stdout.write(f"{service} has the schema that this version needs.\n")


if __name__ == "__main__":
    main()
