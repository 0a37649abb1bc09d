"""The same request again, at once and later; and lists that are read in pages while they grow."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.builders import build_fit
from tests.support.client import ApiClient, Reply
from tests.support.raw_http import envelope_of
from tests.support.stack import Stack
from tests.support.uploads import END, disposition, part, post_form

FIRST_DAY = dt.datetime(2026, 1, 1, 7, tzinfo=dt.UTC)
RUN, OTHER = build_fit(duration_s=600), build_fit(duration_s=660, start=FIRST_DAY)


@pytest.fixture
def client(stack: Stack) -> ApiClient:
    client = ApiClient(stack.url)
    client.sign_up()
    return client


def upload(client: ApiClient, content: bytes, key: str, name: str = "run.fit") -> Reply:
    return client.upload((name, content), headers={"Idempotency-Key": key})


def ask(client: ApiClient, key: str, message: str = "Analyze my last run") -> Reply:
    return client.api("POST", "/chat", {"message": message}, headers={"Idempotency-Key": key})


def assert_conflict(reply: Reply) -> None:
    assert (reply.status, envelope_of(reply)["code"]) == (409, "IDEMPOTENCY_CONFLICT")


def test_an_import_with_its_key_again_is_the_same_answer(client: ApiClient):
    first, again = upload(client, RUN, "import-1"), upload(client, RUN, "import-1")
    assert (first.json["results"][0]["status"], again.body) == ("imported", first.body)
    assert first.headers["Idempotency-Replayed"] is None
    assert again.headers["Idempotency-Replayed"] == "true"
    assert_conflict(upload(client, OTHER, "import-1"))
    assert_conflict(upload(client, RUN, "import-1", name="other.fit"))
    assert upload(client, RUN, "import-2").json["results"][0]["status"] == "duplicate"
    assert len(client.api("GET", "/activities").json["items"]) == 1


def test_a_question_with_its_key_again_is_asked_once(client: ApiClient):
    client.upload(("run.fit", RUN))
    first, again = ask(client, "question-1"), ask(client, "question-1")
    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert_conflict(ask(client, "question-1", "How was my run yesterday?"))
    assert client.api("GET", "/subscription").json["usage"]["used"] == 1
    (conversation,) = client.api("GET", "/conversations").json["items"]
    assert len(client.api("GET", f"/conversations/{conversation['id']}").json["messages"]) == 1


def test_a_key_belongs_to_one_runner_and_one_address(client: ApiClient, stack: Stack):
    other = ApiClient(stack.url)
    other.sign_up()
    for each in (client, other):
        assert upload(each, RUN, "shared-key").json["results"][0]["status"] == "imported"
        assert ask(each, "shared-key").status == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel".encode().decode("latin-1")])
def test_a_key_that_is_none_is_refused_before_anything_happens(client: ApiClient, key: str):
    reply = upload(client, RUN, key)
    assert (reply.status, envelope_of(reply)["code"]) == (400, "BAD_REQUEST")
    assert client.api("GET", "/activities").json["items"] == []


def test_of_requests_at_once_with_one_key_only_one_is_done(client: ApiClient):
    client.upload(("other.fit", OTHER))
    with ThreadPoolExecutor(8) as pool:
        imports = list(pool.map(lambda _: upload(client, RUN, "parallel"), range(8)))
        questions = list(pool.map(lambda _: ask(client, "parallel"), range(8)))
    for replies in (imports, questions):
        done = [reply for reply in replies if reply.status == 200]
        assert {reply.status for reply in replies} <= {200, 409}
        assert done
        assert len({reply.body for reply in done}) == 1
        assert sum(reply.headers["Idempotency-Replayed"] is None for reply in done) == 1
        for refused in (reply for reply in replies if reply.status == 409):
            assert envelope_of(refused)["code"] == "CONFLICT"
    assert len(client.api("GET", "/activities").json["items"]) == 2
    assert client.api("GET", "/subscription").json["usage"]["used"] == 1


def test_the_same_file_at_once_without_a_key_is_one_activity(client: ApiClient):
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: client.upload(("run.fit", RUN)), range(8)))
    statuses = sorted(reply.json["results"][0]["status"] for reply in replies)
    assert statuses == ["duplicate"] * 7 + ["imported"]


@pytest.fixture(scope="module")
def many(stack: Stack) -> ApiClient:
    """A runner with 60 activities on as many days, every fourth of them a ride."""
    client = ApiClient(stack.url)
    client.sign_up()
    files = [(f"{day}.fit", short_run(day)) for day in range(60)]
    reply = client.upload(*files)
    assert {item["status"] for item in reply.json["results"]} == {"imported"}, reply.body
    return client


def short_run(day: int, **fields: object) -> bytes:
    sport = "cycling" if day % 4 == 0 else "running"
    return build_fit(duration_s=60, start=FIRST_DAY + dt.timedelta(days=day), utc_offset_s=0, sport=sport, **fields)


def pages(client: ApiClient, query: str) -> list[list[dict]]:
    found, cursor = [], ""
    while cursor is not None:
        reply = client.api("GET", f"/activities?{query}{cursor and f'&cursor={cursor}'}")
        assert reply.status == 200, reply.body
        found.append(reply.json["items"])
        cursor = reply.json["nextCursor"]
    return found


@pytest.mark.parametrize("limit", [7, 50, 60, 200])
def test_pages_hold_everything_once_and_in_order(many: ApiClient, limit: int):
    found = pages(many, f"limit={limit}")
    items = [item for page in found for item in page]
    assert len({item["id"] for item in items}) == len(items) == 60
    assert [item["startTime"] for item in items] == sorted((item["startTime"] for item in items), reverse=True)
    assert all(len(page) == limit for page in found[:-1])


def test_filters_and_fields(many: ApiClient):
    days = "from=2026-01-10&to=2026-02-08"
    (items,) = pages(many, f"{days}&fields=localDate,sport,id")
    assert len(items) == 30
    assert {item["localDate"] for item in items} == {
        (dt.date(2026, 1, 10) + dt.timedelta(days=at)).isoformat() for at in range(30)
    }
    assert all(item.keys() == {"localDate", "sport", "id"} for item in items)
    rides = [item for page in pages(many, f"{days}&sport=cycling&limit=3") for item in page]
    assert {item["id"] for item in rides} == {item["id"] for item in items if item["sport"] == "cycling"}
    assert pages(many, "sport=swimming") == [[]]
    assert pages(many, "from=2026-02-01&to=2026-01-01") == [[]]


def test_a_cursor_stays_where_it_is_while_runs_come_and_go(stack: Stack):
    client = ApiClient(stack.url)
    client.sign_up()
    client.upload(*((f"{day}.fit", short_run(day)) for day in range(0, 20, 2)))
    first = client.api("GET", "/activities?limit=5").json
    expected = [item["id"] for page in pages(client, "limit=5")[1:] for item in page]
    # One newer than all, one older than the cursor, and the one that the cursor stands on is deleted.
    client.upload(("new.fit", short_run(40)), ("old.fit", short_run(1)))
    assert client.api("DELETE", f"/activities/{first['items'][-1]['id']}").status == 204
    rest = client.api("GET", f"/activities?limit=50&cursor={first['nextCursor']}").json["items"]
    assert [item["id"] for item in rest if item["localDate"] != "2026-01-02"] == expected
    assert len(rest) == len(expected) + 1


def test_runs_of_the_same_second_are_paged_without_loss(client: ApiClient):
    """Recordings of different sports that start together are two activities with equal sort keys."""
    files = [
        part(disposition(b"%d.fit" % at), short_run(1, sub_sport="generic", latitude_deg=10.0 + at)) for at in range(3)
    ]
    reply = post_form(client, b"".join(files) + END)
    assert reply.status == 200
    whole = [item["id"] for page in pages(client, "limit=200") for item in page]
    assert [item["id"] for page in pages(client, "limit=1") for item in page] == whole
