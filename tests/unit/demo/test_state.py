import datetime as dt
import stat

import pytest

from deploy.local.demo.state import DemoState
from deploy.local.failure import CannotRun

DAY = dt.date(2026, 11, 20)


def test_an_account_is_found_again_with_the_day_its_history_ends(tmp_path):
    created = DemoState(tmp_path).create("a@example.com", DAY)
    assert DemoState(tmp_path).find("a@example.com") == created
    assert DemoState(tmp_path).find("b@example.com") is None


def test_each_folder_has_a_password_of_its_own_that_only_its_owner_reads(tmp_path):
    passwords = {DemoState(tmp_path / name).create("a@example.com", DAY).password for name in ("one", "two")}
    assert len(passwords) == 2
    assert min(map(len, passwords)) >= 24
    assert stat.S_IMODE((tmp_path / "one" / "demo.json").stat().st_mode) == 0o600


def test_a_second_account_leaves_the_first_alone(tmp_path):
    state = DemoState(tmp_path)
    first = state.create("a@example.com", DAY)
    second = state.create("b@example.com", DAY)
    state.imported(second, 18)
    assert state.find("a@example.com") == first
    assert state.find("b@example.com").imported_months == 18


def test_a_password_is_not_shown_by_accident(tmp_path):
    account = DemoState(tmp_path).create("a@example.com", DAY)
    assert account.password not in repr(account)


@pytest.mark.parametrize("content", ["{", "[]", '{"a@example.com": {"today": "2026-11-20"}}', '{"a@example.com": 3}'])
def test_a_broken_file_is_named_and_left_as_it_is(tmp_path, content):
    (tmp_path / "demo.json").write_text(content)
    with pytest.raises(CannotRun, match=r"demo\.json"):
        DemoState(tmp_path).find("a@example.com")
    assert (tmp_path / "demo.json").read_text() == content


def test_a_folder_that_takes_no_file_gives_one_clear_line(tmp_path):
    (tmp_path / "occupied").write_text("not a folder")
    with pytest.raises(CannotRun, match="occupied"):
        DemoState(tmp_path / "occupied" / "inner").create("a@example.com", DAY)
