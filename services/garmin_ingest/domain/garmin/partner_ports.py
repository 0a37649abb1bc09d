"""What only Garmin's partner programme offers: a page where the runner agrees, and data that Garmin sends by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, get_args

from services.garmin_ingest.domain.garmin.models import Days, Tokens
from services.garmin_ingest.domain.ports import IncomingFile

SummaryKind = Literal["activities", "dailies", "sleeps", "hrv", "bodyComps"]
SUMMARY_KINDS: tuple[SummaryKind, ...] = get_args(SummaryKind)

# What the runner may grant or keep, as Garmin names it.
ACTIVITIES_PERMISSION = "ACTIVITY_EXPORT"
HEALTH_PERMISSION = "HEALTH_EXPORT"
LONGEST_BACKFILL_DAYS = 30


class PartnerApi(Protocol):
    """Beyond ``GarminSource``, whose errors it raises; the callbacks are addresses that a notification named."""

    def authorization_url(self, *, state: str, verifier: str) -> str:
        """Garmin's page where the runner agrees; it leads back to ``redirect_uri``."""
        ...

    @property
    def redirect_uri(self) -> str: ...

    async def permissions(self, tokens: Tokens) -> Sequence[str]:
        """What the runner grants today, sorted."""
        ...

    async def request_backfill(self, tokens: Tokens, kind: SummaryKind, days: Days) -> bool:
        """Ask Garmin to send what it has of at most 30 days; False where it will not, for good."""
        ...

    async def fetch_file(self, tokens: Tokens, callback_url: str, into: IncomingFile) -> None:
        """Raises ValidationFailed for an address that is not Garmin's, and NotFound for one that has expired."""
        ...

    async def fetch_summaries(self, tokens: Tokens, callback_url: str) -> Sequence[Mapping[str, Any]]:
        """Raises as ``fetch_file`` does."""
        ...
