import datetime as dt
import hashlib
import os
import stat
import uuid
from pathlib import Path

import pytest

from services.garmin_ingest.clients.incoming import FolderIncoming
from services.garmin_ingest.clients.originals import FolderOriginals
from shared.errors import NotFound, ServiceOverloaded

USER = uuid.UUID("0199aaaa-0000-7000-8000-000000000001")


async def _arrived(folder, *pieces):
    received = await FolderIncoming(folder).create(USER, "run.fit")
    for piece in pieces:
        await received.write(piece)
    return await received.close()


async def _content(originals, sha256):
    return b"".join([piece async for piece in originals.read(USER, sha256)])


async def test_a_file_is_hashed_while_it_arrives(tmp_path):
    pieces = [bytes([n]) * 700_000 for n in range(5)]
    upload = await _arrived(tmp_path, *pieces)
    whole = b"".join(pieces)
    assert (upload.size, upload.sha256) == (len(whole), hashlib.sha256(whole).digest())
    assert upload.path.read_bytes() == whole


async def test_an_original_outlives_the_file_it_came_in(tmp_path):
    upload = await _arrived(tmp_path, b"samples")
    originals = FolderOriginals(tmp_path)
    await originals.keep(USER, upload.sha256, upload.path)
    await originals.keep(USER, upload.sha256, upload.path)
    await FolderIncoming(tmp_path).remove(upload, upload)
    assert await _content(originals, upload.sha256) == b"samples"
    path = tmp_path / str(USER) / upload.sha256.hex()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir() if child.is_file()] == [path.name]


async def test_a_removed_original_is_not_found(tmp_path):
    upload = await _arrived(tmp_path, b"samples")
    originals = FolderOriginals(tmp_path)
    await originals.keep(USER, upload.sha256, upload.path)
    await originals.remove(USER, upload.sha256)
    await originals.remove(USER, upload.sha256)
    with pytest.raises(NotFound):
        await _content(originals, upload.sha256)


async def test_a_discarded_file_leaves_nothing(tmp_path):
    received = await FolderIncoming(tmp_path).create(USER, "run.fit")
    await received.write(b"half of it")
    await received.discard()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_what_a_dead_process_left_is_swept_and_what_is_fresh_stays(tmp_path):
    old, fresh = await _arrived(tmp_path, b"old"), await _arrived(tmp_path, b"fresh")
    long_ago = dt.datetime.now(dt.UTC).timestamp() - 3 * 86_400
    os.utime(old.path, (long_ago, long_ago))
    await FolderIncoming(tmp_path).sweep(older_than=dt.timedelta(hours=48), keep=())
    assert (old.path.exists(), fresh.path.exists()) == (False, True)


async def test_a_full_disk_is_a_refusal_that_may_be_tried_again(tmp_path):
    """/dev/full answers every write with ENOSPC, as a full disk does."""
    received = await FolderIncoming(tmp_path).create(USER, "run.fit")
    received._file.close()
    received._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - stands in for the disk
    with pytest.raises(ServiceOverloaded) as caught:
        await received.write(bytes(2 * 1024 * 1024))
    assert caught.value.retryable
    await received.discard()


async def test_a_sweep_survives_a_file_that_goes_away_under_it(tmp_path):
    """A dangling link is listed and then not found, as a file is that another worker removes meanwhile."""
    upload = await _arrived(tmp_path, b"left behind")
    for name in ("0", "z"):
        upload.path.with_name(name).symlink_to(tmp_path / "nowhere")
    await FolderIncoming(tmp_path).sweep(older_than=dt.timedelta(seconds=-1), keep=())
    assert not upload.path.exists()
