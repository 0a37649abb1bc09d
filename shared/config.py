"""Settings that every process reads, and how each reads them: once, typed, frozen, all mistakes reported together."""

from __future__ import annotations

import sys
from typing import Literal, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

SettingsT = TypeVar("SettingsT", bound=BaseSettings)
Environment = Literal["development", "production"]


class ConfigError(Exception):
    """Everything that is wrong with the settings of one process, one line each; never a value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """What all processes have in common. Times are seconds, sizes bytes."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    environment: Environment = Field("development", validation_alias="PACE42_ENV")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", validation_alias="PACE42_LOG_LEVEL")
    otlp_endpoint: str | None = Field(None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    redis_url: SecretStr = Field(validation_alias="PACE42_REDIS_URL")
    auth_url: str = Field(validation_alias="PACE42_AUTH_URL")
    garmin_ingest_url: str = Field(validation_alias="PACE42_GARMIN_INGEST_URL")
    coach_agent_url: str = Field(validation_alias="PACE42_COACH_AGENT_URL")
    subscription_url: str = Field(validation_alias="PACE42_SUBSCRIPTION_URL")
    drain_s: float = Field(0.5, ge=0, le=60, validation_alias="PACE42_DRAIN_S")
    secrets_kind: Literal["local", "vault"] = Field(
        "local", validation_alias="PACE42_SECRETS_KIND", validate_default=True
    )

    # A rule about one field, so that it is reported beside whatever else is wrong.
    @field_validator("secrets_kind")
    @classmethod
    def _production_is_strict(cls, kind: str, info: ValidationInfo) -> str:
        if kind == "local" and info.data.get("environment") == "production":
            raise ValueError("must be vault in production; the local store is for one machine")
        return kind


class ServiceSettings(Settings):
    """What each service adds; a subclass sets ``env_prefix`` to the service's own, such as ``AUTH_``."""

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)
    worker_port: int = Field(0, ge=0, le=65535)
    database_url: SecretStr
    # A worker's queue holds one connection for itself.
    database_pool_max: int = Field(8, ge=2, le=100)


def load(settings: type[SettingsT]) -> SettingsT:
    """Read the environment. Raises ConfigError with every problem found."""
    try:
        return settings()
    except SettingsError as error:
        raise ConfigError([str(error)]) from None
    except ValidationError as error:
        raise ConfigError([_problem(settings, dict(item)) for item in error.errors(include_input=False)]) from None


def load_or_exit(settings: type[SettingsT], *others: type[BaseSettings]) -> SettingsT:
    """Read the environment, or print all that is wrong and end the process with status 78 (EX_CONFIG).

    ``others`` are settings that are read elsewhere and checked here, so that one start reports every mistake.
    """
    problems: list[str] = []
    everything: tuple[type[BaseSettings], ...] = (settings, *others)
    for each in everything:
        try:
            load(each)
        except ConfigError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    for problem in problems:
        sys.stderr.write(f"configuration: {problem}\n")
    if problems:
        raise SystemExit(78)
    return load(settings)


def _problem(settings: type[BaseSettings], item: dict[str, object]) -> str:
    location = item["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else ""
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{_variable(settings, name)}: {message}" if name else message


def _variable(settings: type[BaseSettings], name: str) -> str:
    """The variable behind a place in an error, which is the field's name or one of its aliases."""
    field = settings.model_fields.get(name)
    if field is None:
        return name.upper()
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return str(alias) if alias else f"{settings.model_config.get('env_prefix', '')}{name}".upper()
