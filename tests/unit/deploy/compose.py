"""docker-compose.yml as these tests read it: YAML with anchors resolved, variables filled in as Compose does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[3]
FILE = PROJECT / "docker-compose.yml"

# Processes of ours that go on running, and jobs that end.
PROCESSES = frozenset(
    {"auth", "garmin-ingest", "garmin-ingest-worker", "coach-agent", "coach-agent-worker", "subscription", "gateway"}
)
OUR_JOBS = frozenset(
    {"provision", "migrate-auth", "migrate-garmin-ingest", "migrate-coach-agent", "migrate-subscription"}
)
JOBS = OUR_JOBS | {"vault-setup"}

_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?:(:[-?])([^}]*))?\}")


def load() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return document


def variables(text: str) -> dict[str, str]:
    """Name → what stands behind it (``:-default``, ``:?message`` or nothing) for each variable in ``text``."""
    found = _VARIABLE.finditer(text)
    return {match[1]: f"{match[2] or ''}{match[3] or ''}" for match in found if match[1]}


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its variables replaced; KeyError where one must be set and is not."""

    def replace(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        value = values.get(match[1]) or (match[3] if match[2] == ":-" else None)
        if value is None:
            raise KeyError(match[1])
        return value

    return _VARIABLE.sub(replace, text)


def environment(service: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """What the container of ``service`` gets."""
    return {name: filled(str(value), values) for name, value in service.get("environment", {}).items()}
