"""What the coach needs from outside, as it wishes it were."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.chat.conversation import Conversation, Exchange
from services.coach_agent.domain.chat.intent import Thread
from services.coach_agent.domain.models import Activity, ActivityDetail, Streams
from services.coach_agent.domain.runs.metrics import RunMetrics


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one user: its kind and the activities it draws, the one asked about first, or the days."""

    chart_id: uuid.UUID
    kind: str
    activity_ids: tuple[uuid.UUID, ...]
    first_day: dt.date | None = None
    last_day: dt.date | None = None


class ActivitySource(Protocol):
    """The activities of one runner."""

    async def newest(
        self, *, limit: int, sport: str | None = None, first_day: dt.date | None = None, last_day: dt.date | None = None
    ) -> Sequence[Activity]:
        """Newest first; the days are local dates, inclusive."""
        ...

    async def between(self, first_day: dt.date, last_day: dt.date, *, sport: str | None = None) -> Sequence[Activity]:
        """All of the local days, both included, newest first."""
        ...

    async def detail(self, activity_id: uuid.UUID) -> ActivityDetail:
        """Raises NotFound."""
        ...

    async def streams(self, activity_id: uuid.UUID) -> Streams | None: ...


class AthleteStore(Protocol):
    async def load(self, user_id: uuid.UUID) -> Profile: ...

    async def change(self, user_id: uuid.UUID, decide: Callable[[Profile], Profile]) -> None:
        """Save what ``decide`` makes of the profile; changes of one user wait for each other. Raises what it does."""
        ...


class RunMetricsStore(Protocol):
    async def load(self, user_id: uuid.UUID, activity_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, RunMetrics]:
        """Those measured; one kept in a shape that is no longer read is left out, and is to be measured again."""
        ...

    async def keep(self, user_id: uuid.UUID, metrics: RunMetrics) -> None:
        """Store unless a newer version, or the activity's deletion, is known already."""
        ...

    async def data_version(self, user_id: uuid.UUID) -> int:
        """Grows with each change of the user's metrics."""
        ...


class ConversationStore(Protocol):
    async def thread(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> Thread:
        """What the latest answer was about. Raises NotFound for a conversation that is not the user's."""
        ...

    async def find(self, user_id: uuid.UUID, message_id: uuid.UUID) -> Exchange | None: ...

    async def open(self, user_id: uuid.UUID, exchange: Exchange) -> None:
        """Store the first question of a new conversation with its reply."""
        ...

    async def add(self, user_id: uuid.UUID, exchange: Exchange) -> None:
        """Store a further question with its reply. Raises NotFound for a conversation deleted meanwhile."""
        ...

    async def page(
        self, user_id: uuid.UUID, *, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Conversation], uuid.UUID | None]:
        """Newest first, and where the next page begins."""
        ...

    async def get(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> tuple[Conversation, Sequence[Exchange]]:
        """Raises NotFound."""
        ...

    async def delete(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        """Raises NotFound."""
        ...


class ChartStore(Protocol):
    async def ensure(self, user_id: uuid.UUID, request: ChartRequest) -> Chart:
        """The user's chart of this kind and these activities or days, made on first use."""
        ...

    async def get(self, user_id: uuid.UUID, chart_id: uuid.UUID) -> Chart:
        """Raises NotFound."""
        ...


class QuestionQuota(Protocol):
    async def reserve(self, question_id: uuid.UUID) -> str:
        """The name of the asker's plan.

        Raises what the subscription says, such as SUBSCRIPTION_QUERY_LIMIT, or UpstreamUnavailable.
        """
        ...

    async def settle(self, question_id: uuid.UUID, *, answered: bool) -> None: ...


class ChartRenderer(Protocol):
    async def render(self, spec: Mapping[str, Any], media_type: str) -> bytes:
        """An image/svg+xml or image/png of a Vega-Lite spec. Raises UpstreamUnavailable or UpstreamTimeout."""
        ...
