"""Where Garmin's notifications come in: who may, what may, and that it is stored before it is answered."""

from __future__ import annotations

import gzip
from ipaddress import ip_network

import orjson
import pytest

from services.garmin_ingest.app import create_app
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.service.garmin_ingest.partner.conftest import SECRET, PartnerUnderTest
from tests.support.garmin.partner_summaries import user_id
from tests.support.service import serve

A_DAY = {"dailies": [{"userId": "nobody", "calendarDate": "2026-03-02", "restingHeartRateInBeatsPerMinute": 50}]}


async def stored(partner: PartnerUnderTest) -> int:
    return len(await partner.ingest.sql("SELECT 1 FROM webhook_payload"))


async def test_a_notification_is_stored_and_queued_in_one(partner: PartnerUnderTest):
    answer = await partner.push(A_DAY)
    assert (answer.status, answer.body) == (200, b"")
    (row,) = await partner.ingest.sql("SELECT body_sealed FROM webhook_payload")
    assert b"calendarDate" not in row["body_sealed"]
    assert len(await partner.ingest.sql("SELECT 1 FROM pgqueuer WHERE entrypoint = 'spread_garmin_webhook'")) == 1


async def test_the_same_notification_is_taken_once(partner: PartnerUnderTest):
    for _ in range(3):
        assert (await partner.push(A_DAY)).status == 200
    assert await stored(partner) == 1
    assert len(await partner.ingest.sql("SELECT 1 FROM pgqueuer WHERE entrypoint = 'spread_garmin_webhook'")) == 1
    async with partner.ingest.worker():
        await partner.worked_off()
    assert (await partner.push(A_DAY)).status == 200
    assert await partner.ingest.sql("SELECT 1 FROM pgqueuer") == []


@pytest.mark.parametrize("secret", ["wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "%00", "a" * 3000])
async def test_without_the_secret_there_is_nothing_here(partner: PartnerUnderTest, secret: str):
    answer = await partner.push(A_DAY, secret=secret)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert await stored(partner) == 0


async def test_without_a_secret_in_the_settings_there_is_no_such_address(partner: PartnerUnderTest):
    settings = partner.ingest.settings.model_copy(update={"webhook_secret": None})
    async with serve(create_app, settings) as served:
        closed = PartnerUnderTest(
            IngestUnderTest(served, partner.ingest.house, settings), partner.server, partner.account
        )
        assert {(await closed.push(A_DAY, secret=secret)).status for secret in (SECRET, "None", "-")} == {404}


async def test_only_allowed_networks_may_send_and_others_are_not_told_why(partner: PartnerUnderTest):
    networks = (ip_network("203.0.113.0/24"), ip_network("2001:db8::/32"))
    settings = partner.ingest.settings.model_copy(update={"webhook_networks": networks})
    async with serve(create_app, settings) as served:
        guarded = PartnerUnderTest(
            IngestUnderTest(served, partner.ingest.house, settings), partner.server, partner.account
        )
        refused = [await guarded.push(A_DAY, address=who) for who in ("198.51.100.1", "2001:db9::1", "", "nonsense")]
        assert {answer.status for answer in refused} == {404}
        wrong_secret = await guarded.push(A_DAY, secret="x" * 40)
        assert {answer.json["error"]["message"] for answer in refused} == {wrong_secret.json["error"]["message"]}
        allowed = [await guarded.push(A_DAY, address=who) for who in ("203.0.113.250", "2001:db8::7")]
        assert {answer.status for answer in allowed} == {200}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"\xff\xfe", 400), (b"[" * 100_000, 400), (b"{}", 422), (b"[]", 422),
     (b'{"unheardOf": []}', 422), (b'{"dailies": "x"}', 422), (b'{"unheardOf": [' + b'"x",' * 300_000 + b'"x"]}', 422)],
)  # fmt: skip
async def test_what_garmin_never_sends_is_refused_and_not_kept(partner: PartnerUnderTest, body: bytes, status: int):
    answer = await partner.push(body)
    assert (answer.status, answer.code) == (status, "VALIDATION_ERROR")
    assert await stored(partner) == 0


async def test_another_content_type_is_refused(partner: PartnerUnderTest):
    answer = await partner.push(A_DAY, headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_packed_notification_is_unpacked(partner: PartnerUnderTest):
    packed = gzip.compress(orjson.dumps(A_DAY))
    assert (await partner.push(packed, headers={"Content-Encoding": "gzip"})).status == 200
    assert (await partner.push(A_DAY)).status == 200
    assert await stored(partner) == 1


async def test_a_body_past_100_mib_is_refused_however_it_is_packed(partner: PartnerUnderTest):
    body = b'{"dailies": [' + b" " * (100 * 1024 * 1024) + b"]}"
    answer = await partner.push(gzip.compress(body, 1), headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert await stored(partner) == 0


async def test_a_large_notification_is_stored_before_it_is_answered(partner: PartnerUnderTest):
    sample = {"startTimeInSeconds": 1_770_000_000, "heartRate": 150, "latitudeInDegree": 47.123}
    element = {"userId": user_id(partner.account), "summaryId": "1", "samples": [sample] * 10_000}
    body = orjson.dumps({"activityDetails": [element] * 80})
    assert len(body) > 60_000_000
    answer = await partner.push(body)
    assert answer.status == 200
    assert await stored(partner) == 1
