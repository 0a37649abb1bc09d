"""Prometheus asks every process, and Jaeger's pipeline is joined up."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.unit.deploy.compose import PROCESSES, PROJECT

PROMETHEUS = PROJECT / "deploy" / "prometheus" / "prometheus.yml"
JAEGER = PROJECT / "deploy" / "otel" / "jaeger.yaml"


def test_every_process_is_scraped_where_it_shows_its_metrics(services: dict[str, Any]):
    document = yaml.safe_load(PROMETHEUS.read_text())
    targets = {
        target for job in document["scrape_configs"] for group in job["static_configs"] for target in group["targets"]
    }

    # The gateway's public port shows none.
    gateway = f"gateway:{services['gateway']['environment']['PACE42_METRICS_PORT']}"
    assert targets == {f"{name}:8080" for name in PROCESSES - {"gateway"}} | {gateway, "127.0.0.1:9090"}


def test_job_names_are_those_of_the_processes_once_each():
    document = yaml.safe_load(PROMETHEUS.read_text())
    jobs = [job["job_name"] for job in document["scrape_configs"]]

    assert sorted(jobs) == sorted({name.replace("-", "_") for name in PROCESSES} | {"prometheus"})
    assert document.keys() == {"global", "scrape_configs"}


def test_promtool_accepts_the_configuration():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian's prometheus package has it)")
    done = subprocess.run([promtool, "check", "config", PROMETHEUS], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_jaeger_receives_where_the_services_send_and_keeps_what_it_shows(services: dict[str, Any]):
    document = yaml.safe_load(JAEGER.read_text())
    pipeline = document["service"]["pipelines"]["traces"]

    assert set(document["service"]["extensions"]) == document["extensions"].keys()
    for part in ("receivers", "processors", "exporters"):
        assert set(pipeline[part]) == document[part].keys()
    backends = document["extensions"]["jaeger_storage"]["backends"].keys()
    assert document["exporters"]["jaeger_storage_exporter"]["trace_storage"] in backends
    assert document["extensions"]["jaeger_query"]["storage"]["traces"] in backends
    port = document["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    assert services["auth"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://jaeger:{port}"
    health = document["extensions"]["healthcheckv2"]["http"]["endpoint"].rpartition(":")[2]
    assert f":{health}/" in services["jaeger"]["healthcheck"]["test"][-1]
