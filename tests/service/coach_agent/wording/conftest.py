from __future__ import annotations

import pytest

from shared.config import load
from shared.secrets import SecretsSettings, open_secret_store
from tests.service.coach_agent.wording.worded import worded_coach
from tests.support.language_models import answers_status


@pytest.fixture
async def keys(house):
    """The keys of the providers, where the service looks for them."""
    store = await open_secret_store(load(SecretsSettings))
    await store.write("keys/coach_agent/models", {"openai": "key-of-openai", "gemini": "key-of-gemini"})
    yield
    await store.delete("keys/coach_agent/models")
    await store.aclose()


@pytest.fixture
async def coach(house, around, settings, keys):
    async with worded_coach(house, around, settings, gemini_key=True, model_first_sentence_s=3.0) as built:
        built.secondary.acts(answers_status(503))
        yield built
