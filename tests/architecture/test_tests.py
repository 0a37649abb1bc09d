"""A test that cannot fail is a defect."""

from __future__ import annotations

import ast

from tests.architecture.project import name_of, python_files


def _checks_something(tree: ast.AST) -> bool:
    raising = {"raises", "warns"}
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr in raising)
        for node in ast.walk(tree)
    )


def test_every_test_file_asserts_something():
    files = [path for path in python_files("tests") if path.name.startswith("test_")]
    assert len(files) > 5
    assert [name_of(path) for path in files if not _checks_something(ast.parse(path.read_text()))] == []
