"""Importing a module defines names and does nothing else: no pool, no thread, no settings read, no logger set up.

A settings object made on import once read the environment before a test could set it, and a pool made on import
belonged to an event loop that had long been closed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.architecture.project import PROJECT, module_of, name_of, python_files

WATCH = PROJECT / "tests/architecture/import_watch.py"

# Run by alembic inside a migration, or by path with a command line, never imported.
_NOT_MODULES = ("migrations/", "alembic_environment/", "deploy/local/tether.py", "deploy/local/guardian.py")


def _modules() -> list[str]:
    files = python_files("gateway", "services", "shared", "deploy")
    return [module_of(path) for path in files if not any(part in name_of(path) for part in _NOT_MODULES)]


def _watch(modules: list[str], folder: str) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, WATCH],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        input="\n".join(modules),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"a module cannot be imported without settings:\n{done.stderr}"
    return json.loads(done.stdout)


def test_importing_any_module_does_nothing_but_define_names():
    assert _watch(_modules(), str(PROJECT)) == {}


@pytest.mark.parametrize(
    ("line", "deed"),
    [
        ("import threading; threading.Thread(target=print).start()", "started a thread"),
        ("import socket; socket.socket().bind(('127.0.0.1', 0))", "bound a socket"),
        ("import subprocess; subprocess.run(['true'])", "started a process"),
        ("import os; VALUE = os.environ.get('HOME')", "read the variable HOME"),
        ("import logging; logging.basicConfig()", "changed the root logger"),
        ("open('left-behind', 'w').close()", "for writing"),
    ],
)
def test_the_watch_sees_a_module_that_does_something(tmp_path, line, deed):
    (tmp_path / "busy.py").write_text(line)
    assert any(deed in found for found in _watch(["busy"], str(tmp_path))["busy"])
