"""The variables: each is explained in .env.example, known to a settings class, and enough to start with."""

from __future__ import annotations

import importlib
import os
import re
from typing import Any

import pytest
from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from deploy.provision import GIVEN_KEYS
from shared.config import Settings, load
from shared.secrets import SecretsSettings
from tests.unit.deploy.compose import FILE, OUR_JOBS, PROCESSES, PROJECT, environment, variables

Services = dict[str, dict[str, Any]]

EXAMPLE = PROJECT / ".env.example"
MODULES = {
    "gateway": "gateway.config",
    "auth": "services.auth.config",
    "garmin-ingest": "services.garmin_ingest.config",
    "coach-agent": "services.coach_agent.config",
    "subscription": "services.subscription.config",
}


def test_every_variable_of_the_compose_file_is_in_the_example_and_no_other():
    assert set(_example()) == set(variables(FILE.read_text()))


def test_defaults_of_the_example_are_those_of_the_compose_file():
    behind = variables(FILE.read_text())
    for name, value in _example().items():
        rest = behind[name]
        if rest.startswith(":?"):
            assert value == "", f"{name} has a value that everybody would share"
        elif rest != ":-" and name != "PACE42_PUBLIC_URL":
            assert rest == f":-{value}", name


def test_every_variable_is_explained():
    explained = False
    for line in EXAMPLE.read_text().splitlines():
        if re.match(r"#?[A-Z][A-Z0-9_]*=", line):
            assert explained, line
        else:
            # A comment explains the variables up to the next empty line.
            explained = line.startswith("# ") if line else False


def test_the_command_in_the_example_gives_each_secret_a_value_of_its_own(dot_env: dict[str, str]):
    secrets = [value for name, value in dot_env.items() if name.endswith(("_PASSWORD", "_SECRET_ID"))]

    assert len(secrets) == 12
    assert len(set(secrets)) == 12
    assert all(re.fullmatch(r"[0-9a-f]{48}", secret) for secret in secrets)


@pytest.mark.parametrize("name", sorted(PROCESSES | OUR_JOBS))
def test_every_variable_given_to_a_process_is_known_to_its_settings(services: Services, name: str):
    known = _names(SecretsSettings)
    known |= set(GIVEN_KEYS.values()) if name == "provision" else _names(_settings(name))

    assert set(services[name]["environment"]) - known == set()


@pytest.mark.parametrize("mode", ["development", "production"])
@pytest.mark.parametrize("name", sorted(PROCESSES | OUR_JOBS))
def test_what_a_process_is_given_is_enough_to_start(
    services: Services, dot_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, mode: str
):
    given = environment(services[name], dot_env | {"PACE42_ENV": mode})
    for variable in tuple(os.environ):
        monkeypatch.delenv(variable)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)

    secrets = load(SecretsSettings)
    assert secrets.secrets_kind == "vault"
    if name != "provision":
        load(_settings(name))


@pytest.mark.parametrize("name", sorted(PROCESSES - {"gateway"}))
def test_a_process_listens_where_its_health_check_asks(services: Services, name: str):
    given = services[name]["environment"]
    prefix = name.removesuffix("-worker").replace("-", "_").upper()
    port = f"{prefix}_WORKER_PORT" if name.endswith("-worker") else f"{prefix}_PORT"

    assert (given[f"{prefix}_HOST"], given[port]) == ("0.0.0.0", "8080")


def test_each_process_has_its_own_role_in_vault_and_its_own_database(services: Services):
    for name in PROCESSES | OUR_JOBS:
        given = services[name]["environment"]
        service = name.removeprefix("migrate-").removesuffix("-worker").replace("-", "_")
        assert given["VAULT_ROLE_ID"] == f"pace42-{service}"
        assert f"PACE42_{service.upper()}_VAULT_SECRET_ID" in given["VAULT_SECRET_ID"]
        urls = [value for key, value in given.items() if key.endswith("_DATABASE_URL")]
        assert len(urls) == (0 if name in {"gateway", "provision"} else 1)
        for url in urls:
            assert re.fullmatch(
                rf"postgresql://pace42_{service}:\$\{{PACE42_{service.upper()}_DB_PASSWORD:\?set it in \.env\}}"
                rf"@postgres:5432/pace42_{service}",
                url,
            )


def _example() -> dict[str, str]:
    """Also those that are commented out, with an empty value."""
    found = {}
    for line in EXAMPLE.read_text().splitlines():
        if match := re.fullmatch(r"(#?)([A-Z][A-Z0-9_]*)=(.*)", line):
            found[match[2]] = "" if match[1] else match[3]
    return found


def _settings(name: str) -> type[Settings]:
    module = importlib.import_module(MODULES[name.removeprefix("migrate-").removesuffix("-worker")])
    declared = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Settings) and value.__module__ == module.__name__
    ]
    # The whole, of which the others are parts.
    (found,) = [one for one in declared if not any(one in other.__mro__[1:] for other in declared)]
    return found


def _names(settings: type[BaseSettings]) -> set[str]:
    prefix = settings.model_config.get("env_prefix", "")
    found: set[str] = set()
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            found |= {str(choice) for choice in alias.choices}
        else:
            found.add(str(alias) if alias else f"{prefix}{name}".upper())
    return found
