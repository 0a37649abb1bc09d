"""Whether the process in this container answers: ``python -m deploy.healthcheck [path]``.

Asks ``http://127.0.0.1:8080`` for the path (``/health`` where none is given) and ends with status 0 for a 200. Written
with the standard library's plainest client, because it runs every few seconds.
"""

from __future__ import annotations

import http.client
import sys

PORT = 8080
# Less than the HEALTHCHECK's own time-out, so that the reason is ours.
TIMEOUT_S = 3.0


def check(path: str, *, port: int = PORT) -> str | None:
    """None when the answer is 200, else what came instead."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
    return None if status == http.client.OK else str(status)


if __name__ == "__main__":
    problem = check(sys.argv[1] if len(sys.argv) > 1 else "/health")
    sys.exit(f"unhealthy: {problem}" if problem else 0)
