"""What every adapter of the OriginalStore port promises."""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from pathlib import Path

import pytest

from services.garmin_ingest.domain.ports import OriginalStore
from shared.errors import NotFound

ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)
# Larger than the parts in which a bucket takes a file, and no multiple of anything.
LARGE = 12 * 1024 * 1024 + 345


def a_file(folder: Path, content: bytes) -> tuple[bytes, Path]:
    sha256 = hashlib.sha256(content).digest()
    path = folder / f"incoming-{sha256.hex()[:12]}"
    path.write_bytes(content)
    return sha256, path


async def content(originals: OriginalStore, user_id: uuid.UUID, sha256: bytes) -> bytes:
    return b"".join([piece async for piece in originals.read(user_id, sha256)])


async def is_kept(originals: OriginalStore, user_id: uuid.UUID, sha256: bytes) -> bool:
    try:
        await content(originals, user_id, sha256)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("size", [0, 1, 100_000, LARGE])
async def test_a_file_comes_back_byte_for_byte(originals: OriginalStore, tmp_path: Path, size: int):
    written = os.urandom(size)
    sha256, path = a_file(tmp_path, written)
    await originals.keep(ANN, sha256, path)
    path.unlink()
    assert await content(originals, ANN, sha256) == written


async def test_a_large_file_comes_in_pieces(originals: OriginalStore, tmp_path: Path):
    sha256, path = a_file(tmp_path, os.urandom(LARGE))
    await originals.keep(ANN, sha256, path)
    sizes = [len(piece) async for piece in originals.read(ANN, sha256)]
    assert sum(sizes) == LARGE
    assert max(sizes) <= 2 * 1024 * 1024


async def test_keeping_twice_also_at_once_is_keeping_once(originals: OriginalStore, tmp_path: Path):
    sha256, path = a_file(tmp_path, b"samples")
    await asyncio.gather(*(originals.keep(ANN, sha256, path) for _ in range(4)))
    await originals.keep(ANN, sha256, path)
    assert await content(originals, ANN, sha256) == b"samples"


async def test_many_files_are_kept_together(originals: OriginalStore, tmp_path: Path):
    files = dict(a_file(tmp_path, f"samples {n}".encode()) for n in range(30))
    await originals.keep_many(ANN, files)
    await originals.keep_many(ANN, {})
    assert [await content(originals, ANN, sha256) for sha256 in files] == [f"samples {n}".encode() for n in range(30)]


async def test_a_file_is_its_owners_alone(originals: OriginalStore, tmp_path: Path):
    sha256, path = a_file(tmp_path, b"samples")
    await originals.keep(ANN, sha256, path)
    with pytest.raises(NotFound):
        await content(originals, BOB, sha256)


async def test_a_removed_file_is_not_found_and_may_be_removed_again(originals: OriginalStore, tmp_path: Path):
    sha256, path = a_file(tmp_path, b"samples")
    other, other_path = a_file(tmp_path, b"other samples")
    await originals.keep(ANN, sha256, path)
    await originals.keep(ANN, other, other_path)
    await originals.remove(ANN, sha256)
    await originals.remove(ANN, sha256)
    assert [await is_kept(originals, ANN, each) for each in (sha256, other)] == [False, True]


async def test_removing_all_of_one_user_leaves_the_others(originals: OriginalStore, tmp_path: Path):
    files = dict(a_file(tmp_path, f"samples {n}".encode()) for n in range(12))
    await originals.keep_many(ANN, files)
    await originals.keep_many(BOB, files)
    await originals.remove_all(ANN)
    await originals.remove_all(ANN)
    assert [await is_kept(originals, ANN, sha256) for sha256 in files] == [False] * 12
    assert [await is_kept(originals, BOB, sha256) for sha256 in files] == [True] * 12


async def test_a_reader_that_stops_early_disturbs_nobody(originals: OriginalStore, tmp_path: Path):
    sha256, path = a_file(tmp_path, os.urandom(LARGE))
    await originals.keep(ANN, sha256, path)
    reading = originals.read(ANN, sha256)
    await anext(reading)
    await reading.aclose()  # type: ignore[attr-defined]
    assert len(await content(originals, ANN, sha256)) == LARGE
