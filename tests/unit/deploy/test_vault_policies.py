"""What each process may do in Vault: its own keys and the public ones, and Garmin's tokens for garmin_ingest alone."""

from __future__ import annotations

import re

import pytest

from deploy.provision import PROCESSES, key_paths
from tests.unit.deploy.compose import PROJECT

POLICIES = PROJECT / "deploy" / "vault" / "policies"

# How the store's operations look to Vault: reading and writing data, deleting metadata.
READ, CREATE, UPDATE, DELETE = "read", "create", "update", "delete"


def test_there_is_a_policy_for_each_process_and_for_the_job_that_makes_the_keys():
    assert {path.stem for path in POLICIES.glob("*.hcl")} == {*PROCESSES, "provision"}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_reads_its_own_keys_and_the_public_ones_and_no_other(process: str):
    for path in key_paths():
        mine = path.startswith((f"keys/{process}/", "keys/public/"))
        expected = {READ} if mine else set()
        assert _allowed(process, f"secret/data/{path}") == expected, path
        assert _allowed(process, f"secret/metadata/{path}") == set(), path


@pytest.mark.parametrize("process", [*PROCESSES, "provision"])
def test_garmins_tokens_are_for_garmin_ingest_alone(process: str):
    user = "garmin/users/0199a7c4-7b1e-7c3e-8f57-2f1d5c3b9a10"
    is_theirs = process == "garmin_ingest"

    assert _allowed(process, f"secret/data/{user}") == ({CREATE, READ, UPDATE} if is_theirs else set())
    assert _allowed(process, f"secret/metadata/{user}") == ({DELETE} if is_theirs else set())


def test_the_job_that_makes_the_keys_can_make_each_and_delete_none():
    for path in key_paths():
        # Vault asks for update already when a check-and-set finds that another was first.
        assert _allowed("provision", f"secret/data/{path}") == {CREATE, READ, UPDATE}
        assert _allowed("provision", f"secret/metadata/{path}") == set()


@pytest.mark.parametrize("process", [*PROCESSES, "provision"])
def test_no_policy_reaches_into_vault_itself(process: str):
    for path in ("sys/mounts", "sys/seal", "auth/approle/role/pace42-auth/secret-id", "secret/config", "secret/data/x"):
        assert _allowed(process, path) == set()


def _allowed(process: str, path: str) -> set[str]:
    """Vault's rule for the little HCL that we write: a trailing * is a prefix, and the longest path decides."""
    rules = re.findall(r'^path "([^"]+)" \{\s*capabilities = \[([^\]]+)\]\s*\}', _policy(process), re.MULTILINE)
    assert len(rules) == _policy(process).count('path "'), "a rule that this test cannot read"
    matching = [rule for rule in rules if _matches(rule[0], path)]
    if not matching:
        return set()
    return set(re.findall(r'"(\w+)"', max(matching, key=lambda rule: len(rule[0]))[1]))


def _matches(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def _policy(process: str) -> str:
    return (POLICIES / f"{process}.hcl").read_text()
