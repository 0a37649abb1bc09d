"""docs/configuration.md names every setting with its default, and no setting that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from gateway.config import GatewaySettings
from services.auth.config import AuthSettings
from services.coach_agent.config import CoachAgentSettings
from services.garmin_ingest.config import GarminIngestSettings
from services.subscription.config import SubscriptionSettings
from shared.config import ServiceSettings
from shared.secrets import SecretsSettings

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
SERVICES = (AuthSettings, GarminIngestSettings, CoachAgentSettings, SubscriptionSettings)
# Read by the supervisor of `make run` before any settings class exists.
OF_THE_SUPERVISOR = {"PACE42_DATA"}


def documented() -> dict[str, str]:
    """Variable → default as written; a service's common ones appear once, with their prefix left out."""
    rows = re.findall(r"^\| ([A-Z0-9_.]+) \|([^|]*)\|", PAGE.read_text(), re.MULTILINE)
    return {name: default.strip() for name, default in rows}


def existing(settings: type[BaseSettings]) -> dict[str, object]:
    """Variable → default in the code."""
    found = {}
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        assert not isinstance(alias, AliasChoices)
        variable = str(alias) if alias else f"{settings.model_config.get('env_prefix', '')}{name}".upper()
        if name in ServiceSettings.model_fields and alias is None:
            variable = f"..._{name}".upper()
        found[variable] = "" if field.is_required() else field.default
    return found


def everything() -> dict[str, object]:
    return {
        key: value for each in (SecretsSettings, GatewaySettings, *SERVICES) for key, value in existing(each).items()
    }


def test_the_page_and_the_code_name_the_same_settings():
    assert documented().keys() - OF_THE_SUPERVISOR == everything().keys()


@pytest.mark.parametrize("variable", sorted(everything()))
def test_the_page_gives_the_default_of_the_code(variable):
    default = everything()[variable]
    shown = "" if default in (None, "", ()) else f"{default:g}" if isinstance(default, float) else str(default)
    assert documented()[variable] == shown
