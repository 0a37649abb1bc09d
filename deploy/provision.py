"""Makes the keys that the processes of one stack share, each once: ``python -m deploy.provision``.

It works on whichever secret store the environment selects, may run any number of times and at the same time as another
run, never overwrites, and prints the paths it made, never a value.

| path | values |
|---|---|
| keys/<process>/signing | jwk: the private Ed25519 key that signs the caller and service tokens of the process |
| keys/public/<process>  | jwk: its public half, which every process reads |
| keys/<service>/personal | master, hash: 32 bytes each in base64, for personal fields and their keyed hashes |
| keys/auth/access       | jwk: the private Ed25519 key of users' access tokens |
| keys/auth/refresh      | key: 32 bytes in base64, from which refresh tokens are derived |
| keys/gateway/session   | key: 32 bytes in base64, which seals the web session cookie |

Keys that others have given are taken from this job's environment, so that no service has them in its own, and each
takes the place of the one before:

| path | values | from |
|---|---|---|
| keys/coach_agent/models | openai, gemini: keys of language models | PACE42_OPENAI_KEY, PACE42_GEMINI_KEY |
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Any

from joserfc.jwk import OKPKey

from shared import logs
from shared.config import ConfigError, load_or_exit
from shared.errors import SecretsUnavailable
from shared.secrets import SecretsSettings, SecretStore, open_secret_store

SERVICES = ("auth", "garmin_ingest", "coach_agent", "subscription")
PROCESSES = ("gateway", *SERVICES)

MODEL_KEYS = "keys/coach_agent/models"
GIVEN_KEYS = {"openai": "PACE42_OPENAI_KEY", "gemini": "PACE42_GEMINI_KEY"}

Values = Mapping[str, Any]


class KeysDisagreeError(Exception):
    """A public key that is not the one of its private key: one of the two was changed by hand."""


def _signing_key() -> Values:
    # The key id is the thumbprint of RFC 7638, so that equal keys have equal ids.
    return {"jwk": OKPKey.generate_key("Ed25519", auto_kid=True).as_dict(private=True)}


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _makers() -> dict[str, Callable[[], Values]]:
    """Path → how to make what belongs there; public keys follow from these."""
    makers: dict[str, Callable[[], Values]] = {f"keys/{process}/signing": _signing_key for process in PROCESSES}
    makers |= {
        f"keys/{service}/personal": lambda: {"master": _random_key(), "hash": _random_key()} for service in SERVICES
    }
    makers["keys/auth/access"] = _signing_key
    makers["keys/auth/refresh"] = lambda: {"key": _random_key()}
    makers["keys/gateway/session"] = lambda: {"key": _random_key()}
    return makers


def key_paths() -> list[str]:
    """Every path that this makes."""
    return sorted([*_makers(), *map(_public_path, PROCESSES)])


async def provision(store: SecretStore) -> list[str]:
    """Make what is absent and return its paths, sorted.

    Raises SecretsUnavailable where the store is away (run it again later) and KeysDisagreeError.
    """
    made = [path for path, make in _makers().items() if await _ensure(store, path, make)]
    made += [path for path in map(_public_path, PROCESSES) if await _publish(store, path)]
    return sorted(made)


async def keep_given(store: SecretStore, environment: Mapping[str, str]) -> list[str]:
    """Put the keys of language models that the environment holds into the store; the paths that have changed."""
    given = {name: environment.get(variable, "") for name, variable in GIVEN_KEYS.items()}
    kept = dict(await store.read(MODEL_KEYS) or {})
    changed = kept | {name: key for name, key in given.items() if key}
    if changed == kept:
        return []
    await store.write(MODEL_KEYS, changed)
    return [MODEL_KEYS]


async def _ensure(store: SecretStore, path: str, make: Callable[[], Values]) -> bool:
    return await store.read(path) is None and await store.write_if_absent(path, make())


def _public_path(process: str) -> str:
    return f"keys/public/{process}"


async def _publish(store: SecretStore, path: str) -> bool:
    """Derive the public key from the stored private one, which may be another run's or an earlier one's."""
    signing = await _existing(store, f"keys/{path.rpartition('/')[2]}/signing")
    public = {"jwk": OKPKey.import_key(dict(signing["jwk"])).as_dict(private=False)}
    if await store.write_if_absent(path, public):
        return True
    if (await _existing(store, path))["jwk"] != public["jwk"]:
        raise KeysDisagreeError(f"{path} is not the public half of its signing key. Restore the pair from a backup.")
    return False


async def _existing(store: SecretStore, path: str) -> Values:
    values = await store.read(path)
    if values is None:
        raise KeysDisagreeError(f"{path} vanished while the keys were made. Run it again.")
    return values


async def _main() -> int:
    settings = load_or_exit(SecretsSettings)
    logs.configure("provision", "WARNING")
    try:
        store = await open_secret_store(settings)
        try:
            made = [*await provision(store), *await keep_given(store, os.environ)]
        finally:
            await store.aclose()
    except ConfigError as error:
        problem = str(error)
    except KeysDisagreeError as error:
        problem = str(error)
    except SecretsUnavailable:
        problem = f"The secret store ({settings.secrets_kind}) does not answer or refuses; the log says why."
    else:
        for path in made:
            print(f"made {path}")
        print("All keys are there.")
        return 0
    sys.stderr.write(f"provision: {problem}\n")
    return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
