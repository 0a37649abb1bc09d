"""A file that fits on three screens and a function that fits on one are read; longer ones are searched."""

from __future__ import annotations

import ast

from tests.architecture.project import name_of, python_files

LONGEST_FILE = 300
LONGEST_FUNCTION = 40

# "file" or "file:function" → why it reads better whole than in pieces. An entry that is needed no longer fails too.
EXCEPTIONS = {
    "services/auth/handlers/routes.py:routes": "a table of routes, a row each, is read as one",
    "services/coach_agent/handlers/routes.py:routes": "a table of routes, a row each, is read as one",
}


def _too_long() -> dict[str, int]:
    found = {}
    for path in python_files():
        source = path.read_text()
        if (lines := source.count("\n")) > LONGEST_FILE:
            found[name_of(path)] = lines
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    found[f"{name_of(path)}:{node.name}"] = lines
    return found


def test_files_and_functions_are_short_or_excused_by_name():
    assert {where: lines for where, lines in _too_long().items() if where not in EXCEPTIONS} == {}


def test_every_excuse_is_still_needed_and_gives_its_reason():
    assert EXCEPTIONS.keys() <= _too_long().keys()
    assert all(len(reason.split()) > 3 for reason in EXCEPTIONS.values())
