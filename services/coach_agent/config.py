"""Settings of coach_agent, under ``COACH_AGENT_``. Times are seconds."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.config import ServiceSettings


class CoachAgentSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="COACH_AGENT_")

    chart_timeout_s: float = Field(10.0, gt=0, le=60)
    # The renderer holds some 170 MB; after this long without a chart it is let go.
    chart_idle_s: float = Field(120.0, gt=0)
    chart_cache_s: int = Field(3600, ge=1)
    measuring_concurrency: int = Field(2, ge=1, le=16)
