"""What is published names no package index, no machine of ours, and nothing unexpected at the top."""

from __future__ import annotations

import re

import pytest

from tests.architecture.project import PROJECT, tracked_files

# Locks made on one machine once pointed everybody else's pip at that machine's mirror.
_INDEX = re.compile(
    r"(?<!emit-)index-url|find-links|\"resolved\":|https?://[^\s/]*(?:mirror|registry|pythonhosted|pypi)"
)
_MACHINE = re.compile(r"(?<![\w./~-])/(?:root|work|home/[a-z][\w-]*|Users/\w+)/[\w.]")
_NOT_TEXT = {".png", ".ico", ".woff2", ".fit", ".gz", ".zip"}

TOP_LEVEL = {
    *(".ci", ".dockerignore", ".env.example", ".github", ".gitignore"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "RUNBOOK.md"),
    *("docker-compose.yml", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-local.lock"),
    *("deploy", "docs", "gateway", "services", "shared", "tests"),
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    files = [path for path in tracked_files() if path.suffix not in _NOT_TEXT]
    if not files:
        pytest.skip("not a git checkout")
    own = PROJECT / "tests/architecture/test_tracked_files.py"
    return {path.relative_to(PROJECT).as_posix(): path.read_text() for path in files if path != own}


def _lines_with(pattern: re.Pattern[str], texts: dict[str, str]) -> list[str]:
    return [f"{name}: {match[0]}" for name, text in texts.items() for match in pattern.finditer(text)]


def test_no_file_names_a_package_index(texts):
    assert _lines_with(_INDEX, texts) == []


def test_no_file_names_a_path_of_one_machine(texts):
    assert _lines_with(_MACHINE, texts) == []
    assert [name for name, text in texts.items() if str(PROJECT) + "/" in text] == []


def test_every_requirement_is_pinned_and_hashed(texts):
    for lock in ("requirements.lock", "requirements-local.lock", "requirements-dev.lock"):
        requirements = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", texts[lock], re.MULTILINE | re.DOTALL)
        assert len(requirements) > 50
        assert [text for text in requirements if "==" not in text or "--hash=sha256:" not in text] == []


def test_nothing_unexpected_lies_at_the_top(texts):
    assert {name.split("/")[0] for name in texts} <= TOP_LEVEL


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (_INDEX, "--find-links https://example.org/simple"),
        (_INDEX, "see https://mirror.example.org/project/aiohttp"),
        (_MACHINE, 'open("/home/ann/pace42/x")'),
        (_MACHINE, "cd /root/pace42"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern, text):
    assert pattern.search(text)
