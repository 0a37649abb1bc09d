"""What only the Vault store promises: log-in, renewal, Vault's own refusals, and threads that come free again.

The client is the real hvac; the server is the fake of ``tests/support/fake_vault.py``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import structlog

from shared.errors import SecretsUnavailable
from shared.secrets_vault import VaultSecretStore
from shared.secrets_vault_line import VaultAccess
from tests.contract.secrets.conftest import Stopwatch, vault_settings
from tests.support.fake_vault import ROLE_ID, SECRET_ID, Condition, FakeVault

PLANTED = "planted-c04e11"
LEASE_S = 1200


class SetClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.elapsed_s, UTC)

    def monotonic_s(self) -> float:
        return self.elapsed_s


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def store(fake_vault: FakeVault, clock: SetClock) -> AsyncIterator[VaultSecretStore]:
    store = _store(fake_vault, clock)
    yield store
    await store.aclose()


async def test_one_log_in_serves_many_operations_also_at_once(fake_vault: FakeVault, store: VaultSecretStore):
    await asyncio.gather(*(store.write(f"garmin/users/{number}", {"token": "x"}) for number in range(20)))
    await store.read("garmin/users/1")

    assert fake_vault.logins == 1


async def test_a_token_is_renewed_in_the_last_third_of_its_life(
    fake_vault: FakeVault, store: VaultSecretStore, clock: SetClock
):
    await store.read("keys/auth/signing")
    clock.elapsed_s = LEASE_S * 0.66
    await store.read("keys/auth/signing")
    assert (fake_vault.logins, fake_vault.renewals) == (1, 0)

    clock.elapsed_s = LEASE_S * 0.67
    await store.read("keys/auth/signing")
    await store.read("keys/auth/signing")

    assert (fake_vault.logins, fake_vault.renewals) == (1, 1)


async def test_a_token_whose_life_is_over_is_replaced_by_a_log_in(
    fake_vault: FakeVault, store: VaultSecretStore, clock: SetClock
):
    await store.read("keys/auth/signing")
    fake_vault.forget_tokens()
    clock.elapsed_s = LEASE_S

    assert await store.read("keys/auth/signing") is None
    assert (fake_vault.logins, fake_vault.renewals) == (2, 0)


async def test_a_renewal_that_gives_less_time_leads_to_a_log_in(
    fake_vault: FakeVault, store: VaultSecretStore, clock: SetClock
):
    await store.read("keys/auth/signing")
    fake_vault.lease_s = 60  # the longest life of the token is near
    clock.elapsed_s = LEASE_S * 0.7

    await store.read("keys/auth/signing")

    assert (fake_vault.logins, fake_vault.renewals) == (2, 1)


async def test_a_token_that_vault_forgot_is_replaced_without_anybody_noticing(
    fake_vault: FakeVault, store: VaultSecretStore, clock: SetClock
):
    await store.write("keys/auth/signing", {"token": PLANTED})
    fake_vault.forget_tokens()
    clock.elapsed_s = 10

    found = await asyncio.gather(*(store.read("keys/auth/signing") for _ in range(10)))

    assert found == [{"token": PLANTED}] * 10
    assert fake_vault.logins == 2


async def test_a_policy_that_forbids_leads_to_no_storm_of_log_ins(
    fake_vault: FakeVault, store: VaultSecretStore, clock: SetClock
):
    fake_vault.condition = Condition.FORBIDDING
    for _ in range(5):
        with pytest.raises(SecretsUnavailable):
            await store.read("keys/gateway/signing")

    assert fake_vault.logins == 1


@pytest.mark.parametrize(
    "condition",
    [Condition.SEALED, Condition.STANDBY, Condition.FORBIDDING, Condition.REDIRECTING, Condition.GARBLED],
    ids=lambda condition: condition.name.lower(),
)
async def test_every_refusal_is_unavailable_and_never_a_success_or_an_absence(
    fake_vault: FakeVault, store: VaultSecretStore, condition: Condition
):
    await store.write("keys/auth/signing", {"token": PLANTED})
    fake_vault.condition = condition

    with structlog.testing.capture_logs() as logs, Stopwatch() as watch:
        outcomes = await asyncio.gather(
            store.read("keys/auth/signing"),
            store.write("keys/auth/signing", {"token": "new"}),
            store.write_if_absent("keys/auth/other", {"token": "new"}),
            store.delete("keys/auth/signing"),
            return_exceptions=True,
        )

    assert [type(outcome) for outcome in outcomes] == [SecretsUnavailable] * 4
    assert watch.elapsed_s < 3
    for planted in (PLANTED, SECRET_ID, *fake_vault.tokens):
        assert planted not in repr(logs)
        assert planted not in repr(outcomes)


async def test_a_sealed_vault_is_asked_again_as_soon_as_it_is_open(
    fake_vault: FakeVault, store: VaultSecretStore, clock: SetClock
):
    await store.write("keys/auth/signing", {"token": PLANTED})
    fake_vault.condition = Condition.SEALED
    for _ in range(20):
        with pytest.raises(SecretsUnavailable):
            await store.read("keys/auth/signing")
    assert store.breaker.state == "open"
    assert len(fake_vault.requests) < 20, "the breaker did not spare a Vault that is sealed"
    fake_vault.condition = Condition.WELL

    clock.elapsed_s = 2.1

    assert await store.read("keys/auth/signing") == {"token": PLANTED}
    assert store.breaker.state == "closed"


async def test_a_token_never_follows_a_redirect(fake_vault: FakeVault, store: VaultSecretStore):
    await store.read("keys/auth/signing")
    fake_vault.condition = Condition.REDIRECTING

    with pytest.raises(SecretsUnavailable):
        await store.read("keys/auth/signing")

    assert [url for _, url, _ in fake_vault.requests if url.startswith("/elsewhere")] == []


@pytest.mark.parametrize("condition", [Condition.DRIPPING_HEAD, Condition.DRIPPING_BODY], ids=["head", "body"])
async def test_an_answer_that_only_drips_is_cut_and_its_thread_comes_free(
    fake_vault: FakeVault, store: VaultSecretStore, condition: Condition
):
    await store.write("keys/auth/signing", {"token": PLANTED})
    fake_vault.condition = condition
    with Stopwatch() as watch:
        outcomes = await asyncio.gather(*(store.read("keys/auth/signing") for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [SecretsUnavailable] * 4
    assert watch.elapsed_s < 3

    fake_vault.condition = Condition.WELL
    with Stopwatch() as watch:
        assert await store.read("keys/auth/signing") == {"token": PLANTED}
    assert watch.elapsed_s < 1


async def test_wrong_credentials_are_unavailable(fake_vault: FakeVault):
    store = VaultSecretStore.from_settings(vault_settings(fake_vault.port, secret_id="wrong-" + PLANTED))

    with structlog.testing.capture_logs() as logs, pytest.raises(SecretsUnavailable):
        await store.read("keys/auth/signing")

    assert [entry["cause"] for entry in logs] == ["InvalidRequest"]
    assert PLANTED not in repr(logs)
    await store.aclose()


async def test_a_mount_that_does_not_exist_is_no_absent_secret(fake_vault: FakeVault):
    store = VaultSecretStore.from_settings(vault_settings(fake_vault.port, mount="nowhere"))

    with pytest.raises(SecretsUnavailable):
        await store.read("keys/auth/signing")
    await store.aclose()


async def test_deletion_leaves_no_version_and_no_metadata(fake_vault: FakeVault, store: VaultSecretStore):
    for number in range(3):
        await store.write("garmin/users/1", {"token": f"{PLANTED}-{number}"})
    assert len(fake_vault.entries["garmin/users/1"].versions) == 3

    await store.delete("garmin/users/1")

    assert fake_vault.entries == {}


async def test_a_version_deleted_by_hand_counts_as_absent(fake_vault: FakeVault, store: VaultSecretStore):
    await store.write("keys/auth/refresh", {"key": "old"})
    fake_vault.delete_softly("keys/auth/refresh")

    assert await store.read("keys/auth/refresh") is None
    assert await store.write_if_absent("keys/auth/refresh", {"key": "new"}) is True
    assert await store.write_if_absent("keys/auth/refresh", {"key": "newer"}) is False
    assert await store.read("keys/auth/refresh") == {"key": "new"}


async def test_racing_writers_agree_also_over_a_version_deleted_by_hand(
    fake_vault: FakeVault, clock: SetClock, store: VaultSecretStore
):
    await store.write("keys/auth/refresh", {"key": "old"})
    fake_vault.delete_softly("keys/auth/refresh")
    stores = [_store(fake_vault, clock) for _ in range(10)]

    won = await asyncio.gather(
        *(store.write_if_absent("keys/auth/refresh", {"writer": number}) for number, store in enumerate(stores))
    )

    assert won.count(True) == 1
    assert await store.read("keys/auth/refresh") == {"writer": won.index(True)}
    for opened in stores:
        await opened.aclose()


async def test_tokens_and_proxies_of_the_surroundings_are_not_used(
    fake_vault: FakeVault, store: VaultSecretStore, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    (tmp_path / ".vault-token").write_text("hvs.somebody-elses")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VAULT_TOKEN", "hvs.somebody-elses")
    monkeypatch.setenv("VAULT_NAMESPACE", "elsewhere")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert await store.read("keys/auth/signing") is None

    login, read = fake_vault.requests
    assert login == ("POST", "/v1/auth/approle/login", None)
    assert read[2] in fake_vault.tokens


async def test_requests_carry_values_as_json_and_paths_as_they_are(fake_vault: FakeVault, store: VaultSecretStore):
    await store.write("garmin/users/0199-abc.d_e", {"a": [1, None]})

    assert list(fake_vault.entries) == ["garmin/users/0199-abc.d_e"]
    assert json.dumps(fake_vault.entries["garmin/users/0199-abc.d_e"].versions) == '[{"a": [1, null]}]'


def _store(vault: FakeVault, clock: SetClock) -> VaultSecretStore:
    return VaultSecretStore(
        VaultAccess(address=f"http://127.0.0.1:{vault.port}", role_id=ROLE_ID, secret_id=SECRET_ID), clock
    )
