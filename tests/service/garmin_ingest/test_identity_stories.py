"""One run, whichever road it comes by and however often: the stories of a runner with several roads."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from services.garmin_ingest.domain.imports import Arrival, FileResult
from services.garmin_ingest.parts import Parts, open_parts
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import ShortRun, build_fit, build_gpx, build_multisport_fit
from tests.support.service import a_runner

RUN = ShortRun(duration_s=600)
FIT, GPX = build_fit(duration_s=600), build_gpx(duration_s=600)
POORER = build_fit(duration_s=600, power_w=None, cadence_spm=None)


class Roads:
    """The runner's two roads: by hand through the API, and from Garmin as a sync brings it."""

    def __init__(self, ingest: IngestUnderTest, parts: Parts) -> None:
        self.ingest = ingest
        self.parts = parts

    async def by_hand(self, content: bytes) -> dict[str, Any]:
        return await self.ingest.import_one(content)

    async def synced(self, content: bytes, source_id: str = "7", **arrival: Any) -> FileResult:
        user_id = self.ingest.runner.user_id
        incoming = await self.parts.incoming.create(user_id, f"{source_id}.fit")
        await incoming.write(content)
        upload = await incoming.close()
        how = Arrival("connect_credentials", source_id, b"account", **{"attempt": f"sync:{source_id}", **arrival})
        try:
            return await self.parts.import_file.run(user_id, upload, "UTC", how)
        finally:
            await self.parts.incoming.remove(upload)

    async def only(self) -> dict[str, Any]:
        (activity,) = await self.ingest.activities()
        return activity

    async def roads_of(self, activity_id: str) -> list[str]:
        rows = await self.ingest.sql(
            "SELECT road FROM activity_source WHERE activity_id = $1 ORDER BY road", uuid.UUID(activity_id)
        )
        return [row["road"] for row in rows]

    async def delete(self, activity_id: str) -> None:
        assert (await self.ingest.call("DELETE", f"/api/v1/activities/{activity_id}")).status == 204


@pytest.fixture
async def roads(ingest: IngestUnderTest) -> AsyncIterator[Roads]:
    async with AsyncExitStack() as stack:
        yield Roads(ingest, await open_parts(ingest.settings, stack))


@pytest.mark.parametrize("first", ["by_hand", "synced"])
async def test_the_same_file_by_both_roads_is_one_run_and_both_are_remembered(roads: Roads, first: str):
    if first == "by_hand":
        assert (await roads.by_hand(FIT))["status"] == "imported"
        assert (await roads.synced(FIT)).status == "duplicate"
    else:
        assert (await roads.synced(FIT)).status == "imported"
        assert (await roads.by_hand(FIT))["status"] == "duplicate"
    found = await roads.only()
    assert await roads.roads_of(found["id"]) == ["sync", "upload"] if first == "by_hand" else ["sync"]


async def test_an_account_export_and_a_sync_of_other_bytes_are_one_run_and_the_richer_wins(roads: Roads):
    await roads.by_hand(GPX)
    assert (await roads.synced(FIT)).status == "imported"
    assert (await roads.by_hand(POORER))["status"] == "duplicate"
    found = await roads.only()
    assert found["averagePowerW"] == 230.0
    assert await roads.roads_of(found["id"]) == ["sync", "upload", "upload"]


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({"start": RUN.start + dt.timedelta(seconds=119), "duration_s": 572}, 1),
        ({"start": RUN.start + dt.timedelta(seconds=122)}, 2),
        ({"duration_s": 560}, 2),
        ({"sport": "cycling"}, 2),
    ],
)
async def test_two_recordings_are_one_within_two_minutes_and_five_percent(roads: Roads, changes, runs: int):
    await roads.by_hand(FIT)
    await roads.synced(build_fit(**{"duration_s": 600, **changes}))
    assert len(await roads.ingest.activities()) == runs


async def test_what_garmin_changed_is_taken_also_where_it_says_less_and_again_it_is_nothing(roads: Roads):
    await roads.synced(FIT)
    assert (await roads.synced(POORER, attempt="next")).status == "updated"
    found = await roads.only()
    assert (found["averagePowerW"], found["version"]) == (None, 2)
    assert (await roads.synced(POORER, attempt="third")).status == "duplicate"
    assert (await roads.only())["version"] == 2


async def test_a_change_at_garmin_does_not_replace_a_richer_upload(roads: Roads):
    await roads.synced(POORER)
    assert (await roads.by_hand(FIT))["status"] == "imported"
    other = build_fit(duration_s=600, power_w=None, cadence_spm=None, heart_rate_bpm=151.0)
    assert (await roads.synced(other, attempt="next")).status == "duplicate"
    assert (await roads.only())["averagePowerW"] == 230.0


async def test_the_name_at_garmin_wins_over_every_file_and_a_rename_touches_nothing_else(roads: Roads):
    await roads.synced(FIT, name="Lunch Run")
    before = await roads.only()
    assert before["name"] == "Lunch Run"
    assert (await roads.synced(FIT, name="Tempo", sport="running", sub_sport="trail", attempt="2")).status == "updated"
    after = await roads.only()
    same = before.keys() - {"name", "subSport", "version"}
    assert (after["name"], after["subSport"], after["version"]) == ("Tempo", "trail", 2)
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    await roads.by_hand(build_gpx(duration_s=600, step_s=1))
    assert (await roads.only())["name"] == "Tempo"
    assert await roads.ingest.events() == ["activity.imported", "activity.updated"]


async def test_a_richer_upload_keeps_the_name_from_garmin(roads: Roads):
    await roads.synced(POORER, name="Lunch Run")
    await roads.by_hand(FIT)
    found = await roads.only()
    assert (found["name"], found["averagePowerW"]) == ("Lunch Run", 230.0)


async def test_a_run_the_runner_deleted_stays_deleted_for_syncs_until_it_is_uploaded(roads: Roads):
    await roads.synced(FIT, name="Lunch Run")
    await roads.delete((await roads.only())["id"])
    for content in (FIT, POORER):
        assert (await roads.synced(content, attempt="again")).kind == "deleted by you"
    assert await roads.ingest.activities() == []
    await roads.by_hand(GPX)
    assert (await roads.only())["name"] != "Lunch Run"


async def test_what_garmin_removed_goes_and_comes_back_with_garmin(roads: Roads):
    await roads.synced(FIT)
    found = await roads.only()
    gone = await roads.parts.activities.store.follow_removal(roads.ingest.runner.user_id, "7")
    assert [str(one) for one in gone] == [found["id"]]
    assert await roads.ingest.activities() == []
    assert (await roads.synced(FIT, attempt="next")).status == "imported"
    assert (await roads.only())["id"] == found["id"]
    assert await roads.ingest.events() == ["activity.imported", "activity.deleted", "activity.imported"]


async def test_what_garmin_removed_stays_where_it_was_also_uploaded(roads: Roads):
    await roads.by_hand(FIT)
    await roads.synced(FIT)
    assert await roads.parts.activities.store.follow_removal(roads.ingest.runner.user_id, "7") == []
    assert len(await roads.ingest.activities()) == 1


async def test_a_triathlon_that_garmin_knows_by_one_id_is_an_activity_per_session(roads: Roads):
    ride = ShortRun(duration_s=600, sport="cycling")
    run = ShortRun(duration_s=300, start=ride.start + dt.timedelta(seconds=660))
    content = build_multisport_fit(ride, run)
    assert (await roads.synced(content, name="City Triathlon", sport="multisport")).status == "imported"
    assert (await roads.synced(content, name="Triathlon", sport="multisport", attempt="2")).status == "updated"
    found = await roads.ingest.activities()
    assert [(one["sport"], one["name"]) for one in found] == [("running", "Triathlon"), ("cycling", "Triathlon")]


async def test_the_same_run_of_another_runner_is_theirs_alone(roads: Roads):
    await roads.synced(FIT, name="Lunch Run")
    other = a_runner()
    assert (await roads.ingest.import_one(FIT, caller=other))["status"] == "imported"
    (theirs,) = await roads.ingest.activities(caller=other)
    assert theirs["name"] != "Lunch Run"


async def test_nothing_arrives_over_a_link_that_is_gone(roads: Roads):
    for _ in range(2):
        result = await roads.synced(FIT, connection_id=uuid.uuid4())
        assert result.failure is not None
        assert result.failure.code == "GARMIN_NOT_CONNECTED"
        assert await roads.ingest.activities() == []
    assert roads.ingest.stored_files() == []
