"""The state folder: laid out once, private, used by one stack at a time, and left alone when it is not ours."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections import namedtuple

import pytest

from deploy.local.failure import CannotRun
from deploy.local.state import LAYOUT, StateFolder


@pytest.fixture
def open_folder():
    """Opens a state folder and gives its lock up after the test."""
    with contextlib.ExitStack() as opened:
        yield lambda path: opened.enter_context(contextlib.closing(StateFolder.open(path)))


NAMES = ["postgres", "pace42_auth"]


def _mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _snapshot(path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir() if entry.is_file()}


def test_a_new_folder_is_private_and_so_is_everything_in_it(tmp_path, open_folder):
    folder = open_folder(tmp_path / "deep" / "state")
    folder.passwords(NAMES)
    log = folder.log("auth")
    # As root PostgreSQL's own user has to pass through; it can list nothing.
    assert _mode(folder.path) == (0o711 if os.geteuid() == 0 else 0o700)
    assert {_mode(entry) for entry in folder.path.iterdir() if entry.is_dir()} == {0o700}
    assert {_mode(entry) for entry in folder.path.iterdir() if entry.is_file()} == {0o600}
    assert _mode(log) == 0o600


def test_passwords_stay_the_same_and_new_names_get_new_ones(tmp_path, open_folder):
    folder = open_folder(tmp_path)
    first = folder.passwords(NAMES)
    later = folder.passwords([*NAMES, "pace42_messaging"])
    assert {name: later[name] for name in NAMES} == first
    assert len(set(later.values())) == 3
    assert all(len(password) >= 32 for password in later.values())


def test_a_second_stack_on_the_same_folder_is_refused_and_told_who_has_it(tmp_path, open_folder):
    holder = open_folder(tmp_path)
    with pytest.raises(CannotRun, match=f"already runs on .* \\(process {os.getpid()}\\)"):
        open_folder(tmp_path)
    assert holder.path == tmp_path


def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path, open_folder):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(CannotRun, match="neither empty nor a state folder"):
        open_folder(tmp_path)
    assert _snapshot(tmp_path) == {"thesis.tex": b"years of work"}


def test_the_root_of_a_fresh_file_system_is_taken_for_empty(tmp_path, open_folder):
    (tmp_path / "lost+found").mkdir()
    assert open_folder(tmp_path).path == tmp_path


def test_a_folder_of_a_newer_version_is_refused_and_unchanged(tmp_path, open_folder):
    (tmp_path / "layout").write_text(f"{LAYOUT + 1}\n")
    with pytest.raises(CannotRun, match="made by a newer Pace42"):
        open_folder(tmp_path)
    assert (tmp_path / "layout").read_text() == f"{LAYOUT + 1}\n"
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("content", ["", "one\n", "\x00\x00"])
def test_a_damaged_layout_number_is_named(tmp_path, content, open_folder):
    (tmp_path / "layout").write_text(content)
    with pytest.raises(CannotRun, match="layout is damaged"):
        open_folder(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"postgres": 1}'])
def test_damaged_credentials_are_named_and_not_overwritten(tmp_path, content, open_folder):
    folder = open_folder(tmp_path)
    (tmp_path / "credentials.json").write_text(content)
    with pytest.raises(CannotRun, match=r"credentials\.json is damaged"):
        folder.passwords(NAMES)
    assert (tmp_path / "credentials.json").read_text() == content


def test_lost_credentials_of_an_existing_database_are_not_made_up_anew(tmp_path, open_folder):
    folder = open_folder(tmp_path)
    folder.postgres.mkdir()
    with pytest.raises(CannotRun, match=r"credentials\.json is missing"):
        folder.passwords(NAMES)
    assert not (tmp_path / "credentials.json").exists()


def test_a_full_disk_is_refused_before_anything_is_laid_out(tmp_path, monkeypatch, open_folder):
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - the shape of shutil's own answer
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2**30, 2**30 - 2**20, 2**20))
    with pytest.raises(CannotRun, match=r"disk is full: .* has 1 MB left"):
        open_folder(tmp_path)
    assert not (tmp_path / "layout").exists()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path, open_folder):
    (tmp_path / "state").write_text("")
    with pytest.raises(CannotRun, match="is a file"):
        open_folder(tmp_path / "state")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path, open_folder):
    tmp_path.chmod(0o500)
    with pytest.raises(CannotRun, match="cannot be used: Permission denied"):
        open_folder(tmp_path / "state")
    tmp_path.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path, open_folder):
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(CannotRun, match="belongs to another user"):
        open_folder(tmp_path)


def test_a_log_that_has_grown_large_is_put_aside_at_the_next_start(tmp_path, open_folder):
    folder = open_folder(tmp_path)
    with folder.log("auth").open("wb") as log:
        log.truncate(21 * 2**20)
    assert folder.log("auth").stat().st_size == 0
    assert (tmp_path / "logs" / "auth.log.1").stat().st_size == 21 * 2**20
