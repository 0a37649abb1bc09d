"""The simulated Garmin in a thread of its own, as a stack of other processes meets it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tests.support.garmin.connect_server import ConnectInThread
from tests.support.garmin.world import GarminWorld


def test_a_world_that_changes_in_one_thread_is_seen_from_the_other():
    world = GarminWorld()
    account = world.add_account()
    with ConnectInThread(world) as connect:
        bearer = connect.tokens.issue(account, "test")["access_token"]
        request = urllib.request.Request(
            f"{connect.url}/activitylist-service/activities/search/activities",
            headers={"Authorization": f"Bearer {bearer}"},
        )

        def listed() -> list[str]:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return [item["activityName"] for item in json.load(answer)]

        assert listed() == []
        run = world.add_run(account, "Morning", duration_s=60)
        assert listed() == ["Morning"]
        run.name = "Renamed"
        assert listed() == ["Renamed"]
        world.misbehave("/activities", "status", status=503)
        with pytest.raises(urllib.error.HTTPError) as failure:
            listed()
        failure.value.close()
        assert listed() == ["Renamed"]
    with pytest.raises(urllib.error.URLError):
        listed()
