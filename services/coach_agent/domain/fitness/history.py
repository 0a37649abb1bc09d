"""The histories of the runners who were asked about last."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

import numpy as np

from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.ports import HistoryStore, Standing

# Ten years of a daily runner are some 4 MB, and reading them again takes a few hundredths of a second.
_CACHED_RUNNERS = 8


class Histories:
    """A history is read once per version of the runner's data."""

    def __init__(self, store: HistoryStore) -> None:
        self._store = store
        self._cached: OrderedDict[uuid.UUID, History] = OrderedDict()

    async def standing(self, user_id: uuid.UUID) -> Standing:
        return await self._store.standing(user_id)

    async def of(self, user_id: uuid.UUID, data_version: int) -> History:
        """The history as of ``data_version`` or later."""
        cached = self._cached.get(user_id)
        if cached is None or cached.data_version < data_version:
            cached = await self._store.history(user_id)
        self._cached[user_id] = cached
        self._cached.move_to_end(user_id)
        if len(self._cached) > _CACHED_RUNNERS:
            self._cached.popitem(last=False)
        return cached


def without(history: History, gone: Collection[uuid.UUID]) -> History:
    """The history less some activities."""
    if not gone:
        return history
    kept = np.array([activity_id not in gone for activity_id in history.activity_ids], dtype=np.bool_)
    places = np.flatnonzero(kept)
    columns: dict[str, Any] = {
        field.name: value[kept]
        for field in fields(history)
        if isinstance(value := getattr(history, field.name), np.ndarray)
    }
    return replace(
        history,
        activity_ids=tuple(history.activity_ids[place] for place in places),
        sports=tuple(history.sports[place] for place in places),
        **columns,
    )
