"""Settings of the gateway. Times are seconds, limits per minute or hour before ``PACE42_LIMITS_SCALE``."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.config import Settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class GatewaySettings(Settings):
    host: str = Field("127.0.0.1", validation_alias="PACE42_HOST")
    port: int = Field(8080, ge=0, le=65535, validation_alias="PACE42_PORT")
    # 0: no listener for metrics; they are never served on the public port.
    metrics_port: int = Field(0, ge=0, le=65535, validation_alias="PACE42_METRICS_PORT")
    # What people type into their browser; https here turns on Secure cookies and HSTS.
    public_url: str = Field("", pattern=r"^$|^https?://[^/\s]+$", validation_alias="PACE42_PUBLIC_URL")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="PACE42_CORS_ORIGINS")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field((), validation_alias="PACE42_TRUSTED_PROXIES")

    limits_scale: float = Field(1.0, gt=0, le=100_000, validation_alias="PACE42_LIMITS_SCALE")
    anonymous_per_minute: int = Field(60, ge=1, validation_alias="PACE42_ANONYMOUS_PER_MINUTE")
    sign_up_per_minute: int = Field(10, ge=1, validation_alias="PACE42_SIGN_UP_PER_MINUTE")
    log_in_per_minute: int = Field(30, ge=1, validation_alias="PACE42_LOG_IN_PER_MINUTE")
    user_per_minute: int = Field(600, ge=1, validation_alias="PACE42_USER_PER_MINUTE")
    chat_per_minute: int = Field(20, ge=1, validation_alias="PACE42_CHAT_PER_MINUTE")
    # What makes us call at Garmin, which turns away whoever calls too often, and then all runners with them.
    garmin_per_minute: int = Field(30, ge=1, validation_alias="PACE42_GARMIN_PER_MINUTE")
    # Garmin pushes for all runners from a few addresses: what one of them may send is no measure of guessing.
    webhook_per_minute: int = Field(6000, ge=1, validation_alias="PACE42_WEBHOOK_PER_MINUTE")
    admin_per_hour: int = Field(1000, ge=1, validation_alias="PACE42_ADMIN_PER_HOUR")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        return (
            tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())

    @property
    def serves_tls(self) -> bool:
        return self.public_url.startswith("https://")
