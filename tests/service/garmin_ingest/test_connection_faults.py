"""A secret store that is sealed, hung, refusing or dead, and whatever dies between the secret and the commit.

Connecting answers 503 within 3 s, nothing is half-written on either side for longer than it takes to reconcile, and no
log-in at Garmin is spent on it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.service.garmin_ingest.linking import CONNECTION, Linked
from tests.support.fake_vault import Condition
from tests.support.postgres import PROJECT

ANNA = "anna@example.com"

# At the commit, when the secret has been written: an error, or the end of the database's process behind us.
_FAILING_COMMIT = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {deed}; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER failing AFTER INSERT OR UPDATE ON garmin_connection DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fail();
"""
_ERROR = "RAISE EXCEPTION 'the disk is on fire'"
_END = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)"


async def _hang(linked: Linked) -> None:
    linked.safe.relay.hang()


async def _die(linked: Linked) -> None:
    await linked.safe.relay.die()


def _vault(condition: Condition) -> Callable[[Linked], Awaitable[None]]:
    async def apply(linked: Linked) -> None:
        if linked.safe.vault is None:
            pytest.skip("only Vault can be in this condition")
        linked.safe.vault.condition = condition

    return apply


AWAY = {
    "hung": _hang,
    "dead": _die,
    "sealed": _vault(Condition.SEALED),
    "standby": _vault(Condition.STANDBY),
    "refusing": _vault(Condition.FORBIDDING),
    "garbled": _vault(Condition.GARBLED),
    "dripping": _vault(Condition.DRIPPING_BODY),
}


@pytest.mark.parametrize("away", AWAY.values(), ids=AWAY)
async def test_connecting_while_the_secret_store_is_away_is_503_within_3_s_and_costs_no_log_in(linked: Linked, away):
    linked.garmin.web.add(ANNA)
    await away(linked)

    began = time.monotonic()
    answer = await linked.connect(ANNA)

    assert time.monotonic() - began < 3.0
    assert (answer.status, answer.code) == (503, "SECRETS_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) >= 1
    assert linked.garmin.web.log_ins == 0
    assert await linked.sql("SELECT 1 FROM garmin_connection UNION ALL SELECT 1 FROM job") == []
    assert await linked.sql("SELECT 1 FROM garmin_log_in") == [], "a log-in that was never made must not be counted"
    # All else works.
    assert (await linked.health())["status"] == "not_connected"
    assert (await linked.call("GET", "/api/v1/activities")).status == 200


async def test_a_store_that_is_well_again_takes_the_next_connection(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.safe.relay.die()
    assert (await linked.connect(ANNA)).status == 503

    await linked.safe.relay.recover()

    assert (await linked.connect(ANNA)).status == 201


async def test_a_vault_that_dies_with_the_write_leaves_no_row_and_its_secret_is_removed_afterwards(linked: Linked):
    if linked.safe.vault is None:
        pytest.skip("the local store answers or has not written")
    linked.garmin.web.add(ANNA)
    linked.safe.vault.condition = Condition.DYING

    began = time.monotonic()
    answer = await linked.connect(ANNA)

    assert time.monotonic() - began < 3.0
    assert (answer.status, answer.code) == (503, "SECRETS_UNAVAILABLE")
    linked.safe.vault.condition = Condition.WELL
    assert await linked.secret() is not None, "this Vault has done what it was asked before it died"
    await _nothing_is_left_after_reconciling(linked)


@pytest.mark.parametrize(("deed", "status"), [(_ERROR, 500), (_END, 503)], ids=["an error", "the end of the server"])
async def test_a_commit_that_fails_after_the_secret_was_written_leaves_nothing(linked: Linked, deed, status):
    linked.garmin.web.add(ANNA)
    await linked.sql("DROP TRIGGER IF EXISTS failing ON garmin_connection")
    for statement in _FAILING_COMMIT.format(deed=deed).split(";\nCREATE CONSTRAINT"):
        await linked.sql(statement if "FUNCTION fail() RETURNS" in statement else f"CREATE CONSTRAINT{statement}")

    answer = await linked.connect(ANNA)

    assert answer.status == status, answer.body
    await _nothing_is_left_after_reconciling(linked)


async def test_a_process_killed_between_the_secret_and_the_commit_leaves_nothing(linked: Linked):
    environment = os.environ | {
        "GARMIN_INGEST_DATABASE_URL": linked.settings.database_url.get_secret_value(),
        "GARMIN_INGEST_OBJECTS_DIR": str(linked.settings.objects_dir),
        "PACE42_REDIS_URL": "redis://127.0.0.1:9",
        **{f"PACE42_{name.upper()}_URL": url for name, url in _neighbours(linked).items()},
    }
    command = [sys.executable, "-m", "tests.service.garmin_ingest.killed_link", str(linked.runner.user_id)]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=PROJECT, env=environment, capture_output=True, timeout=60, check=False
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert await linked.secret() is not None
    await _nothing_is_left_after_reconciling(linked)


async def test_new_credentials_that_cannot_be_stored_leave_the_connection_as_it_was(linked: Linked):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    before = await linked.connection_id()
    await linked.safe.relay.die()

    assert (await linked.connect(ANNA)).status == 503

    await linked.safe.relay.recover()
    await linked.reconcile_now()
    secret = await linked.secret()
    assert secret is not None
    assert secret["connectionId"] == str(before)
    assert (await linked.health())["status"] == "syncing"


@pytest.mark.parametrize("away", [_hang, _die], ids=["hung", "dead"])
async def test_disconnecting_while_the_store_is_away_is_certain_and_the_secret_goes_when_it_is_back(
    linked: Linked, away
):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    await away(linked)

    began = time.monotonic()
    answer = await linked.disconnect()

    assert time.monotonic() - began < 5.0
    assert answer.status == 204
    assert (await linked.health())["status"] == "not_connected"
    assert await linked.secret() is not None
    await linked.safe.relay.recover()
    await linked.reconcile_now()
    assert await linked.secret() is None


@pytest.mark.parametrize("remains", [None, {"connectionId": "not one of ours"}], ids=["nothing", "something else"])
async def test_a_connection_whose_secret_is_gone_is_broken_and_says_what_to_do(linked: Linked, remains):
    linked.garmin.web.add(ANNA)
    await linked.connect(ANNA)
    path = f"garmin/users/{linked.runner.user_id}"
    await linked.safe.store.delete(path)
    if remains is not None:
        await linked.safe.store.write(path, remains)

    await linked.reconcile_now()

    health = await linked.health()
    assert (health["status"], health["freshness"], health["credentialHealth"]) == ("broken", "broken", "refused")
    assert "Connect again" in health["error"]["message"]
    assert (await linked.connect(ANNA)).json["status"] == "syncing"


async def test_connections_of_one_runner_that_race_end_as_one_with_its_own_secret(linked: Linked):
    linked.garmin.web.add(ANNA)

    answers = await asyncio.gather(*(linked.connect(ANNA) for _ in range(5)))

    assert {answer.status for answer in answers} == {201}
    secret = await linked.secret()
    assert secret is not None
    assert secret["connectionId"] == str(await linked.connection_id())


async def _nothing_is_left_after_reconciling(linked: Linked) -> None:
    assert (await linked.health())["status"] == "not_connected"
    assert await linked.queued("sync_garmin") == 0
    await linked.reconcile_now()
    assert await linked.secret() is None
    assert (await linked.call("GET", CONNECTION)).json["status"] == "not_connected"


def _neighbours(linked: Linked) -> dict[str, str]:
    return {
        name: getattr(linked.settings, f"{name}_url")
        for name in ("auth", "garmin_ingest", "coach_agent", "subscription")
    }
