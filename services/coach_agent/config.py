"""Settings of coach_agent, under ``COACH_AGENT_``. Times are seconds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from shared.config import ServiceSettings

_ADDRESS = r"^https?://[^/\s@]+(/[^\s]*)?$"


class WeatherSettings(ServiceSettings):
    """Open-Meteo: its public addresses, or those of a server of one's own or of its customers."""

    weather_geocoding_url: str = Field("https://geocoding-api.open-meteo.com", pattern=_ADDRESS)
    weather_forecast_url: str = Field("https://api.open-meteo.com", pattern=_ADDRESS)
    # Goes with the addresses for customers, whose use may be commercial.
    weather_api_key: SecretStr | None = None
    # A person waits for two calls in a row.
    weather_timeout_s: float = Field(3.0, gt=0, le=10)
    weather_place_cache_s: int = Field(604_800, ge=1)
    weather_forecast_cache_s: int = Field(1800, ge=1)

    @field_validator("weather_api_key")
    @classmethod
    def _key_in_clear_to_nobody(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        addresses = (info.data.get("weather_geocoding_url"), info.data.get("weather_forecast_url"))
        if key is not None and any(str(address).startswith("http://") for address in addresses):
            raise ValueError("goes to addresses with https:// only")
        return key


class LanguageModelSettings(WeatherSettings):
    """Models that word answers; one is used where its name is set. Keys are in the secret store.

    Prices are dollars for a million tokens. The defaults are above most models', so that a cap holds in any case.
    """

    primary_model: Literal["openai", "gemini"] = "openai"
    openai_model: str = ""
    openai_base_url: str = Field("https://api.openai.com/v1", pattern=_ADDRESS)
    openai_input_usd: float = Field(5.0, ge=0)
    openai_output_usd: float = Field(20.0, ge=0)
    gemini_model: str = ""
    gemini_base_url: str = Field("https://generativelanguage.googleapis.com", pattern=_ADDRESS)
    gemini_input_usd: float = Field(5.0, ge=0)
    gemini_output_usd: float = Field(20.0, ge=0)
    # Until the first sentence that was checked, over all models; past it the rules answer.
    model_first_sentence_s: float = Field(8.0, gt=0, le=20)
    model_stream_s: float = Field(30.0, gt=0, le=60)
    model_cache_s: int = Field(86_400, ge=1)
    # A runner and day; past it the rules answer.
    model_free_usd_per_day: float = Field(0.05, ge=0)
    model_paid_usd_per_day: float = Field(0.5, ge=0)


class CoachAgentSettings(LanguageModelSettings):
    # An empty variable is one that is not set, as Compose hands on what an operator has left out.
    model_config = SettingsConfigDict(env_prefix="COACH_AGENT_", env_ignore_empty=True)

    chart_timeout_s: float = Field(10.0, gt=0, le=60)
    # The renderer holds some 170 MB; after this long without a chart it is let go.
    chart_idle_s: float = Field(120.0, gt=0)
    chart_cache_s: int = Field(3600, ge=1)
    measuring_concurrency: int = Field(2, ge=1, le=16)
