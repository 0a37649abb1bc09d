"""Everything that runs: which processes, with which environment. Compose and Kubernetes say the same in their words."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping

from deploy.local.account import postgres_account
from deploy.local.launch import Launch
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.postgres import Postgres
from deploy.local.redis import Redis
from deploy.local.settings import PROJECT, LocalSettings
from deploy.local.state import StateFolder

SERVICES = ("auth", "garmin_ingest", "coach_agent", "subscription")
WORKERS = ("garmin_ingest", "coach_agent")
DATABASES = (*(f"pace42_{service}" for service in SERVICES), "pace42_secrets")


@dataclasses.dataclass(frozen=True, slots=True)
class Stack:
    """One local Pace42, its ports and passwords settled, nothing started yet."""

    settings: LocalSettings
    state: StateFolder
    postgres: Postgres
    redis: Redis
    database_passwords: Mapping[str, str]
    ports: Mapping[str, int]
    worker_ports: Mapping[str, int]

    @classmethod
    def plan(cls, settings: LocalSettings, state: StateFolder) -> Stack:
        passwords = state.passwords(["postgres", "redis", *DATABASES])
        postgres_port, redis_port, *rest = free_ports(2 + len(SERVICES) + len(WORKERS))
        return cls(
            settings=settings,
            state=state,
            postgres=Postgres(
                data=state.postgres, port=postgres_port, password=passwords["postgres"], account=postgres_account()
            ),
            redis=Redis(folder=state.redis, port=redis_port, password=passwords["redis"]),
            database_passwords={name: passwords[name] for name in DATABASES},
            ports=dict(zip(SERVICES, rest, strict=False)),
            worker_ports=dict(zip(WORKERS, rest[len(SERVICES) :], strict=True)),
        )

    @property
    def url(self) -> str:
        """Where a person opens it."""
        return f"http://{LOOPBACK}:{self.settings.port}"

    def python(self, *arguments: str) -> Launch:
        """One of our own processes, with the whole environment of the stack."""
        return Launch(argv=(sys.executable, *arguments), cwd=PROJECT, environment=self.environment())

    def environment(self) -> dict[str, str]:
        """The person's own variables (keys of model providers, an OTLP endpoint), then ours, which win."""
        return dict(os.environ) | self._common() | self._of_services()

    def _common(self) -> dict[str, str]:
        return {
            "PACE42_DATA": str(self.state.path),
            "PACE42_HOST": self.settings.host,
            "PACE42_PORT": str(self.settings.port),
            "PACE42_REDIS_URL": self.redis.url,
            "PACE42_SECRETS_KIND": "local",
            "PACE42_SECRETS_DATABASE_URL": self._database_url("pace42_secrets"),
            "PACE42_SECRETS_KEY_FILE": str(self.state.secrets_key),
            "GARMIN_INGEST_OBJECTS_DIR": str(self.state.originals),
            "PYTHONUNBUFFERED": "1",
        }

    def _of_services(self) -> dict[str, str]:
        environment = {}
        for service, port in self.ports.items():
            prefix = service.upper()
            environment[f"PACE42_{prefix}_URL"] = f"http://{LOOPBACK}:{port}"
            environment[f"{prefix}_HOST"] = LOOPBACK
            environment[f"{prefix}_PORT"] = str(port)
            environment[f"{prefix}_DATABASE_URL"] = self._database_url(f"pace42_{service}")
        for service, port in self.worker_ports.items():
            environment[f"{service.upper()}_WORKER_PORT"] = str(port)
        return environment

    def _database_url(self, name: str) -> str:
        return self.postgres.url(name, role=name, password=self.database_passwords[name])
