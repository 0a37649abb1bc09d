from __future__ import annotations

import asyncio
import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import NotFound
from shared.events import (
    DELIVER,
    DELIVERY_PATH,
    GROUP_PATH,
    Event,
    EventGroup,
    EventInbox,
    EventOutbox,
    delivery_handler,
    release,
)
from shared.ids import uuid7
from shared.personal import PostgresFieldCipher, UnreadableFieldError, UserCipher
from shared.postgres import Database, from_jsonb

USER = uuid7()


def event(version: int = 1, *, user_id: uuid.UUID = USER, aggregate: str = "activity-1") -> Event:
    return Event(
        id=uuid7(), kind="activity.imported", user_id=user_id, aggregate=aggregate, version=version,
        occurred_at=datetime.now(UTC), payload={"sport": "running"},
    )  # fmt: skip


async def accepted(database: Database, each: Event) -> bool:
    async with database.transaction() as connection:
        return await EventInbox().accept(connection, each)


async def test_an_event_is_news_once(database: Database):
    news = event()
    assert [await accepted(database, news) for _ in range(3)] == [True, False, False]


async def test_two_deliveries_at_once_are_one_piece_of_news(database: Database):
    news = event()
    assert sorted(await asyncio.gather(*(accepted(database, news) for _ in range(8)))) == [False] * 7 + [True]


async def test_an_older_version_of_an_aggregate_is_ignored(database: Database):
    assert [await accepted(database, event(version)) for version in (2, 1, 2, 3)] == [True, False, False, True]
    assert await accepted(database, event(1, aggregate="activity-2"))
    assert await accepted(database, event(1, user_id=uuid7()))


async def test_events_of_an_erased_user_are_ignored(database: Database):
    async with database.connection() as connection:
        await connection.execute("INSERT INTO erased_user (user_id) VALUES ($1)", USER)
    assert not await accepted(database, event())
    assert await accepted(database, event(user_id=uuid7()))


async def test_an_event_whose_effect_failed_is_news_again(database: Database):
    news = event()

    async def take_and_fail() -> None:
        async with database.transaction() as connection:
            assert await EventInbox().accept(connection, news)
            raise NotFound("the effect failed")

    with pytest.raises(NotFound):
        await take_and_fail()
    assert await accepted(database, news)


async def test_many_events_are_published_as_each_would_be(database: Database):
    outbox = EventOutbox({"activity.imported": ["coach_agent", "messaging"]})
    news = [event(1), event(2), event(3).model_copy(update={"kind": "activity.unheard"})]
    async with database.transaction() as connection:
        await outbox.publish_many(connection, news, request_id="request-1")
        await outbox.publish_many(connection, news[:1])
        rows = await connection.fetch("SELECT payload FROM pgqueuer ORDER BY id")
    jobs = [from_jsonb(row["payload"].decode()) for row in rows]
    assert [(job["data"]["subscriber"], job["data"]["event"]["id"], job["requestId"]) for job in jobs] == [
        (subscriber, str(each.id), "request-1") for each in news[:2] for subscriber in ("coach_agent", "messaging")
    ]


async def test_publishing_is_one_job_per_subscriber_or_none_at_all(database: Database):
    outbox = EventOutbox({"activity.imported": ["coach_agent", "messaging"]})
    news = event()

    async def publish(*, fail: bool) -> None:
        async with database.transaction() as connection:
            await outbox.publish(connection, news, request_id="request-1")
            if fail:
                raise NotFound("the change failed")

    with pytest.raises(NotFound):
        await publish(fail=True)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer") == 0
    await publish(fail=False)
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT entrypoint, payload FROM pgqueuer ORDER BY id")
    jobs = [from_jsonb(row["payload"].decode()) for row in rows]
    assert {row["entrypoint"] for row in rows} == {DELIVER}
    assert [job["data"]["subscriber"] for job in jobs] == ["coach_agent", "messaging"]
    assert {job["requestId"] for job in jobs} == {"request-1"}
    delivered: list[tuple[str, Event]] = []

    async def send(subscriber: str, path: str, data: object) -> None:
        assert path == DELIVERY_PATH
        delivered.append((subscriber, Event.model_validate(data)))

    for job in jobs:
        await delivery_handler(send)(job["data"], 0)
    assert delivered == [("coach_agent", news), ("messaging", news)]


@pytest.fixture
def fields() -> PostgresFieldCipher:
    return PostgresFieldCipher(master_key=os.urandom(32), hash_key=os.urandom(32))


async def cipher_of(database: Database, fields: PostgresFieldCipher, user_id: uuid.UUID) -> UserCipher:
    async with database.transaction() as connection:
        return await fields.for_user(connection, user_id)


@pytest.mark.parametrize("text", ["", "ada@example.com", "Zoë 🏃 \x00", "x" * 100_000])
async def test_a_field_opens_with_its_users_key_alone(database: Database, fields: PostgresFieldCipher, text: str):
    mine, other = await cipher_of(database, fields, USER), await cipher_of(database, fields, uuid7())
    sealed = mine.encrypt(text)
    assert (await cipher_of(database, fields, USER)).decrypt(sealed) == text
    assert mine.encrypt(text) != sealed
    for stranger in (other, UserCipher(other.user_id, mine.key), UserCipher(USER, other.key)):
        with pytest.raises(UnreadableFieldError):
            stranger.decrypt(sealed)


async def test_any_change_to_a_sealed_field_is_noticed(database: Database, fields: PostgresFieldCipher):
    cipher = await cipher_of(database, fields, USER)
    sealed = cipher.encrypt("ada@example.com")
    flipped = [bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]]) for at in range(len(sealed))]
    for damaged in [*flipped, *(sealed[:length] for length in range(len(sealed))), sealed + b"\x00"]:
        with pytest.raises(UnreadableFieldError):
            cipher.decrypt(damaged)


async def test_racing_first_uses_agree_on_one_key(database: Database, fields: PostgresFieldCipher):
    user_id = uuid7()
    ciphers = await asyncio.gather(*(cipher_of(database, fields, user_id) for _ in range(20)))
    assert len({cipher.key for cipher in ciphers}) == 1


async def test_without_the_master_key_or_under_another_user_a_key_is_of_no_use(
    database: Database, fields: PostgresFieldCipher
):
    await cipher_of(database, fields, USER)
    other = PostgresFieldCipher(master_key=os.urandom(32), hash_key=os.urandom(32))
    with pytest.raises(UnreadableFieldError):
        await cipher_of(database, other, USER)
    thief = uuid7()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO user_key SELECT $1, wrapped_key FROM user_key", thief)
    with pytest.raises(UnreadableFieldError):
        await cipher_of(database, fields, thief)


def test_the_keyed_hash_is_equal_for_what_people_take_for_equal(fields: PostgresFieldCipher):
    equal = [
        ("Ada@Example.COM", "ada@example.com"), (" ada@example.com\t", "ada@example.com"),
        ("zoe\u0308@example.com", "zo\u00eb@example.com"), ("STRASSE@example.com", "stra\u00dfe@example.com"),
        ("\uff41da@example.com", "ada@example.com"), ("\u1e9b\u0323@x.org", "\u1e69@x.org"),
    ]  # fmt: skip
    for one, other in equal:
        assert fields.keyed_hash(one) == fields.keyed_hash(other), (one, other)
    assert fields.keyed_hash("ada@example.com") != fields.keyed_hash("ada@example.org")
    other_key = PostgresFieldCipher(master_key=os.urandom(32), hash_key=os.urandom(32))
    assert fields.keyed_hash("a") != other_key.keyed_hash("a")
    assert len(fields.keyed_hash("")) == 32


def test_nothing_printed_shows_a_key(fields: PostgresFieldCipher):
    assert repr(UserCipher(USER, b"planted" * 4)).find("planted") == -1
    with pytest.raises(ValueError, match="32 bytes"):
        PostgresFieldCipher(master_key=b"short", hash_key=os.urandom(32))


async def test_a_group_is_one_job_per_subscriber_that_waits_until_it_is_released(database: Database):
    outbox = EventOutbox({"activity.imported": ["coach_agent", "messaging"]})
    news = [event(1), event(2), event(3).model_copy(update={"kind": "activity.unheard"})]

    async def due() -> int:
        async with database.connection() as connection:
            return await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE execute_after <= now()")

    async with database.transaction() as connection:
        for held_for in ("one", "another"):
            await outbox.publish_group(connection, news, held_for=held_for, at_most=timedelta(minutes=5))
        rows = await connection.fetch("SELECT payload FROM pgqueuer ORDER BY id")
    assert await due() == 0
    async with database.transaction() as connection:
        await release(connection, "one")
    assert await due() == 2
    delivered: list[tuple[str, str, list[Event]]] = []

    async def send(subscriber: str, path: str, data: object) -> None:
        delivered.append((subscriber, path, EventGroup.model_validate(data).events))

    for row in rows[:2]:
        await delivery_handler(send)(from_jsonb(row["payload"].decode())["data"], 0)
    assert delivered == [(subscriber, GROUP_PATH, news[:2]) for subscriber in ("coach_agent", "messaging")]
