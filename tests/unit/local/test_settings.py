from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.failure import CannotRun
from deploy.local.settings import PROJECT, read_settings


def test_without_any_variable_the_stack_is_this_machines_alone():
    settings = read_settings({})
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8080, PROJECT / ".pace42")


def test_the_variables_are_taken():
    settings = read_settings({"PACE42_PORT": "9000", "PACE42_DATA": "/data/pace 42", "PACE42_HOST": "0.0.0.0"})
    assert (settings.host, settings.port, settings.data) == ("0.0.0.0", 9000, Path("/data/pace 42"))


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80 80", "8080.0"])
def test_a_port_that_is_none_is_named(port):
    with pytest.raises(CannotRun, match="PACE42_PORT"):
        read_settings({"PACE42_PORT": port})


def test_the_stack_of_one_machine_is_not_for_production():
    with pytest.raises(CannotRun, match="production"):
        read_settings({"PACE42_ENV": "production"})
