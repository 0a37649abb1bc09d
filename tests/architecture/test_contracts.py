"""Who may import whom is held by import-linter; this holds that its contracts cover everything there is."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.project import PROJECT, SERVICES

CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def _contract(words: str) -> dict[str, object]:
    (found,) = [contract for contract in CONTRACTS if words in contract["name"]]
    return found


def test_the_import_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in done.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_bound_by_every_contract_about_services(service):
    assert f"services.{service}" in _contract("neither each other")["modules"]
    assert f"services.{service}" in _contract("Inside a service")["containers"]
    assert "services.*.domain" in _contract("plain Python")["source_modules"]


def test_each_part_of_shared_is_bound_by_the_contracts_about_shared():
    parts = {path.stem for path in (PROJECT / "shared").glob("*.py")} - {"__init__"}
    kept_from_aiohttp = set(_contract("Only shared.http")["source_modules"])
    below_http = _contract("sits above the rest")["layers"][1]
    assert {f"shared.{part}" for part in parts} <= kept_from_aiohttp
    assert {part for part in parts if f"(shared.{part})" not in below_http} == set()


def test_there_is_no_grab_bag_module():
    bags = {"utils", "util", "common", "helpers", "helper", "types", "constants", "manager", "misc"}
    assert [path for path in PROJECT.glob("[!.]*/**/*.py") if path.stem in bags] == []


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_the_shape_of_the_others(service):
    root = PROJECT / "services" / service
    files = {"__init__.py", "__main__.py", "app.py", "config.py", "handlers/routes.py", "domain/errors.py"}
    assert {name for name in files if not (root / name).is_file()} == set()
    assert (root / "migrations").is_dir()
    assert (root / "__init__.py").read_text().strip(), "one paragraph says what the service owns"
