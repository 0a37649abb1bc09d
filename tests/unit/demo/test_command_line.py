import pytest

from deploy.local.demo.__main__ import main


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PACE42_DATA", str(tmp_path / "state"))
    monkeypatch.delenv("PACE42_PORT", raising=False)


@pytest.mark.parametrize("months", ["0", "25", "-1", "x", "٣"])
def test_a_length_that_makes_no_sense_is_refused(months, capsys):
    with pytest.raises(SystemExit):
        main([f"--months={months}"])
    assert "from 1 to 24" in capsys.readouterr().err


def test_an_address_that_is_none_is_one_line_and_leaves_nothing_behind(tmp_path, capsys):
    assert main(["--url", "nowhere"]) == 1
    assert capsys.readouterr().err == "nowhere does not answer as Pace42 would: is it running there?\n"
    assert not (tmp_path / "state").exists()


def test_a_wrong_port_in_the_environment_is_one_line(monkeypatch, capsys):
    monkeypatch.setenv("PACE42_PORT", "many")
    assert main([]) == 1
    assert "PACE42_PORT" in capsys.readouterr().err
