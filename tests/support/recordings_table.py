"""``python -m tests.support.recordings_table URL``: what becomes of every recording at a running stack, as a table.

A new runner is signed up there, every file is sent twice, and each activity is read back as a client would.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.support.client import ApiClient
from tests.support.recordings import FOLDER, recordings

_READS = ("", "/streams", "/analysis")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.support.recordings_table URL")
    files = recordings()
    if not files:
        sys.exit(f"There are no recordings at {FOLDER}; set PACE42_REAL_DATA.")
    client = ApiClient(sys.argv[1].rstrip("/"))
    client.sign_up(timezone="Europe/Vienna")
    print("| file | outcome | the same file again | activity |\n|---|---|---|---|")
    outcomes: Counter[str] = Counter()
    for path in files:
        first, again = (client.upload((path.name, path.read_bytes())).json["results"][0] for _ in range(2))
        outcomes[first["status"]] += 1
        print(f"| {path.name} | {in_words(first)} | {in_words(again)} | {described(client, first)} |")
    print("\n" + ", ".join(f"{count} {status}" for status, count in sorted(outcomes.items())) + f" of {len(files)}")


def in_words(result: Mapping[str, Any]) -> str:
    """The outcome of one file as a person reads it."""
    if result["status"] == "failed":
        return f"failed, {result['error']['code']}: {result['error']['message']}"
    return f"skipped: {result['kind']}" if result["status"] == "skipped" else str(result["status"])


def described(client: ApiClient, result: Mapping[str, Any]) -> str:
    """Sport, distance and time of each activity, its warnings, and any read of it that fails."""
    words = []
    for activity_id in result["activityIds"] if result["status"] == "imported" else ():
        activity = client.api("GET", f"/activities/{activity_id}").json
        distance_km, minutes = (activity["distanceM"] or 0) / 1000, (activity["timerS"] or 0) / 60
        codes = [warning["code"] for warning in activity["warnings"]]
        failing = [
            f"{read or 'detail'} answers {status}"
            for read in _READS
            if (status := client.api("GET", f"/activities/{activity_id}{read}").status) != 200
        ]
        words.append(", ".join([f"{activity['sport']} {distance_km:.2f} km in {minutes:.1f} min", *codes, *failing]))
    return "; ".join(words) or "none"


if __name__ == "__main__":
    main()
