"""What a connection's figures mean to its runner."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from pydantic import ValidationError

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.models import Connection, PasswordCredentials, PersonalKey
from services.garmin_ingest.domain.garmin.status import credential_health, freshness, masked
from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.handlers.connection_bodies import CodeBody, ConnectBody
from tests.support.service import neighbours

NOW = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def a_connection(**fields) -> Connection:
    base = {
        "user_id": uuid.UUID(int=1), "connection_id": uuid.UUID(int=2), "source": "personal_api_key",
        "account_hash": b"", "login_hash": None, "account_name": "Anna", "state": "connected",
        "import_from": NOW.date(), "connected_at": NOW - 10 * DAY,
    }  # fmt: skip
    return Connection(**(base | fields))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"last_success_at": NOW - 24 * HOUR}, "fresh"),
        ({"last_success_at": NOW - 24 * HOUR - dt.timedelta(seconds=1)}, "stale"),
        ({"last_success_at": None}, "stale"),
        ({"last_success_at": None, "connected_at": NOW - HOUR}, None),
        ({"last_success_at": NOW, "state": "broken"}, "broken"),
    ],
)
def test_data_is_fresh_for_a_day_after_a_sync(fields, expected):
    assert freshness(a_connection(**fields), NOW) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "valid"),
        ({"token_expires_at": NOW - DAY}, "valid"),
        ({"key_expires_at": NOW + 15 * DAY}, "valid"),
        ({"key_expires_at": NOW + 14 * DAY}, "expiring"),
        ({"key_expires_at": NOW}, "expired"),
        ({"state": "broken", "failure": Failure("GARMIN_CONNECT_FAILED", "")}, "refused"),
        ({"state": "broken", "failure": Failure("GARMIN_UNAVAILABLE", "")}, "valid"),
    ],
)
def test_credentials_are_judged_by_what_only_the_runner_can_renew(fields, expected):
    assert credential_health(a_connection(**fields), NOW) == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [("anna.berg@example.com", "a…@example.com"), ("Anna Berg", "An…"), ("", "…"), ("@", "…@")],
)
def test_an_account_is_named_so_that_its_owner_knows_it_and_nobody_else_can_write_to_it(name, shown):
    assert masked(name) == shown


def test_passwords_keys_and_codes_are_in_no_representation():
    bodies = [
        ConnectBody.model_validate({"kind": "credentials", "username": "PLANTED", "password": "PLANTED"}),
        ConnectBody.model_validate({"kind": "personalApiKey", "key": "PLANTED"}),
        CodeBody.model_validate({"challengeId": str(uuid.uuid4()), "code": "PLANTED"}),
    ]
    for value in (*bodies, PasswordCredentials("PLANTED", "PLANTED"), PersonalKey("PLANTED")):
        assert "PLANTED" not in repr(value)
        assert "PLANTED" not in str(value)


@pytest.mark.parametrize(
    ("environment", "accepted", "is_open"),
    [("development", False, True), ("production", False, False), ("production", True, True)],
)
def test_passwords_are_sent_to_garmin_in_production_only_with_the_operators_word(environment, accepted, is_open):
    settings = GarminIngestSettings(
        environment=environment, secrets_kind="vault", connect_terms_accepted=accepted, redis_url="redis://x",
        database_url="postgresql://x", **neighbours(),
    )  # fmt: skip
    assert settings.connect_is_open is is_open


@pytest.mark.parametrize("name", ["connect_sso_url", "connect_token_url", "personal_api_url", "partner_api_url"])
def test_in_production_nothing_of_a_runner_is_sent_to_garmin_in_clear(name):
    common = {"secrets_kind": "vault", "redis_url": "redis://x", "database_url": "postgresql://x", **neighbours()}
    there = {name: "http://garmin.example/x"}
    assert GarminIngestSettings(environment="development", **common, **there)
    with pytest.raises(ValidationError, match="must be https"):
        GarminIngestSettings(environment="production", **common, **there)
