"""The scripts around Vault, run by a real shell against a stub of Vault's command line that notes what it is told.

The stub knows the exit codes and the JSON that Vault documents for ``status`` and ``operator init``, and no more.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.deploy.compose import PROJECT

SCRIPTS = PROJECT / "deploy" / "vault"
POLICIES = SCRIPTS / "policies"
PROCESSES = ["auth", "coach_agent", "garmin_ingest", "gateway", "provision", "subscription"]

KEY = "q2V5LWZvci10ZXN0cw+/="
ROOT = "hvs.root-for-tests"
INIT = {
    "unseal_keys_b64": [KEY],
    "unseal_keys_hex": ["ab"],
    "unseal_shares": 1,
    "unseal_threshold": 1,
    "recovery_keys_b64": [],
    "root_token": ROOT,
}

STUB = r"""#!/bin/sh
# State is files: initialised, open. Each call is a line of `calls`; what came on standard input is a line of `inputs`.
cd "$STUB_STATE"
echo "$*" >> calls
case "$*" in
    "status") [ -e down ] && exit 1; [ -e open ] && exit 0; exit 2 ;;
    "operator init -status") [ -e initialised ] && exit 0; exit 2 ;;
    "operator init "*) touch initialised; cat init.json ;;
    "write -format=json sys/unseal key=-") [ "$(cat; echo x)" = "$(cat key)x" ] && touch open ;;
    "secrets list"*) if [ -e kv ]; then echo '{ "secret/": {} }'; else echo '{}'; fi ;;
    "auth list"*) if [ -e approle ]; then echo '{ "approle/": {} }'; else echo '{}'; fi ;;
    "secrets enable"*) touch kv ;;
    "auth enable"*) touch approle ;;
    *"=-") echo "$*: $(cat)" >> inputs ;;
esac
[ -z "${VAULT_TOKEN:-}" ] || echo "$VAULT_TOKEN" >> tokens
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    stub = tmp_path / "bin" / "vault"
    stub.write_text(STUB)
    stub.chmod(0o755)
    (tmp_path / "init.json").write_text(json.dumps(INIT, indent=2))
    (tmp_path / "key").write_text(KEY)
    return tmp_path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "operator"
    folder.mkdir()
    return folder / "init.json"


def test_a_new_vault_is_initialised_once_and_opened(state: Path, kept: Path):
    with _keeping_open(state, kept):
        _wait_for(state / "open")

    assert json.loads(kept.read_text()) == INIT
    assert kept.stat().st_mode & 0o077 == 0, "the key of the safe is readable by others"
    assert _calls(state).count("operator init -key-shares=1 -key-threshold=1 -format=json") == 1


def test_a_vault_that_was_sealed_by_a_restart_is_opened_and_not_initialised_again(state: Path, kept: Path):
    kept.write_text(json.dumps(INIT, indent=2))
    (state / "initialised").touch()

    with _keeping_open(state, kept):
        _wait_for(state / "open")

    assert not any(call.startswith("operator init -key") for call in _calls(state))


def test_a_key_left_by_an_interrupted_initialisation_is_found(state: Path, kept: Path):
    kept.with_name("init.json.new").write_text(json.dumps(INIT))
    (state / "initialised").touch()

    with _keeping_open(state, kept):
        _wait_for(state / "open")


def test_a_vault_that_does_not_answer_yet_is_left_alone(state: Path, kept: Path):
    (state / "down").touch()

    with _keeping_open(state, kept):
        _wait_for(state / "calls")

    assert set(_calls(state)) == {"status"}
    assert not kept.exists()


def test_the_unseal_key_and_the_secret_ids_are_never_arguments(state: Path, kept: Path):
    with _keeping_open(state, kept):
        _wait_for(state / "open")
    _set_up(state, kept)

    said = (state / "calls").read_text()
    for secret in (KEY, ROOT, *_secret_ids().values()):
        assert secret not in said


def test_every_process_gets_its_policy_its_role_and_its_own_secret_id(state: Path, kept: Path):
    kept.write_text(json.dumps(INIT, indent=2))

    _set_up(state, kept)

    calls = _calls(state)
    assert "secrets enable -path=secret -version=2 kv" in calls
    assert "auth enable approle" in calls
    inputs = (state / "inputs").read_text().splitlines()
    for process in PROCESSES:
        role = f"auth/approle/role/pace42-{process}"
        assert f"policy write pace42-{process} {POLICIES}/{process}.hcl" in calls
        made = next(call for call in calls if call.startswith(f"write {role} "))
        assert f"token_policies=pace42-{process} " in made
        assert f"write {role}/role-id role_id=pace42-{process}" in calls
        assert f"write {role}/custom-secret-id secret_id=-: secret-of-{process}" in inputs
    assert set((state / "tokens").read_text().splitlines()) == {ROOT}


def test_no_older_version_of_a_secret_is_kept_once_the_engine_is_there(state: Path, kept: Path):
    kept.write_text(json.dumps(INIT, indent=2))

    for _ in range(2):
        _set_up(state, kept)

    calls = _calls(state)
    limit = "write secret/config max_versions=1"
    assert calls.count(limit) == 2, "also where an earlier set-up did not say so"
    assert calls.index("secrets enable -path=secret -version=2 kv") < calls.index(limit)


def test_setting_up_again_enables_nothing_twice_and_renews_the_secret_ids(state: Path, kept: Path):
    kept.write_text(json.dumps(INIT, indent=2))
    _set_up(state, kept)
    (state / "calls").unlink()

    _set_up(state, kept)

    calls = _calls(state)
    assert not any("enable" in call for call in calls)
    for process in PROCESSES:
        role = f"auth/approle/role/pace42-{process}"
        deleted, remade = calls.index(f"delete {role}"), calls.index(f"write {role}/custom-secret-id secret_id=-")
        assert deleted < remade


def test_a_missing_secret_id_stops_the_set_up(state: Path, kept: Path):
    kept.write_text(json.dumps(INIT, indent=2))
    environment = _environment(state, kept)
    del environment["PACE42_GATEWAY_VAULT_SECRET_ID"]

    done = subprocess.run(["sh", SCRIPTS / "set_up.sh"], env=environment, capture_output=True, timeout=30, check=False)

    assert done.returncode != 0


@contextmanager
def _keeping_open(state: Path, kept: Path) -> Iterator[None]:
    process = subprocess.Popen(["sh", SCRIPTS / "keep_open.sh"], env=_environment(state, kept), start_new_session=True)
    try:
        yield
        assert process.poll() is None, "it is to go on watching"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)


def _set_up(state: Path, kept: Path) -> None:
    subprocess.run(
        ["sh", SCRIPTS / "set_up.sh"], env=_environment(state, kept), capture_output=True, timeout=30, check=True
    )


def _environment(state: Path, kept: Path) -> dict[str, str]:
    return {
        "PATH": f"{state / 'bin'}:{os.environ['PATH']}",
        "STUB_STATE": str(state),
        "PACE42_VAULT_INIT": str(kept),
        "PACE42_POLICIES": str(POLICIES),
        **_secret_ids(),
    }


def _secret_ids() -> dict[str, str]:
    return {f"PACE42_{process.upper()}_VAULT_SECRET_ID": f"secret-of-{process}" for process in PROCESSES}


def _calls(state: Path) -> list[str]:
    return (state / "calls").read_text().splitlines()


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} never came"
        time.sleep(0.02)
