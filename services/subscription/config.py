"""Settings of subscription, under ``SUBSCRIPTION_``."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.config import ServiceSettings


class SubscriptionSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SUBSCRIPTION_")

    # Questions per day of the runner. Zero is allowed: it closes the coach to the free plan.
    free_questions_per_day: int = Field(10, ge=0, le=1_000_000_000, validation_alias="PACE42_FREE_QUESTIONS_PER_DAY")
