from __future__ import annotations

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.config import ConfigError, ServiceSettings, load, load_or_exit

GOOD = {
    "PACE42_REDIS_URL": "redis://:planted@127.0.0.1/0", "PACE42_AUTH_URL": "http://a",
    "PACE42_GARMIN_INGEST_URL": "http://g", "PACE42_COACH_AGENT_URL": "http://c", "PACE42_SUBSCRIPTION_URL": "http://s",
    "PROBE_DATABASE_URL": "postgresql://planted@127.0.0.1/x",
}  # fmt: skip


class ProbeSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PROBE_")

    threads: int = Field(2, ge=1)
    key: SecretStr = SecretStr("")
    hosts: list[str] = Field(default_factory=list)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch):
    def put(**changes: str | None) -> None:
        for name, value in {**GOOD, **changes}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return put


def problems() -> list[str]:
    with pytest.raises(ConfigError) as found:
        load(ProbeSettings)
    assert "planted" not in str(found.value)
    return found.value.problems


def test_a_complete_environment_is_read_once_and_frozen(environment):
    environment(PROBE_PORT="8081")
    settings = load(ProbeSettings)
    assert (settings.port, settings.auth_url, settings.environment) == (8081, "http://a", "development")
    assert "planted" not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_all_that_is_wrong_is_reported_at_once_by_the_variables_name_and_without_values(environment):
    environment(
        PACE42_ENV="production", PACE42_REDIS_URL=None, PROBE_DATABASE_URL=None, PROBE_PORT="planted",
        PROBE_THREADS="0", PACE42_LOG_LEVEL="planted", PROBE_DATABASE_POOL_MAX="1",
    )  # fmt: skip
    named = sorted(problem.partition(":")[0] for problem in problems())
    assert named == [
        "PACE42_LOG_LEVEL", "PACE42_REDIS_URL", "PACE42_SECRETS_KIND", "PROBE_DATABASE_POOL_MAX", "PROBE_DATABASE_URL",
        "PROBE_PORT", "PROBE_THREADS",
    ]  # fmt: skip


def test_what_cannot_even_be_parsed_is_a_problem_too(environment):
    environment(PROBE_HOSTS="[planted")
    assert len(problems()) == 1


def test_production_refuses_the_local_secret_store(environment):
    environment(PACE42_ENV="production", PACE42_SECRETS_KIND="local")
    assert problems() == ["PACE42_SECRETS_KIND: must be vault in production; the local store is for one machine"]
    environment(PACE42_ENV="production", PACE42_SECRETS_KIND="vault")
    assert load(ProbeSettings).secrets_kind == "vault"


def test_a_process_ends_with_status_78_and_one_line_for_each_problem(environment, capsys: pytest.CaptureFixture[str]):
    environment(PACE42_REDIS_URL=None, PROBE_PORT="planted")
    with pytest.raises(SystemExit) as ended:
        load_or_exit(ProbeSettings, ProbeSettings)
    assert ended.value.code == 78
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("configuration: ") for line in lines)
    assert "planted" not in " ".join(lines)
