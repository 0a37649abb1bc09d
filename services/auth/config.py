"""Settings of auth, under ``AUTH_``. Times are seconds."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.config import ServiceSettings


class AuthSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AUTH_")

    access_token_lifetime_s: int = Field(900, ge=60, le=3600)
    refresh_token_lifetime_s: int = Field(30 * 86_400, ge=3600)
    # One hash takes about 100 ms of a core and 64 MiB; two at once leave the event loop and the memory in peace.
    password_hashing_threads: int = Field(2, ge=1, le=16)
    password_hashing_queue: int = Field(64, ge=1)
