"""Settings of garmin_ingest, under ``GARMIN_INGEST_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.config import ServiceSettings


class GarminIngestSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="GARMIN_INGEST_")

    # Originals and files on their way in; the service and its worker see the same folder.
    objects_dir: Path = Path("/var/lib/pace42/objects")
    # Decoding is arithmetic that mostly holds the interpreter: more threads than two only wait for each other.
    decoding_threads: int = Field(2, ge=1, le=16)
    concurrent_jobs: int = Field(2, ge=1, le=16)

    # Garmin's Personal API, with a key that the runner makes there.
    personal_api_url: str = Field("https://personal.connectapi.garmin.com", pattern=r"^https?://[^\s]+$")
