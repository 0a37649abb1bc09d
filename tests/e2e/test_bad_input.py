"""Files that are broken, huge, hostile or no recordings: each has its own outcome and costs the others nothing."""

from __future__ import annotations

import contextlib
import gzip
import re
import struct

import pytest

from tests.support.builders import build_fit, build_gpx, build_tcx
from tests.support.builders_damage import (
    entity_bomb,
    external_entity,
    garbage,
    gzipped,
    truncated,
    with_flipped_bit,
    with_wrong_crc,
)
from tests.support.builders_other import (
    activity_without_records_fit,
    course_fit,
    monitoring_fit,
    settings_fit,
    workout_fit,
)
from tests.support.builders_zip import zip_bomb, zip_of
from tests.support.client import ApiClient
from tests.support.raw_http import envelope_of
from tests.support.stack import Stack
from tests.support.uploads import END, FORM, MEBIBYTE, MemoryGrowth, disposition, part, post_form, post_large

GOOD = build_fit(duration_s=300)
MOST_GROWTH = 64 * MEBIBYTE  # RELIABILITY 21

# What it is → the file, and words of the sentence that the runner reads.
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "one byte": (b"\x0e", "neither FIT, TCX nor GPX"),
    "garbage": (garbage(), "neither FIT, TCX nor GPX"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "plain text": (b"Mon 5 km, Tue rest\n", "plain text"),
    "other XML": (b'<?xml version="1.0"?><kml/>', "neither TCX nor GPX"),
    "a FIT header alone": (GOOD[:14], ""),
    "half a FIT header": (GOOD[:12], ""),
    "FIT without a record": (activity_without_records_fit(), ""),
    "FIT garbage after the header": (GOOD[:14] + garbage(2000), ""),
    "a TCX cut short": (truncated(build_tcx(duration_s=60)), "breaks off"),
    "a GPX cut short": (truncated(build_gpx(duration_s=60)), "breaks off"),
    "a GPX without points": (b'<?xml version="1.0"?><gpx version="1.1" creator="x"><trk/></gpx>', ""),
    "unfolding entities": (entity_bomb(), "DTD or entities"),
    "unfolding entities, TCX": (entity_bomb().replace(b"gpx", b"TrainingCenterDatabase"), "DTD or entities"),
    "an entity from outside": (external_entity(), "DTD or entities"),
    "deep XML": (b"<gpx>" + b"<a>" * 100_000, "nested deeper"),
    "gzip cut short": (gzipped(GOOD)[:-400], "breaks off"),
    "gzip damaged": (gzipped(GOOD)[:30] + garbage(400), "gzip"),
    "gzip of gzip": (gzipped(gzipped(GOOD)), "packed twice"),
    "a gzip bomb": (gzip.compress(bytes(200 * MEBIBYTE)), "unpacks to more than 64 MiB"),
}
SKIPPED = {"settings": settings_fit(), "workout": workout_fit(), "course": course_fit(), "monitoring": monitoring_fit()}
REPAIRED = {
    "checksum": with_wrong_crc(build_fit(duration_s=310)),
    "cut short": truncated(build_fit(duration_s=1200), 0.7),
}


@pytest.fixture
def client(stack: Stack) -> ApiClient:
    """A runner who has nothing yet."""
    client = ApiClient(stack.url)
    client.sign_up(timezone="Europe/Vienna")
    return client


@pytest.fixture
def growth(stack: Stack) -> MemoryGrowth:
    """Of every process that an upload passes through."""
    return MemoryGrowth(
        gateway=stack.process("-m gateway"),
        service=next(
            pid for pid, command in stack.processes().items() if command.endswith("-m services.garmin_ingest")
        ),
        worker=stack.process("-m services.garmin_ingest.worker"),
    )


def activities(client: ApiClient) -> int:
    return len(client.api("GET", "/activities?limit=200").json["items"])


def assert_refused(result: dict, code: str, words: str) -> None:
    assert (result["status"], result["activityId"]) == ("failed", None), result
    assert result["error"]["code"] == code, result
    assert words in result["error"]["message"], result
    # A sentence for a person: no insides, and an end.
    assert not re.search(r"Error\b|Traceback|/work|/tmp|<class|0x", result["error"]["message"]), result
    assert result["error"]["message"].endswith("."), result


def test_each_bad_file_has_its_own_outcome_and_costs_the_others_nothing(client: ApiClient):
    names = [*REFUSED, *SKIPPED]
    contents = [content for content, _ in REFUSED.values()] + list(SKIPPED.values())
    middle = len(names) // 2
    files = [(f"{at}.fit", content) for at, content in enumerate(contents)]
    reply = client.upload(*files[:middle], ("good.fit", GOOD), *files[middle:])
    assert reply.status == 200, reply.body
    results = reply.json["results"]
    assert [item["fileName"] for item in results] == [
        name for name, _ in (*files[:middle], ("good.fit", GOOD), *files[middle:])
    ]
    good = results.pop(middle)
    assert good["status"] == "imported", good
    for name, result in zip(names, results, strict=True):
        if name in SKIPPED:
            assert (result["status"], result["kind"]) == ("skipped", name), (name, result)
        else:
            assert_refused(result, "ACTIVITY_FILE_INVALID", REFUSED[name][1])
    assert activities(client) == 1


def test_a_file_with_a_whole_part_is_imported_with_a_warning(client: ApiClient):
    for name, content in REPAIRED.items():
        (result,) = client.upload((f"{name}.fit", content)).json["results"]
        assert result["status"] == "imported", (name, result)
        activity = client.api("GET", f"/activities/{result['activityId']}").json
        assert activity["warnings"], name
        assert client.api("GET", f"/activities/{result['activityId']}/analysis").status == 200


def test_turned_bits_anywhere_never_break_anything(client: ApiClient):
    content = build_fit(duration_s=120)
    files = [(f"{at}.fit", with_flipped_bit(content, at=at / 60)) for at in range(61)]
    reply = client.upload(*files)
    assert reply.status == 200, reply.body
    for result in reply.json["results"]:
        if result["status"] == "failed":
            assert_refused(result, "ACTIVITY_FILE_INVALID", "")
        elif result["activityId"]:
            assert client.api("GET", f"/activities/{result['activityId']}").status == 200
            assert client.api("GET", f"/activities/{result['activityId']}/streams?resolution=high").status == 200


def test_a_file_past_the_limit_fails_alone_and_is_never_held_in_memory(client: ApiClient, growth: MemoryGrowth):
    with growth:
        reply = post_large(client, [("a.fit", GOOD), ("huge.fit", 65 * MEBIBYTE), ("b.fit", build_gpx(duration_s=400))])
    assert reply.status == 200, reply.body
    first, huge, last = reply.json["results"]
    assert (first["status"], last["status"]) == ("imported", "imported"), reply.json
    assert_refused(huge, "PAYLOAD_TOO_LARGE", "64 MiB")
    assert activities(client) == 2
    assert max(growth.bytes.values()) < MOST_GROWTH, growth.bytes


def test_a_hundred_megabytes_are_refused_without_being_held(client: ApiClient, growth: MemoryGrowth):
    with growth:
        reply = post_large(client, [("huge.fit", 100_000_000)])
    assert reply.status == 200, reply.body
    assert_refused(reply.json["results"][0], "PAYLOAD_TOO_LARGE", "64 MiB")
    assert max(growth.bytes.values()) < MOST_GROWTH, growth.bytes


def test_the_largest_file_allowed_is_judged_by_its_content(client: ApiClient):
    reply = post_large(client, [("zeros.fit", 64 * MEBIBYTE), ("good.fit", GOOD)])
    assert reply.status == 202, reply.body
    job = client.finished_job(reply.json["jobId"])
    assert job["state"] == "succeeded"
    assert_refused(job["items"][0], "ACTIVITY_FILE_INVALID", "")
    assert job["items"][1]["status"] == "imported"


def locked(archive: bytes) -> bytes:
    """``archive`` as if a password had been set: the flag in each header is all that a reader goes by."""
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), archive):
            position = found.start() + at
            (flags,) = struct.unpack_from("<H", archive, position)
            archive = archive[:position] + struct.pack("<H", flags | 1) + archive[position + 2 :]
    return archive


ZIPS: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "empty": (zip_of({}), [("failed", "no FIT, TCX or GPX")]),
    "with nothing of use": (zip_of({"notes.txt": b"x", "__MACOSX/._a.fit": b"x"}), [("failed", "no FIT, TCX or GPX")]),
    "cut short": (zip_of({"a.fit": GOOD})[:200], [("failed", "damaged or incomplete")]),
    "locked": (locked(zip_of({"a.fit": GOOD})), [("failed", "password")]),
    "with one bad file": (
        zip_of({"a.fit": GOOD, "b.fit": garbage(), "c.gpx": build_gpx(duration_s=200)}),
        [("imported", ""), ("failed", "neither FIT"), ("imported", "")],
    ),
    "that wants to escape": (
        zip_of({"../../../../tmp/pace42-escaped.fit": GOOD, "/etc/pace42-escaped.fit": GOOD, "C:\\x.fit": GOOD}),
        [("imported", ""), ("duplicate", ""), ("duplicate", "")],
    ),
    "in a ZIP": (zip_of({"outer.zip": zip_of({"inner/a.fit": GOOD})}), [("imported", "")]),
    "in a ZIP in a ZIP": (
        zip_of({"1.zip": zip_of({"2.zip": zip_of({"a.fit": GOOD})}), "b.fit": GOOD}),
        [("imported", ""), ("failed", "ZIP, packed once too often")],
    ),
    "that is a bomb": (zip_bomb(entries=40), [("failed", "")] * 40),
    "that lies about sizes": (zip_bomb(entries=3, declared_bytes=1000), [("failed", "")] * 3),
    "of a bomb": (zip_of({"a.zip": zip_bomb(entries=2), "b.fit": GOOD}), [("imported", "")] + [("failed", "")] * 2),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip(client: ApiClient, growth: MemoryGrowth, name: str):
    content, expected = ZIPS[name]
    with growth:
        reply = client.upload(("archive.zip", content))
        assert reply.status == 202, reply.body
        job = client.finished_job(reply.json["jobId"])
    assert job["state"] == "succeeded", job
    assert job["progress"] == {"done": len(expected), "total": len(expected)}
    for item, (status, words) in zip(job["items"], expected, strict=True):
        assert item["status"] == status, job
        if status == "failed":
            assert_refused(item, "ACTIVITY_FILE_INVALID", words)
    assert activities(client) == sum(status == "imported" for status, _ in expected)
    assert max(growth.bytes.values()) < MOST_GROWTH, growth.bytes


ONE = part(disposition(b"run.fit"), GOOD)
NO_FILE, UNREADABLE, WRONG_TYPE = (422, "VALIDATION_ERROR"), (400, "VALIDATION_ERROR"), (415, "UNSUPPORTED_MEDIA_TYPE")
FORMS: dict[str, tuple[bytes, dict[str, str], tuple[int, str]]] = {
    "no part": (END, FORM, NO_FILE),
    "nothing": (b"", FORM, UNREADABLE),
    "another field": (part(b'Content-Disposition: form-data; name="other"', b"x") + END, FORM, NO_FILE),
    "a part without a name": (part(b"Content-Disposition: form-data", b"x") + END, FORM, NO_FILE),
    "a part without headers": (part(b"X: y", b"x") + END, FORM, NO_FILE),
    "a field of raw bytes": (ONE + part(b'Content-Disposition: form-data; name="a\xff"', b"x") + END, FORM, NO_FILE),
    "NUL in a header": (ONE + part(b'Content-Disposition: form-data; name="a\x00"', b"x") + END, FORM, UNREADABLE),
    "no end": (ONE, FORM, UNREADABLE),
    "cut in the file": (ONE[: len(ONE) // 2], FORM, UNREADABLE),
    "cut in the headers": (ONE + b"--pace42-boundary\r\nContent-Disp", FORM, UNREADABLE),
    "no such boundary": (ONE + END, {"Content-Type": "multipart/form-data; boundary=another"}, UNREADABLE),
    "no boundary": (ONE + END, {"Content-Type": "multipart/form-data"}, UNREADABLE),
    "a boundary of 1,000": (ONE + END, {"Content-Type": f"multipart/form-data; boundary={'b' * 1000}"}, UNREADABLE),
    "a header line of 100 kB": (part(b"X: " + b"y" * 100_000, b"x") + END, FORM, UNREADABLE),
    "1,000 header lines": (part(b"\r\n".join([b"X: y"] * 1000), b"x") + END, FORM, UNREADABLE),
    "JSON": (b'{"file": "x"}', {"Content-Type": "application/json"}, WRONG_TYPE),
    "a bare file": (GOOD, {"Content-Type": "application/octet-stream"}, WRONG_TYPE),
    "a plain form": (b"file=x", {"Content-Type": "application/x-www-form-urlencoded"}, WRONG_TYPE),
    "another multipart": (ONE + END, {"Content-Type": FORM["Content-Type"].replace("form-data", "mixed")}, WRONG_TYPE),
    "a nonsense type": (ONE + END, {"Content-Type": ";;;"}, WRONG_TYPE),
    "1,001 files": (part(disposition(b"a.fit"), b"") * 1001 + END, FORM, NO_FILE),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_cannot_be_taken_is_refused_whole(client: ApiClient, name: str):
    body, headers, expected = FORMS[name]
    reply = post_form(client, body, headers)
    error = envelope_of(reply)
    assert (reply.status, error["code"]) == expected, reply.body
    assert len(error["message"].split()) > 3
    assert activities(client) == 0
    assert client.upload(("good.fit", GOOD)).json["results"][0]["status"] == "imported"


NAMES = {
    b"../../etc/passwd": "passwd",
    b"C:\\\\Users\\\\me\\\\run.fit": "run.fit",
    b"folder/": "folder",
    b"////": "file 1",
    b"..": "..",
    b"x" * 5000 + b".fit": "x" * 196 + ".fit",
    "ריצה.fit".encode(): "ריצה.fit",
    "a\u202etif.exe".encode(): "a\ufffdtif.exe",
    "🏃‍♀️.fit".encode(): None,
    b"\xff\xfe.fit": None,
    b"%2e%2e%2fa.fit": None,
    b"<script>alert(1)</script>": "script>",
    b"": None,
}


@pytest.mark.parametrize("name", NAMES, ids=[str(at) for at in range(len(NAMES))])
def test_a_strange_file_name_comes_back_safe(client: ApiClient, name: bytes):
    reply = post_form(client, part(disposition(name), GOOD) + END)
    assert reply.status == 200, reply.body
    (result,) = reply.json["results"]
    shown = result["fileName"]
    assert result["status"] == "imported"
    assert 0 < len(shown) <= 200
    assert not set(shown) & set("/\\\x00\r\n\u202e"), shown
    assert NAMES[name] in (None, shown)


def test_a_body_that_says_it_is_larger_than_any_is_refused_before_it_is_sent(client: ApiClient):
    with contextlib.suppress(ConnectionError):
        reply = client.api(
            "POST", "/activities/import", raw=iter([b""]), headers=FORM | {"Content-Length": str(3 << 30)}
        )
        assert (reply.status, envelope_of(reply)["code"]) == (413, "PAYLOAD_TOO_LARGE")
