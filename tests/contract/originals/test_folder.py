"""What is peculiar to originals in a folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from services.garmin_ingest.clients import originals as module
from services.garmin_ingest.clients.originals import FolderOriginals
from shared.errors import ServiceOverloaded, UpstreamUnavailable
from tests.contract.originals.test_every_store import ANN, a_file, content


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "originals"


async def test_the_layout_is_the_one_that_is_on_disk_already(folder: Path):
    sha256, path = a_file(folder.parent, b"samples")
    there = folder / str(ANN) / sha256.hex()
    there.parent.mkdir(parents=True)
    path.rename(there)
    assert await content(FolderOriginals(folder), ANN, sha256) == b"samples"


async def test_files_and_folders_are_private(folder: Path):
    sha256, path = a_file(folder.parent, b"samples")
    path.chmod(0o644)
    await FolderOriginals(folder).keep(ANN, sha256, path)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in folder.rglob("*") if each.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / str(ANN))} == {0o700}


async def test_a_file_and_the_folders_that_name_it_are_synced_in_that_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """Power may fail after each call: what was named before it was synced would be there and empty."""
    synced: list[Path] = []
    renamed: list[int] = []
    real_sync, real_replace = module._sync, Path.replace

    def sync(path: Path) -> None:
        synced.append(path)
        real_sync(path)

    def replace(path: Path, target: Path) -> Path:
        renamed.append(len(synced))
        return real_replace(path, target)

    monkeypatch.setattr(module, "_sync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    files = dict(a_file(folder.parent, f"samples {n}".encode()) for n in range(3))
    await FolderOriginals(folder).keep_many(ANN, files)
    assert [path.name.split(".")[1] for path in synced[:3]] == [sha256.hex() for sha256 in files]
    assert renamed == [1, 2, 3]
    assert synced[3:] == [folder / str(ANN), folder]


async def test_a_copy_that_broke_off_leaves_nothing(folder: Path):
    sha256, path = a_file(folder.parent, b"samples")
    path.unlink()
    with pytest.raises(UpstreamUnavailable):
        await FolderOriginals(folder).keep(ANN, sha256, path)
    assert [each for each in folder.rglob("*") if each.is_file()] == []


async def test_a_full_disk_is_an_overload_that_may_pass(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """/dev/full answers every write with ENOSPC, as a full disk does."""
    sha256, path = a_file(folder.parent, b"samples")

    def copy_to_a_full_disk(source: Path, _: Path) -> None:
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(source.read_bytes())

    monkeypatch.setattr(module.os, "link", _on_another_disk)
    monkeypatch.setattr(module.shutil, "copyfile", copy_to_a_full_disk)
    with pytest.raises(ServiceOverloaded) as caught:
        await FolderOriginals(folder).keep(ANN, sha256, path)
    assert caught.value.retryable


async def test_a_file_from_another_disk_is_copied(folder: Path, monkeypatch: pytest.MonkeyPatch):
    sha256, path = a_file(folder.parent, b"samples")
    monkeypatch.setattr(module.os, "link", _on_another_disk)
    await FolderOriginals(folder).keep(ANN, sha256, path)
    assert await content(FolderOriginals(folder), ANN, sha256) == b"samples"


async def test_removing_all_takes_halves_too_and_leaves_files_on_their_way_in(folder: Path):
    sha256, path = a_file(folder.parent, b"samples")
    originals = FolderOriginals(folder)
    await originals.keep(ANN, sha256, path)
    arriving = folder / str(ANN) / "incoming" / "0199"
    arriving.parent.mkdir()
    arriving.write_bytes(b"on its way")
    (folder / str(ANN) / f".{sha256.hex()}.{'0' * 32}").write_bytes(b"half")
    await originals.remove_all(ANN)
    assert [each for each in folder.rglob("*") if each.is_file()] == [arriving]


def _on_another_disk(*_: object) -> None:
    raise OSError(18, "Invalid cross-device link")
