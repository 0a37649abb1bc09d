"""Settings of garmin_ingest, under ``GARMIN_INGEST_``."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from services.garmin_ingest.domain.garmin.inbox import Network
from shared.config import ServiceSettings

_ADDRESS = r"^https?://[^/\s@]+(/[^\s]*)?$"


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


class GarminSettings(ServiceSettings):
    """The roads to Garmin. Addresses are settings so that a simulator can stand in their place."""

    # With user name and password, which Garmin's terms forbid.
    connect_terms_accepted: bool = False
    connect_sso_url: str = Field("https://sso.garmin.com", pattern=_ADDRESS)
    connect_api_url: str = Field("https://connectapi.garmin.com", pattern=_ADDRESS)
    connect_token_url: str = Field("https://diauth.garmin.com/di-oauth2-service/oauth/token", pattern=_ADDRESS)

    # With a key that the runner makes.
    personal_api: bool = True
    personal_api_url: str = Field("https://personal.connectapi.garmin.com", pattern=_ADDRESS)

    # Over Garmin's own page, by agreement with Garmin.
    partner_page_url: str = Field("https://connect.garmin.com/oauth2Confirm", pattern=_ADDRESS)
    partner_token_url: str = Field("https://diauth.garmin.com/di-oauth2-service/oauth/token", pattern=_ADDRESS)
    partner_api_url: str = Field("https://apis.garmin.com/wellness-api/rest", pattern=_ADDRESS)
    partner_client_id: str | None = None
    partner_client_secret: SecretStr | None = Field(None, validate_default=True)
    partner_redirect_url: str | None = Field(None, pattern=_ADDRESS, validate_default=True)
    # Garmin signs nothing, so its way in is an address that nobody can guess; empty: there is none.
    webhook_secret: SecretStr | None = None
    webhook_networks: Annotated[tuple[Network, ...], NoDecode] = ()

    @field_validator(
        "connect_sso_url", "connect_api_url", "connect_token_url", "personal_api_url", "partner_page_url",
        "partner_token_url", "partner_api_url", "partner_redirect_url",
    )  # fmt: skip
    @classmethod
    def _with_tls_in_production(cls, address: str | None, info: ValidationInfo) -> str | None:
        if address is not None and address.startswith("http://") and info.data.get("environment") == "production":
            raise ValueError("must be https:// in production: passwords and tokens of runners are sent there")
        return address

    @property
    def connect_is_open(self) -> bool:
        """Whether user names and passwords may be sent to Garmin: in production only with the operator's word."""
        return self.connect_terms_accepted or self.environment != "production"

    @field_validator("webhook_secret")
    @classmethod
    def _cannot_be_guessed(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and re.fullmatch(r"[A-Za-z0-9_-]{32,128}", secret.get_secret_value()) is None:
            raise ValueError("must be 32 to 128 letters, digits, - and _")
        return secret

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("partner_client_secret", "partner_redirect_url")
    @classmethod
    def _goes_with_the_id(cls, value: object, info: ValidationInfo) -> object:
        if (value is None) != (info.data.get("partner_client_id") is None):
            raise ValueError("goes together with GARMIN_INGEST_PARTNER_CLIENT_ID: set both or neither")
        return value


class GarminIngestSettings(ObjectStoreSettings, GarminSettings):
    # An empty variable is one that is not set, as Compose hands on what an operator has left out.
    model_config = SettingsConfigDict(env_prefix="GARMIN_INGEST_", env_ignore_empty=True)

    # Originals and files on their way in; the service and its worker see the same folder.
    objects_dir: Path = Path("/var/lib/pace42/objects")
    # Decoding is arithmetic that mostly holds the interpreter: more threads than two only wait for each other.
    decoding_threads: int = Field(2, ge=1, le=16)
    # What the worker decodes imports in; as many as there are cores.
    decoding_processes: int = Field(2, ge=1, le=64)
    concurrent_jobs: int = Field(2, ge=1, le=16)
