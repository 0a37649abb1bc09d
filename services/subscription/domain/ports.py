"""What subscription needs from outside, as it wishes it were."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from services.subscription.domain.models import Outcome, PlanChange, Reservation, Standing


class QuestionStore(Protocol):
    """A question counts while it is ``answered``, or reserved at or after ``live_since`` and not settled yet."""

    async def reserve(
        self, reservation: Reservation, *, live_since: datetime, admit: Callable[[Standing], None]
    ) -> Standing:
        """Store the reservation unless ``admit`` raises on how the runner stands; how they stand afterwards.

        One reservation of a runner at a time. A question that counts already is left as it is, and nobody is asked.
        """
        ...

    async def settle(self, user_id: uuid.UUID, question_id: uuid.UUID, outcome: Outcome) -> bool:
        """Say how a question ended, if that was not said yet; whether there is such a question."""
        ...

    async def standing(self, user_id: uuid.UUID, local_date: date, *, live_since: datetime) -> Standing: ...


class SubscriptionStore(Protocol):
    async def change(self, change: PlanChange) -> None:
        """Give the plan and record who did, both or neither."""
        ...
