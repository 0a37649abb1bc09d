"""What both adapters promise, asked of both in the same words."""

from __future__ import annotations

import asyncio
import json

import pytest
import structlog

from shared import secrets
from shared.errors import SecretsUnavailable
from tests.contract.secrets.conftest import Backend, Stopwatch

PLANTED = "planted-7f3c1e"
VALUES = {"token": PLANTED}

NO_PATHS = (
    "", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a b", "ä", "a\n", "a?b=c", "a%2fb", "a*", "-a",
    "/".join("abcdefghi"), "a" * 129,
)  # fmt: skip
NO_JSON = (float("nan"), float("inf"), b"bytes", {1, 2}, object(), PLANTED + "\ud800", PLANTED * 20_000, {1: "x"})

# RELIABILITY 6: a store that is sealed, hung or refusing is an answer within 3 s.
ANSWER_WITHIN_S = 3.0
# RELIABILITY 5: back within 10 s of the backend.
BACK_WITHIN_S = 10.0


async def test_a_path_never_written_is_absent(backend: Backend):
    assert await backend.store.read("keys/nobody/signing") is None


@pytest.mark.parametrize(
    "values",
    [
        {"text": "ü 🏃 \u0000 \\ \" '", "empty": ""},
        {"integer": 2**53 + 1, "negative": -1, "fraction": 0.1, "yes": True, "nothing": None},
        {"nested": {"list": [1, [2, {"deep": "x"}], None]}, "key with spaces": "y"},
        {"long": "a" * 60_000},
        {},
    ],
    ids=["text", "scalars", "nested", "long", "empty"],
)
async def test_values_come_back_exactly(backend: Backend, values: dict[str, object]):
    await backend.store.write("keys/auth/signing", values)

    found = await (await backend.another()).read("keys/auth/signing")

    assert found is not None
    assert json.dumps(dict(found), sort_keys=True) == json.dumps(values, sort_keys=True)


async def test_a_write_replaces_everything_that_was_there(backend: Backend):
    await backend.store.write("garmin/users/1", {"password": "x", "tokens": "y"})
    await backend.store.write("garmin/users/1", {"tokens": "z"})

    assert await backend.store.read("garmin/users/1") == {"tokens": "z"}


async def test_write_if_absent_never_overwrites(backend: Backend):
    assert await backend.store.write_if_absent("keys/auth/refresh", {"key": "first"}) is True
    assert await backend.store.write_if_absent("keys/auth/refresh", {"key": "second"}) is False

    assert await backend.store.read("keys/auth/refresh") == {"key": "first"}


async def test_of_racing_writers_one_wins_and_all_agree(backend: Backend):
    stores = [await backend.another() for _ in range(12)]

    won = await asyncio.gather(
        *(store.write_if_absent("keys/auth/access", {"writer": number}) for number, store in enumerate(stores))
    )

    assert won.count(True) == 1
    seen = await asyncio.gather(*(store.read("keys/auth/access") for store in stores))
    assert seen == [{"writer": won.index(True)}] * len(stores)


async def test_a_deleted_path_is_absent_and_can_be_written_as_new(backend: Backend):
    await backend.store.write("garmin/users/1", {"tokens": "old"})
    await backend.store.write("garmin/users/1", {"tokens": "newer"})

    await backend.store.delete("garmin/users/1")

    assert await backend.store.read("garmin/users/1") is None
    assert await backend.store.write_if_absent("garmin/users/1", {"tokens": "again"}) is True


async def test_deleting_what_is_not_there_is_no_error(backend: Backend):
    await backend.store.delete("garmin/users/nobody")


async def test_a_path_and_the_paths_below_it_are_separate(backend: Backend):
    await backend.store.write("keys/auth", {"level": "above"})
    await backend.store.write("keys/auth/signing", {"level": "below"})

    await backend.store.delete("keys/auth")

    assert await backend.store.read("keys/auth/signing") == {"level": "below"}


async def test_a_path_that_could_mean_something_else_is_refused_by_every_method(backend: Backend):
    store = backend.store
    for path in NO_PATHS:
        for call in (store.read(path), store.write(path, {}), store.write_if_absent(path, {}), store.delete(path)):
            with pytest.raises(ValueError, match="path is 1 to 8 segments"):
                await call


async def test_values_that_are_no_json_are_refused_without_being_repeated(backend: Backend):
    for value in NO_JSON:
        for write in (backend.store.write, backend.store.write_if_absent):
            with pytest.raises(ValueError, match="JSON object of at most 256 KiB") as refused:
                await write("keys/auth/signing", {"token": PLANTED, "value": value})
            assert _everything_said(refused.value) == str(refused.value)

    assert await backend.store.read("keys/auth/signing") is None


async def test_nothing_that_can_be_printed_shows_a_value(backend: Backend):
    await backend.store.write("keys/auth/signing", VALUES)
    found = await backend.store.read("keys/auth/signing")

    password = backend.settings.vault_secret_id or backend.settings.secrets_database_url
    assert password is not None
    for printed in (repr(found), str(found), f"{found}", repr(backend.store), repr(backend.settings)):
        assert PLANTED not in printed
        assert password.get_secret_value() not in printed


@pytest.mark.parametrize("trouble", ["hung", "dead"])
async def test_a_backend_in_trouble_is_an_answer_in_time_that_says_nothing(backend: Backend, trouble: str):
    await backend.store.write("keys/auth/signing", VALUES)
    await _bring(backend, trouble)

    with structlog.testing.capture_logs() as logs, Stopwatch() as watch:
        failures = await asyncio.gather(
            backend.store.read("keys/auth/signing"),
            backend.store.write("keys/auth/signing", VALUES),
            backend.store.write_if_absent("keys/auth/other", VALUES),
            backend.store.delete("keys/auth/signing"),
            return_exceptions=True,
        )

    assert watch.elapsed_s < ANSWER_WITHIN_S
    for failure in failures:
        assert isinstance(failure, SecretsUnavailable)
        assert failure.retryable
        assert failure.retry_after_s is not None
        assert 0 < failure.retry_after_s <= 2
        assert _everything_said(failure) == failure.message
    assert [entry["event"] for entry in logs] == ["secret store unavailable"] * 4
    assert PLANTED not in repr(logs)
    assert "127.0.0.1" not in repr(logs)


@pytest.mark.parametrize("trouble", ["hung", "dead"])
async def test_many_callers_of_a_backend_in_trouble_neither_wait_long_nor_use_it_up(backend: Backend, trouble: str):
    await backend.store.write("keys/auth/signing", VALUES)
    await _bring(backend, trouble)

    with Stopwatch() as watch:
        failures = await asyncio.gather(
            *(backend.store.read("keys/auth/signing") for _ in range(40)), return_exceptions=True
        )
    assert watch.elapsed_s < ANSWER_WITHIN_S
    assert {type(failure) for failure in failures} == {SecretsUnavailable}

    await backend.relay.recover()
    with Stopwatch() as watch:
        assert await _read_when_back(backend, "keys/auth/signing") == VALUES
    assert watch.elapsed_s < BACK_WITHIN_S


async def test_a_write_cut_short_has_happened_whole_or_not_at_all(backend: Backend, monkeypatch):
    old, new = {"a": "old", "b": "old"}, {"a": "new", "b": "new"}
    await backend.store.write("garmin/users/1", old)
    monkeypatch.setattr(secrets, "BUDGET_S", 0.3)  # when it is cut is another test's
    backend.relay.hang()
    with pytest.raises(SecretsUnavailable):
        await backend.store.write("garmin/users/1", new)

    monkeypatch.undo()
    await backend.relay.recover()

    assert await _read_when_back(backend, "garmin/users/1") in (old, new)
    await backend.store.write("garmin/users/1", new)
    assert await backend.store.read("garmin/users/1") == new


async def test_a_caller_who_gives_up_takes_nothing_down(backend: Backend):
    await backend.store.write("keys/auth/signing", VALUES)
    backend.relay.hang()
    waiting = [asyncio.create_task(backend.store.read("keys/auth/signing")) for _ in range(8)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    given_up = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(outcome) for outcome in given_up} == {asyncio.CancelledError}

    await backend.relay.recover()

    assert await backend.store.read("keys/auth/signing") == VALUES


async def _bring(backend: Backend, trouble: str) -> None:
    if trouble == "hung":
        backend.relay.hang()
    else:
        await backend.relay.die()


async def _read_when_back(backend: Backend, path: str) -> object:
    async with asyncio.timeout(BACK_WITHIN_S):
        while True:
            try:
                return await backend.store.read(path)
            except SecretsUnavailable:
                await asyncio.sleep(0.05)


def _everything_said(error: BaseException) -> str:
    """The texts of an error and of all that it came from, which a log might walk."""
    texts = [str(error)]
    for earlier in (error.__cause__, error.__context__):
        texts += [_everything_said(earlier)] if earlier is not None else []
    return " | ".join(texts)
