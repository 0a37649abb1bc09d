"""Charts from a reply's id to JSON, SVG and PNG: of runs, and of days."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import re
import uuid

import pytest

from services.coach_agent.domain.charts.request import ChartKind, ChartRequest
from services.coach_agent.domain.charts.spec import SCHEMA
from services.coach_agent.domain.charts.theme import PALETTES, Theme
from services.coach_agent.handlers.charting import accepted
from services.coach_agent.storage.charts import PostgresChartStore
from shared.clock import SystemClock
from shared.errors import UnsupportedMediaType
from shared.ids import uuid7
from shared.postgres import Database
from shared.redis import open_redis
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

YESTERDAY = SystemClock().now().date() - dt.timedelta(days=1)


async def chart_path(coach: CoachUnderTest, runner) -> str:
    coach.ingest.add(runner.user_id, recording(YESTERDAY))
    reply = (await coach.ask(runner, "Analyze my last run")).json["reply"]
    return f"/api/v1/charts/{reply['charts'][0]['id']}"


async def test_a_chart_comes_as_vega_lite_svg_and_png(coach: CoachUnderTest):
    ada = a_runner()
    path = await chart_path(coach, ada)
    spec = (await coach.user(ada, "GET", path, headers={"Accept": "application/json"})).json
    assert spec["$schema"] == SCHEMA
    assert spec["title"].startswith("Pace and heart rate")
    svg = await coach.user(ada, "GET", path, headers={"Accept": "image/svg+xml"})
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert svg.body.startswith(b"<svg")
    png = await coach.user(ada, "GET", path, headers={"Accept": "image/png"})
    assert png.body.startswith(b"\x89PNG")


async def test_a_chart_has_a_light_and_a_dark_theme(coach: CoachUnderTest):
    ada = a_runner()
    path = await chart_path(coach, ada)
    for theme in Theme:
        svg = await coach.user(ada, "GET", f"{path}?theme={theme}", headers={"Accept": "image/svg+xml"})
        assert PALETTES[theme].pace.encode() in svg.body
    assert (await coach.user(ada, "GET", f"{path}?theme=pink")).code == "VALIDATION_ERROR"


async def test_a_chart_is_drawn_as_wide_as_the_screen_that_asks(coach: CoachUnderTest):
    ada = a_runner()
    path = await chart_path(coach, ada)
    for width in (340, 1200):
        svg = await coach.user(ada, "GET", f"{path}?width={width}", headers={"Accept": "image/svg+xml"})
        found = re.search(rb'<svg[^>]* width="([\d.]+)"', svg.body)
        assert found
        assert float(found[1]) == pytest.approx(width, abs=2)
    for width in ("0", "279", "1601", "wide"):
        assert (await coach.user(ada, "GET", f"{path}?width={width}")).code == "VALIDATION_ERROR"


async def test_a_chart_is_its_owners_only(coach: CoachUnderTest):
    path = await chart_path(coach, a_runner())
    assert (await coach.user(a_runner(), "GET", path)).status == 404
    assert (await coach.user(a_runner(), "GET", f"/api/v1/charts/{uuid7()}")).status == 404
    assert (await coach.user(a_runner(), "GET", "/api/v1/charts/none")).status == 404


async def test_a_type_that_charts_do_not_have_is_refused_with_the_ones_they_have(coach: CoachUnderTest):
    ada = a_runner()
    path = await chart_path(coach, ada)
    answer = await coach.user(ada, "GET", path, headers={"Accept": "image/webp"})
    assert answer.code == "UNSUPPORTED_MEDIA_TYPE"
    assert "image/svg+xml" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        ("*/*", "application/json"),
        ("image/*", "image/svg+xml"),
        ("image/png, image/svg+xml;q=0.5", "image/png"),
        ("image/png;q=0.2, image/svg+xml;q=0.5, */*;q=0.1", "image/svg+xml"),
        # What a browser sends for an <img>.
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "image/svg+xml"),
    ],
)
def test_accept_chooses_the_form(header, media_type):
    assert accepted(header) == media_type


@pytest.mark.parametrize("header", ["", "text/html", "image/svg+xml;q=0", "image/svg+xml;q=x"])
def test_what_is_not_accepted_is_not_sent(header):
    with pytest.raises(UnsupportedMediaType):
        accepted(header)


DAYS = [ChartKind.FITNESS, ChartKind.WEEKLY_VOLUME, ChartKind.PACE_DURATION, ChartKind.ZONE_SPLIT]


@pytest.fixture
def store(database: Database) -> PostgresChartStore:
    return PostgresChartStore(database)


async def a_trained_runner(coach: CoachUnderTest):
    """A run every third day for three weeks, all of them measured, as the advice rests on each."""
    ada = a_runner()
    done = [recording(YESTERDAY - dt.timedelta(days=3 * i)) for i in range(8)]
    for one in done:
        one.detail["missing"].remove("position")  # without which best efforts are not believed
    coach.ingest.add(ada.user_id, *done)
    assert (await coach.ask(ada, "What should I run tomorrow?")).status == 200
    return ada


async def test_charts_of_days_are_drawn_from_what_is_imported(coach: CoachUnderTest, store: PostgresChartStore):
    ada = await a_trained_runner(coach)
    for kind in DAYS:
        asked = ChartRequest(kind, first_day=YESTERDAY - dt.timedelta(days=40), last_day=YESTERDAY)
        path = f"/api/v1/charts/{(await store.ensure(ada.user_id, asked)).chart_id}"
        spec = (await coach.user(ada, "GET", path)).json
        assert spec["data"]["values"], kind
        svg = await coach.user(ada, "GET", f"{path}?theme=dark&width=360", headers={"Accept": "image/svg+xml"})
        assert svg.body.startswith(b"<svg"), kind


async def test_answers_about_days_bring_the_chart_that_shows_them(coach: CoachUnderTest):
    ada = await a_trained_runner(coach)
    for question, kind in (
        ("How fit am I?", "fitness"),
        ("How far did I run in the last 30 days?", "weeklyVolume"),
        ("What are my records?", "paceDuration"),
        ("How much time did I spend in each zone?", "zoneSplit"),
    ):
        [chart] = (await coach.ask(ada, question)).json["reply"]["charts"]
        assert chart["kind"] == kind, question
        spec = (await coach.user(ada, "GET", f"/api/v1/charts/{chart['id']}")).json
        assert (spec["title"], spec["description"]) == (chart["title"], chart["description"])
        assert spec["data"]["values"], question


async def test_charts_of_a_runner_without_data_say_so(coach: CoachUnderTest, store: PostgresChartStore):
    ada = a_runner()
    for kind in DAYS:
        chart = await store.ensure(ada.user_id, ChartRequest(kind, first_day=YESTERDAY, last_day=YESTERDAY))
        spec = (await coach.user(ada, "GET", f"/api/v1/charts/{chart.chart_id}")).json
        assert spec["description"].startswith(("There is no", "Too little is known")), kind


async def test_the_zones_of_one_run_are_those_of_its_heart_rate(coach: CoachUnderTest, store: PostgresChartStore):
    ada = a_runner()
    await chart_path(coach, ada)
    activity_id = uuid.UUID(coach.ingest.recordings[ada.user_id][0].item["id"])
    chart = await store.ensure(ada.user_id, ChartRequest(ChartKind.ZONE_SPLIT, (activity_id,)))
    rows = (await coach.user(ada, "GET", f"/api/v1/charts/{chart.chart_id}")).json["data"]["values"]
    assert sum(row["minute"] for row in rows) == pytest.approx(45, abs=0.1)


async def test_the_same_days_are_the_same_chart_and_others_are_not(store: PostgresChartStore):
    ada, bob = uuid7(), uuid7()
    asked = ChartRequest(ChartKind.FITNESS, first_day=YESTERDAY, last_day=YESTERDAY)
    charts = await asyncio.gather(*(store.ensure(ada, asked) for _ in range(4)))
    assert len({chart.chart_id for chart in charts}) == 1
    others = [
        await store.ensure(bob, asked),
        await store.ensure(ada, dataclasses.replace(asked, first_day=None)),
        await store.ensure(ada, dataclasses.replace(asked, kind=ChartKind.ZONE_SPLIT)),
    ]
    assert len({chart.chart_id for chart in (*charts, *others)}) == 4
    assert await store.get(ada, charts[0].chart_id) == charts[0]
    assert charts[0].first_day == YESTERDAY


async def test_a_kind_that_is_no_longer_drawn_is_gone(coach: CoachUnderTest, store: PostgresChartStore):
    ada = a_runner()
    chart = await store.ensure(ada.user_id, ChartRequest("pie", first_day=YESTERDAY, last_day=YESTERDAY))
    assert (await coach.user(ada, "GET", f"/api/v1/charts/{chart.chart_id}")).status == 404


async def test_a_drawing_is_kept_by_the_version_of_the_data(coach: CoachUnderTest, redis_url: str):
    """So that nobody is shown a drawing of what they had before an import, however alike the two are."""
    ada = a_runner()
    path = await chart_path(coach, ada)
    cache = open_redis(redis_url)

    async def drawings() -> int:
        await coach.user(ada, "GET", path, headers={"Accept": "image/svg+xml"})
        return len(await cache.keys("coach_agent:chart:*"))

    before = (await coach.user(ada, "GET", path)).json["usermeta"]["dataVersion"]
    assert [await drawings(), await drawings()] == [1, 1]
    coach.ingest.add(ada.user_id, recording(YESTERDAY - dt.timedelta(days=1)))
    await coach.ask(ada, "Compare my last run with the one before")
    assert (await coach.user(ada, "GET", path)).json["usermeta"]["dataVersion"] > before
    assert await drawings() == 2
    await cache.aclose()
