"""Two runners, from sign-up to log-out, through the gateway of a stack started as ``make run`` starts it."""

from __future__ import annotations

import io
import time

import fitdecode
import pytest

from tests.support.builders import build_fit
from tests.support.client import PASSWORD, ApiClient, fact
from tests.support.stack import Stack


def read_independently(content: bytes) -> dict[str, float]:
    """Distance (m), timer (s) and heart rates (bpm) of a FIT file by its records and session, with none of our code."""
    hearts: list[float] = []
    session: dict[str, float] = {}
    with fitdecode.FitReader(io.BytesIO(content)) as frames:
        for frame in frames:
            if not isinstance(frame, fitdecode.FitDataMessage):
                continue
            if frame.name == "record" and frame.get_value("heart_rate", fallback=None):
                hearts.append(frame.get_value("heart_rate"))
            if frame.name == "session":
                session = {
                    "distance": frame.get_value("total_distance"),
                    "duration": frame.get_value("total_timer_time"),
                }
    return {**session, "averageHeartRate": sum(hearts) / len(hearts), "maxHeartRate": max(hearts)}


RUNS = {
    "steady": build_fit(duration_s=2700, pace_s_per_km=322, heart_rate_bpm=lambda t: 138 + t / 300),
    "slower": build_fit(duration_s=3600, pace_s_per_km=401, heart_rate_bpm=lambda t: 121 + 8 * (t > 1800)),
}


@pytest.fixture(scope="module")
def runners(stack: Stack) -> dict[str, tuple[ApiClient, dict]]:
    """Each with one run imported and analysed."""
    walked = {}
    for name, content in RUNS.items():
        client = ApiClient(stack.url)
        client.sign_up(timezone="Europe/Berlin", displayName=name)
        result = client.upload((f"{name}.fit", content))
        assert result.status == 200, result.body
        assert [item["status"] for item in result.json["results"]] == ["imported"]
        walked[name] = (client, client.ask("Analyze my last run"))
    return walked


@pytest.mark.parametrize("name", RUNS)
def test_the_answer_agrees_with_an_independent_reading_of_the_file(runners, name):
    expected = read_independently(RUNS[name])
    answer = runners[name][1]
    for label, value in expected.items():
        assert fact(answer, label)["value"] == pytest.approx(value, rel=0.005), label
    pace = expected["duration"] / expected["distance"] * 1000
    assert fact(answer, "pace")["value"] == pytest.approx(pace, rel=0.005)
    assert answer["answeredBy"] == "coach-rules"
    for item in answer["reply"]["facts"]:
        assert item["unit"] is not None
        assert item["source"]["kind"] in {"activity", "athlete", "definition", "message", "fitness"}


@pytest.mark.parametrize("name", RUNS)
def test_the_answer_has_a_chart_that_renders_for_its_owner_alone(runners, name):
    client, answer = runners[name]
    other = next(each for key, (each, _) in runners.items() if key != name)
    chart = answer["reply"]["charts"][0]
    spec = client.api("GET", f"/charts/{chart['id']}", headers={"Accept": "application/json"})
    assert "vega-lite" in spec.json["$schema"]
    picture = client.api("GET", f"/charts/{chart['id']}", headers={"Accept": "image/svg+xml"})
    assert picture.status == 200
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert b"<svg" in picture.body
    assert other.api("GET", f"/charts/{chart['id']}").status == 404


def test_each_runner_sees_only_their_own(runners):
    (first, _), (second, _) = runners.values()
    own = first.api("GET", "/activities").json["items"]
    assert len(own) == 1
    activity = own[0]["id"]
    conversation = first.api("GET", "/conversations").json["items"][0]["id"]
    for method, path in (
        ("GET", f"/activities/{activity}"),
        ("GET", f"/activities/{activity}/streams"),
        ("GET", f"/activities/{activity}/analysis"),
        ("GET", f"/activities/{activity}/export.fit"),
        ("DELETE", f"/activities/{activity}"),
        ("GET", f"/conversations/{conversation}"),
        ("DELETE", f"/conversations/{conversation}"),
    ):
        stranger = second.api(method, path)
        assert (stranger.status, stranger.code) == (404, "NOT_FOUND"), (method, path)
    assert first.api("GET", f"/activities/{activity}").status == 200


def test_the_same_file_again_is_a_duplicate_and_the_original_comes_back(runners):
    client, _ = runners["steady"]
    again = client.upload(("again.fit", RUNS["steady"]))
    assert [item["status"] for item in again.json["results"]] == ["duplicate"]
    activity = client.api("GET", "/activities").json["items"][0]
    assert client.api("GET", f"/activities/{activity['id']}/export.fit").body == RUNS["steady"]


def test_a_runner_without_data_is_told_how_to_bring_it(stack: Stack):
    client = ApiClient(stack.url)
    client.sign_up()
    reply = client.api("POST", "/chat", {"message": "Analyze my last run"})
    assert (reply.status, reply.code) == (409, "COACH_NO_DATA")
    assert client.api("GET", "/subscription").json["usage"]["used"] == 0


def test_the_free_plan_ends_after_its_daily_questions(stack: Stack):
    client = ApiClient(stack.url)
    client.sign_up(timezone="Pacific/Auckland")
    client.upload(("run.fit", RUNS["steady"]))
    statuses = [client.api("POST", "/chat", {"message": "Analyze my last run"}).status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    refused = client.api("POST", "/chat", {"message": "Analyze my last run"})
    assert refused.code == "SUBSCRIPTION_QUERY_LIMIT"
    assert 0 < int(refused.headers["Retry-After"]) <= 25 * 3600


def test_a_log_out_ends_the_session_within_five_seconds(stack: Stack):
    client = ApiClient(stack.url)
    client.sign_up()
    assert client.api("POST", "/auth/logout").status == 204
    until = time.monotonic() + 5
    while (reply := client.api("GET", "/me")).status != 401:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert reply.code == "AUTH_INVALID_TOKEN"
    old_refresh = client.api("POST", "/auth/refresh", {"refreshToken": client.tokens["refreshToken"]})
    assert old_refresh.status == 401
    again = client.api("POST", "/auth/login", {"email": client.email, "password": PASSWORD})
    assert again.status == 200
