"""The Compose file, held against the Compose specification's schema and against our own rules.

No engine is asked: what these tests show is that the file says what we mean, not that it runs.
"""

from __future__ import annotations

import graphlib
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.unit.deploy.compose import FILE, JOBS, OUR_JOBS, PROCESSES, PROJECT, variables

Services = dict[str, dict[str, Any]]

STORES = {"postgres", "redis", "vault"}
# What a person may reach: the gateway where they say, the pages of Jaeger and Prometheus on this machine only.
PUBLISHED = {
    "gateway": ["${PACE42_HOST:-127.0.0.1}:${PACE42_PORT:-8080}:8080"],
    "jaeger": ["127.0.0.1:${PACE42_JAEGER_PORT:-16686}:16686"],
    "prometheus": ["127.0.0.1:${PACE42_PROMETHEUS_PORT:-9090}:9090"],
}


def test_it_follows_the_schema_of_the_compose_specification():
    done = _validate(str(FILE))

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_refuses_what_is_no_compose_file(tmp_path):
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(FILE.read_text().replace("condition: service_healthy", "condition: service_happy", 1))

    done = _validate(str(broken))

    assert done.returncode == 1
    assert "service_happy" in done.stdout


def test_every_process_of_the_house_is_there(services: Services):
    assert set(services) == PROCESSES | JOBS | STORES | {"vault-opener", "jaeger", "prometheus"}
    commands = {name: services[name]["command"] for name in PROCESSES | OUR_JOBS}
    assert commands == {
        "gateway": ["gateway"],
        "auth": ["services.auth"],
        "garmin-ingest": ["services.garmin_ingest"],
        "garmin-ingest-worker": ["services.garmin_ingest.worker"],
        "coach-agent": ["services.coach_agent"],
        "coach-agent-worker": ["services.coach_agent.worker"],
        "subscription": ["services.subscription"],
        "provision": ["deploy.provision"],
        "migrate-auth": ["services.auth", "migrate"],
        "migrate-garmin-ingest": ["services.garmin_ingest", "migrate"],
        "migrate-coach-agent": ["services.coach_agent", "migrate"],
        "migrate-subscription": ["services.subscription", "migrate"],
    }


def test_what_stays_up_has_a_health_check_and_what_ends_has_none(services: Services):
    for name, service in services.items():
        check = service.get("healthcheck", {"disable": True})
        if name in JOBS:
            assert check == {"disable": True}, name
            assert service["restart"] == "no", name
        else:
            assert check["test"][0] in {"CMD", "CMD-SHELL"}, name
            assert {"interval", "timeout", "retries"} <= check.keys(), name
            assert service["restart"] == "unless-stopped", name


def test_our_processes_are_healthy_when_they_are_ready(services: Services):
    for name in PROCESSES:
        assert services[name]["healthcheck"]["test"] == ["CMD", "python", "-m", "deploy.healthcheck", "/health/ready"]


def test_everybody_waits_for_readiness_and_for_jobs_to_succeed(services: Services):
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            if (name, needed) == ("vault-opener", "vault"):
                expected = "service_started"  # Vault is not healthy before it is opened
            else:
                expected = "service_completed_successfully" if needed in JOBS else "service_healthy"
            assert how == {"condition": expected}, (name, needed)


def test_a_process_starts_after_its_stores_its_keys_and_its_migration(services: Services):
    for name in PROCESSES - {"gateway"}:
        migration = f"migrate-{name.removesuffix('-worker')}"
        assert set(services[name]["depends_on"]) == STORES | {"provision", migration}
    assert set(services["gateway"]["depends_on"]) == STORES | {
        "provision", "auth", "garmin-ingest", "coach-agent", "subscription"
    }  # fmt: skip


def test_nothing_waits_for_itself(services: Services):
    graph = {name: set(service.get("depends_on", {})) for name, service in services.items()}

    order = list(graphlib.TopologicalSorter(graph).static_order())

    assert order.index("vault-setup") < order.index("provision") < order.index("auth") < order.index("gateway")


def test_only_the_gateway_is_published_and_two_pages_for_operators(services: Services):
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == PUBLISHED
    assert all("network_mode" not in service and "expose" not in service for service in services.values())


def test_what_holds_data_has_no_way_out(compose: dict[str, Any], services: Services):
    assert compose["networks"] == {"backend": {"internal": True}, "edge": {}}
    for name, service in services.items():
        expected = ["backend", "edge"] if name in PUBLISHED else ["backend"]
        assert service["networks"] == expected, name


def test_every_container_is_locked_down_and_limited(services: Services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert "privileged" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "memory", "pids"} == service["deploy"]["resources"]["limits"].keys(), name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name


def test_no_container_runs_as_root(services: Services):
    # The images of Jaeger (10001) and Prometheus (nobody) name their user themselves, as ours does.
    own_user = PROCESSES | OUR_JOBS | {"jaeger", "prometheus"}
    named = {name: service.get("user") for name, service in services.items() if name not in own_user}
    assert named == {
        "postgres": "postgres", "redis": "redis", "vault": "vault", "vault-opener": "vault", "vault-setup": "vault"
    }  # fmt: skip
    assert "\nUSER 10042:10042\n" in (PROJECT / "deploy" / "Dockerfile").read_text()


def test_images_of_others_are_pinned_to_a_release(services: Services):
    for name, service in services.items():
        if name in PROCESSES | OUR_JOBS:
            assert service["image"] == "pace42:${PACE42_VERSION:-dev}"
            assert service["build"] == {"context": ".", "dockerfile": "deploy/Dockerfile"}
        else:
            assert re.fullmatch(r"[a-z/]+:v?\d+(\.\d+)*(-[a-z]+)?", service["image"]), name


def test_there_is_no_secret_in_the_file_and_none_has_a_default():
    text = FILE.read_text()
    for name, rest in variables(text).items():
        secret = name.endswith(("_PASSWORD", "_SECRET_ID"))
        assert (rest == ":?set it in .env") if secret else rest.startswith(":-"), name
    for line in text.splitlines():
        name, is_setting, value = line.strip().partition(": ")
        if is_setting and name.endswith(("_PASSWORD", "_SECRET_ID")):
            assert re.fullmatch(r"\$\{\w+:\?set it in \.env\}", value), line
        assert not re.search(r"://[^/\s$]*:[^$@\s][^@\s]*@", line), f"a password in a URL: {line}"


@pytest.mark.parametrize("service", ["redis", "vault-opener", "vault-setup", "postgres"])
def test_secrets_do_not_appear_in_a_command_line(services: Services, service: str):
    words = [str(part) for key in ("command", "entrypoint") for part in services[service].get(key, [])]
    assert not any("--requirepass" in word or "${" in word for word in words)


def test_mounted_files_exist_and_cannot_be_written(services: Services):
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source, _, target = volume.partition(":")
            if source.startswith("./"):
                assert (PROJECT / source).exists(), volume
                assert target.endswith(":ro"), (name, volume)


def test_named_volumes_are_declared_and_the_operators_one_is_for_operators(compose: dict[str, Any], services: Services):
    used: dict[str, set[str]] = {}
    for name, service in services.items():
        for volume in service.get("volumes", []):
            if not volume.startswith("./"):
                used.setdefault(volume.partition(":")[0], set()).add(name)
    assert used.keys() == compose["volumes"].keys()
    assert used["vault-operator"] == {"vault-opener", "vault-setup"}
    assert used["originals"] == {"garmin-ingest", "garmin-ingest-worker"}


def _validate(path: str) -> subprocess.CompletedProcess[str]:
    """With the schema that the check-jsonschema package carries, so that nothing is fetched."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
