"""``python -m deploy.provision`` against both stores."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.provision import KeysDisagreeError, key_paths, provision
from shared.errors import SecretsUnavailable
from tests.contract.secrets.conftest import Backend

PROJECT = Path(__file__).parents[3]

SIGNING = [f"keys/{name}/signing" for name in ("auth", "coach_agent", "garmin_ingest", "gateway", "subscription")]
PUBLIC = [f"keys/public/{name}" for name in ("auth", "coach_agent", "garmin_ingest", "gateway", "subscription")]
PERSONAL = [f"keys/{name}/personal" for name in ("auth", "coach_agent", "garmin_ingest", "subscription")]
ALL = sorted([*SIGNING, *PUBLIC, *PERSONAL, "keys/auth/access", "keys/auth/refresh", "keys/gateway/session"])


async def test_the_first_run_makes_every_key_and_the_second_none(backend: Backend):
    assert key_paths() == ALL
    assert await provision(backend.store) == ALL
    before = await _everything(backend)

    assert await provision(backend.store) == []

    assert await _everything(backend) == before


async def test_runs_at_the_same_time_make_each_key_once_and_agree(backend: Backend):
    stores = [await backend.another() for _ in range(4)]

    made = await asyncio.gather(*(provision(store) for store in stores))

    assert sorted(path for paths in made for path in paths) == ALL
    await _assert_pairs(backend)


async def test_a_run_that_ended_half_way_is_completed_with_the_keys_it_left(backend: Backend):
    await provision(backend.store)
    left = await backend.store.read("keys/auth/signing")
    for path in ("keys/public/auth", "keys/gateway/session"):
        await backend.store.delete(path)

    assert await provision(backend.store) == ["keys/gateway/session", "keys/public/auth"]

    assert await backend.store.read("keys/auth/signing") == left
    await _assert_pairs(backend)


async def test_keys_have_their_shapes(backend: Backend):
    await provision(backend.store)
    everything = await _everything(backend)

    for path in [*SIGNING, "keys/auth/access"]:
        jwk = everything[path]["jwk"]
        assert set(jwk) == {"kty", "crv", "x", "d", "kid"}
        # The public half by another library than the one that made the pair.
        private = Ed25519PrivateKey.from_private_bytes(_unpadded(jwk["d"]))
        assert private.public_key().public_bytes_raw() == _unpadded(jwk["x"])
    for path in PUBLIC:
        assert set(everything[path]["jwk"]) == {"kty", "crv", "x", "kid"}
    for path in PERSONAL:
        assert {len(base64.b64decode(everything[path][name], validate=True)) for name in ("master", "hash")} == {32}
    for path in ("keys/auth/refresh", "keys/gateway/session"):
        assert len(base64.b64decode(everything[path]["key"], validate=True)) == 32
    material = [value for values in everything.values() for value in _leaves(values, skip={"kty", "crv", "x", "kid"})]
    assert len(set(material)) == len(material) == 6 + 8 + 2


async def test_a_public_key_that_is_not_its_private_ones_is_reported_and_kept(backend: Backend):
    await provision(backend.store)
    foreign = await backend.store.read("keys/public/gateway")
    assert foreign is not None
    await backend.store.write("keys/public/auth", foreign)

    with pytest.raises(KeysDisagreeError, match="keys/public/auth"):
        await provision(backend.store)

    assert await backend.store.read("keys/public/auth") == foreign


async def test_a_store_that_is_away_ends_the_run_and_the_next_one_completes_it(backend: Backend):
    await backend.relay.die()
    with pytest.raises(SecretsUnavailable):
        await provision(backend.store)

    await backend.relay.recover()

    assert await provision(await backend.another()) == ALL


async def test_the_command_prints_paths_and_no_value(backend: Backend):
    first = await _command(backend)
    again = await _command(backend)

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [*(f"made {path}" for path in ALL), "All keys are there."]
    assert again.stdout.splitlines() == ["All keys are there."]


async def test_the_command_says_in_one_line_that_the_store_does_not_answer(backend: Backend):
    await backend.relay.die()

    done = await _command(backend)

    kind = backend.settings.secrets_kind
    assert done.returncode == 1
    assert done.stderr == f"provision: The secret store ({kind}) does not answer or refuses; the log says why.\n"


def test_the_command_names_every_missing_setting():
    done = _run({"PACE42_SECRETS_KIND": "vault"})

    assert done.returncode == 78
    assert "VAULT_ADDR, VAULT_ROLE_ID, VAULT_SECRET_ID must be set" in done.stderr


async def _command(backend: Backend) -> subprocess.CompletedProcess[str]:
    settings = backend.settings
    environment = {"PACE42_SECRETS_KIND": settings.secrets_kind}
    if settings.secrets_kind == "vault":
        environment |= {
            "VAULT_ADDR": str(settings.vault_addr),
            "VAULT_ROLE_ID": settings.vault_role_id.get_secret_value(),
            "VAULT_SECRET_ID": settings.vault_secret_id.get_secret_value(),
        }
    else:
        environment |= {
            "PACE42_SECRETS_DATABASE_URL": settings.secrets_database_url.get_secret_value(),
            "PACE42_SECRETS_KEY_FILE": str(settings.secrets_key_file),
        }
    return await asyncio.to_thread(_run, environment)


def _run(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.provision"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


async def _everything(backend: Backend) -> dict[str, dict]:
    found = {path: await backend.store.read(path) for path in ALL}
    return {path: dict(values) for path, values in found.items() if values is not None}


async def _assert_pairs(backend: Backend) -> None:
    everything = await _everything(backend)
    for private, public in zip(SIGNING, PUBLIC, strict=True):
        assert {**everything[public]["jwk"], "d": everything[private]["jwk"]["d"]} == everything[private]["jwk"]


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _leaves(values: dict, *, skip: set[str]) -> list[str]:
    found = []
    for name, value in values.items():
        if isinstance(value, dict):
            found += _leaves(value, skip=skip)
        elif name not in skip:
            found.append(value)
    return found
