"""The daily questions, which subscription counts on the user's behalf."""

from __future__ import annotations

import uuid

from shared.http.client import ServiceClient

_QUESTIONS = "/api/v1/subscription/questions"


class SubscriptionQuota:
    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def reserve(self, question_id: uuid.UUID) -> str:
        answer = await self._client.send("POST", _QUESTIONS, body={"questionId": str(question_id)})
        return str(answer["plan"])

    async def settle(self, question_id: uuid.UUID, *, answered: bool) -> None:
        outcome = "answered" if answered else "failed"
        await self._client.send("POST", f"{_QUESTIONS}/{question_id}/settle", body={"outcome": outcome})
