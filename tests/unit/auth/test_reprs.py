"""Whatever of auth ends up in a log line or a traceback tells nobody's secrets."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings

import services.auth

SECRET = re.compile(r"password|password_hash|access_token|refresh_token|code|mac|salt|key|email|display_name")


def kept_by_auth() -> set[type]:
    """The dataclasses and models that auth's own modules define; settings hold SecretStr."""
    found = set()
    for module in pkgutil.walk_packages(services.auth.__path__, "services.auth."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                is_value = dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel)
                if is_value and kind.__module__.startswith("services.auth.") and not issubclass(kind, BaseSettings):
                    found.add(kind)
    return found


def planted(kind: type) -> tuple[object, set[str]]:
    """One with a telling text in each field, and the names of the fields that are secret."""
    if issubclass(kind, BaseModel):
        names = set(kind.model_fields)
        return kind.model_construct(**{name: f"<planted {name}>" for name in names}), secrets_of(names)
    value, names = object.__new__(kind), {field.name for field in dataclasses.fields(kind)}
    for name in names:
        object.__setattr__(value, name, f"<planted {name}>")
    return value, secrets_of(names)


def secrets_of(names: set[str]) -> set[str]:
    return {name for name in names if SECRET.fullmatch(name)}


@pytest.mark.parametrize(
    "kind", sorted(kept_by_auth(), key=lambda kind: kind.__qualname__), ids=lambda kind: kind.__name__
)
def test_no_secret_is_shown(kind: type):
    value, secret = planted(kind)
    assert {name for name in secret if f"<planted {name}>" in repr(value)} == set()


def test_the_values_with_secrets_are_among_those_looked_at():
    names = {kind.__name__ for kind in kept_by_auth() if planted(kind)[1]}
    assert names >= {"SignUpRequest", "SignUpBody", "LogInBody", "RefreshBody", "TokensAnswer", "Tokens", "Account"}
