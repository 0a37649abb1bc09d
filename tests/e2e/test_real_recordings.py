"""Every recording that a real device wrote goes through the gateway, twice, and what is imported can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.client import ApiClient, fact
from tests.support.recordings import FOLDER, recordings, sessions
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not recordings(), reason=f"no recordings at {FOLDER} (PACE42_REAL_DATA)"),
]


@pytest.fixture(scope="module")
def client(stack: Stack) -> ApiClient:
    client = ApiClient(stack.url)
    client.sign_up(timezone="Europe/Vienna")
    return client


@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_a_recording_has_one_of_four_outcomes_and_the_same_again(client: ApiClient, path: Path):
    content = path.read_bytes()
    reply, repeated = (client.upload((path.name, content)) for _ in range(2))
    assert (reply.status, repeated.status) == (200, 200), (reply.body, repeated.body)
    (result,), (again,) = reply.json["results"], repeated.json["results"]
    assert result["fileName"] == path.name
    if result["status"] in {"skipped", "failed"}:
        assert again == result
        assert result["kind"] if result["status"] == "skipped" else result["error"]["code"] == "ACTIVITY_FILE_INVALID"
        return
    assert result["status"] in {"imported", "duplicate"}
    assert (again["status"], again["activityIds"]) == ("duplicate", result["activityIds"])
    for activity_id in result["activityIds"]:
        assert_readable(client, activity_id)
    if result["status"] == "imported":
        assert_true_to_the_file(client, result["activityIds"], content)


def assert_readable(client: ApiClient, activity_id: str) -> None:
    """Detail, streams in every resolution and the analysis, each whole and without an error."""
    detail = client.api("GET", f"/activities/{activity_id}")
    assert detail.status == 200, detail.body
    for resolution in ("low", "medium", "high"):
        streams = client.api("GET", f"/activities/{activity_id}/streams?resolution={resolution}")
        assert streams.status == 200, streams.body
        assert {len(column) for column in streams.json["streams"].values()} <= {len(streams.json["timeS"])}
    assert set(streams.json["streams"]) == set(detail.json["streamKeys"])
    analysis = client.api("GET", f"/activities/{activity_id}/analysis")
    assert analysis.status == 200, analysis.body


def assert_true_to_the_file(client: ApiClient, activity_ids: list[str], content: bytes) -> None:
    """Each session's own figures, but where we say that we have better ones or had to repair."""
    told = sessions(content)
    if len(told) != len(activity_ids):
        return  # no FIT, damaged, or a chain that holds one run twice: nothing to compare session by session
    for session, activity_id in zip(told, activity_ids, strict=True):
        detail = client.api("GET", f"/activities/{activity_id}").json
        if {warning["code"] for warning in detail["warnings"]} & {"FILE_DAMAGED", "CHECKSUM_MISMATCH"}:
            continue
        for name, value in session.items():
            if name not in detail["deviceReported"] and "timerS" not in detail["deviceReported"]:
                assert detail[name] == pytest.approx(value, rel=0.005), (name, detail["deviceReported"])


@pytest.mark.parametrize(
    "path", [path for path in recordings() if "run" in path.name.lower()], ids=lambda path: path.name
)
def test_the_coach_answers_about_a_real_run(stack: Stack, path: Path):
    content = path.read_bytes()
    client = ApiClient(stack.url)
    client.sign_up(timezone="Europe/Vienna")
    (result,) = client.upload((path.name, content)).json["results"]
    answer = client.ask("Analyze my last run")
    detail = client.api("GET", f"/activities/{result['activityId']}").json
    assert answer["answeredBy"] == "coach-rules"
    assert fact(answer, "distance")["value"] == pytest.approx(detail["distanceM"], rel=0.005)
    for chart in answer["reply"]["charts"]:
        assert client.api("GET", f"/charts/{chart['id']}", headers={"Accept": "image/svg+xml"}).status == 200
