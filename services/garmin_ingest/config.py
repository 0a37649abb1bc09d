"""Settings of garmin_ingest, under ``GARMIN_INGEST_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from shared.config import ServiceSettings


class ObjectStoreSettings(ServiceSettings):
    """Where originals are kept, if not in the folder."""

    # Originals in an S3-compatible store, s3://bucket/prefix.
    object_store_url: str | None = Field(None, pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?$")
    object_store_allow_http: bool = False
    object_store_endpoint: str | None = Field(None, pattern=r"^https?://[^/\s]+/?$")
    object_store_region: str = Field("us-east-1", pattern=r"^[a-z0-9-]+$")
    object_store_access_key_id: SecretStr | None = None
    object_store_secret_access_key: SecretStr | None = Field(None, validate_default=True)

    @field_validator("object_store_secret_access_key")
    @classmethod
    def _keys_come_in_pairs(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (secret is None) != (info.data.get("object_store_access_key_id") is None):
            raise ValueError("goes together with GARMIN_INGEST_OBJECT_STORE_ACCESS_KEY_ID: set both or neither")
        return secret

    @field_validator("object_store_endpoint")
    @classmethod
    def _in_clear_only_when_asked(cls, endpoint: str | None, info: ValidationInfo) -> str | None:
        if endpoint is not None and endpoint.startswith("http://") and not info.data.get("object_store_allow_http"):
            raise ValueError("has no TLS, which needs GARMIN_INGEST_OBJECT_STORE_ALLOW_HTTP=true")
        return endpoint


class GarminIngestSettings(ObjectStoreSettings):
    model_config = SettingsConfigDict(env_prefix="GARMIN_INGEST_")

    # Originals and files on their way in; the service and its worker see the same folder.
    objects_dir: Path = Path("/var/lib/pace42/objects")
    # Decoding is arithmetic that mostly holds the interpreter: more threads than two only wait for each other.
    decoding_threads: int = Field(2, ge=1, le=16)
    concurrent_jobs: int = Field(2, ge=1, le=16)

    # Garmin's Personal API, with a key that the runner makes there.
    personal_api_url: str = Field("https://personal.connectapi.garmin.com", pattern=r"^https?://[^\s]+$")
