"""Keys that others have given get from the environment of one job into the store, and nowhere else."""

from __future__ import annotations

import pytest

from deploy.provision import MODEL_KEYS, keep_given
from shared.config import load
from shared.secrets import SecretsSettings, open_secret_store


@pytest.fixture
async def store(house):
    opened = await open_secret_store(load(SecretsSettings))
    yield opened
    await opened.delete(MODEL_KEYS)
    await opened.aclose()


async def test_given_keys_are_put_where_the_service_reads_them(store):
    assert await keep_given(store, {"PACE42_OPENAI_KEY": "a", "PACE42_GEMINI_KEY": ""}) == [MODEL_KEYS]
    assert await store.read(MODEL_KEYS) == {"openai": "a"}


async def test_a_new_key_takes_the_place_of_the_old_one_and_leaves_the_other(store):
    await keep_given(store, {"PACE42_OPENAI_KEY": "a", "PACE42_GEMINI_KEY": "g"})
    assert await keep_given(store, {"PACE42_OPENAI_KEY": "b"}) == [MODEL_KEYS]
    assert await store.read(MODEL_KEYS) == {"openai": "b", "gemini": "g"}


async def test_without_given_keys_nothing_is_written(store):
    assert await keep_given(store, {}) == []
    assert await store.read(MODEL_KEYS) is None
