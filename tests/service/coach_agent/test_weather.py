"""Questions about the weather, from the gateway's door to Open-Meteo and back."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from services.coach_agent.app import create_app
from services.coach_agent.config import CoachAgentSettings
from shared.clock import SystemClock
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import Neighbourhood
from tests.support.open_meteo import Air, OpenMeteoServer, open_meteo
from tests.support.service import House, a_runner, neighbours, serve

QUESTION = "What is the weather for a run in Lisbon tomorrow at 7?"


@pytest.fixture
async def sky() -> AsyncIterator[OpenMeteoServer]:
    async with open_meteo(SystemClock()) as server:
        yield server


@pytest.fixture
def settings(
    migrated: Callable[[str], str], redis_url: str, around: Neighbourhood, sky: OpenMeteoServer
) -> CoachAgentSettings:
    return CoachAgentSettings(
        database_url=SecretStr(migrated("coach_agent")),
        redis_url=SecretStr(redis_url),
        weather_geocoding_url=sky.url,
        weather_forecast_url=sky.url,
        weather_timeout_s=0.5,
        **neighbours(**around.urls),
    )


@pytest.fixture
async def coach(house: House, around: Neighbourhood, settings: CoachAgentSettings) -> AsyncIterator[CoachUnderTest]:
    async with serve(create_app, settings) as served:
        yield CoachUnderTest(served, house, around, settings)


def facts(answer):
    return {fact["label"]: fact for fact in answer.json["reply"]["facts"]}


async def test_without_any_data_of_theirs_a_runner_is_told_the_weather_of_a_place(
    coach: CoachUnderTest, sky: OpenMeteoServer
):
    sky.air = lambda at: Air(temperature_c=25.0 if at.hour == 7 else 10.0, dew_point_c=20.0)
    answer = await coach.ask(a_runner(), QUESTION)
    assert answer.status == 200
    text, found = answer.json["reply"]["text"], facts(answer)
    assert "Lisbon, Portugal" in text
    assert found["temperature"]["value"] == 25.0
    assert found["temperature"]["source"]["kind"] == "weather"
    assert found["slowdownHigh"]["text"] == "4.5 %"
    tomorrow = SystemClock().now().astimezone(zoneinfo.ZoneInfo("Europe/Lisbon")).date() + dt.timedelta(days=1)
    assert found["forecastDate"]["value"] == tomorrow.year * 10_000 + tomorrow.month * 100 + tomorrow.day
    assert answer.json["reply"]["notices"] == []


@pytest.mark.parametrize("act", ["hang", "error", "garbage", "busy"])
async def test_a_provider_that_is_down_is_named_in_an_answer_that_helps_all_the_same(
    coach: CoachUnderTest, sky: OpenMeteoServer, act: str
):
    sky.act = act
    ada = a_runner()
    answer = await coach.ask(ada, QUESTION)
    assert answer.status == 200
    reply = answer.json["reply"]
    assert [notice["code"] for notice in reply["notices"]] == ["WEATHER_UNAVAILABLE"]
    assert "dew point" in reply["text"]
    assert facts(answer)["slowdownHigh.hot"]["value"] == 8.0
    kept = await coach.user(ada, "GET", f"/api/v1/conversations/{answer.json['conversationId']}")
    assert kept.json["messages"][0]["reply"]["notices"] == reply["notices"]


async def test_a_place_that_nobody_knows_is_a_sentence(coach: CoachUnderTest):
    answer = await coach.ask(a_runner(), "What is the weather in Xyzzyville tomorrow at 7?")
    assert answer.status == 200
    assert "no place of that name" in answer.json["reply"]["text"]


async def test_the_weather_is_told_while_the_importer_is_away(coach: CoachUnderTest):
    coach.ingest.away = True
    answer = await coach.ask(a_runner(), QUESTION)
    assert answer.status == 200
    assert "temperature" in facts(answer)
