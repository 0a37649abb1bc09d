import io
import zipfile

import pytest

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, LARGEST_ZIP, ZipListing
from tests.support.builders_zip import zip_bomb, zip_of


def _listing(data):
    return ZipListing(io.BytesIO(data))


def _unpacked(listing, entry):
    return b"".join(listing.chunks(entry.key, largest=LARGEST_FILE))


def test_a_zip_lists_what_may_be_recordings():
    files = {
        "export/DI_CONNECT/a.fit": b"first" * 1000,
        "export/profile.json": b"{}",
        "__MACOSX/._a.fit": b"junk",
        "../../etc/passwd.gpx": b"second",
        "folder/more.zip": zip_of({"b.tcx": b"third"}),
    }
    listing = _listing(zip_of(files))
    first, second, nested = listing.entries()
    assert [(entry.path, entry.nested) for entry in (first, second, nested)] == [
        ("export/DI_CONNECT/a.fit", False),
        ("../../etc/passwd.gpx", False),
        ("folder/more.zip", True),
    ]
    assert _unpacked(listing, first) == b"first" * 1000
    assert _unpacked(listing, second) == b"second"


def test_a_zip_bomb_is_refused_entry_by_entry():
    listing = _listing(zip_bomb(entries=3))
    for entry in listing.entries():
        with pytest.raises(ActivityFileInvalid, match="more tightly"):
            _unpacked(listing, entry)


def test_a_zip_that_lies_about_its_sizes_never_unpacks_past_what_it_declared():
    listing = _listing(zip_bomb(entries=1, declared_bytes=1000))
    (entry,) = listing.entries()
    chunks = listing.chunks(entry.key, largest=LARGEST_FILE)
    with pytest.raises(ActivityFileInvalid, match="damaged"):
        next(chunks)


def test_an_entry_above_the_limit_is_refused():
    listing = _listing(zip_bomb(entries=1, entry_mebibytes=65))
    (entry,) = listing.entries()
    with pytest.raises(ActivityFileInvalid, match="more than 64 MiB"):
        _unpacked(listing, entry)


def test_what_is_no_entry_is_refused():
    with pytest.raises(ActivityFileInvalid, match="damaged"):
        list(_listing(zip_of({"a.fit": b"x"})).chunks("99", largest=LARGEST_ZIP))


def test_a_damaged_zip_is_refused():
    with pytest.raises(ActivityFileInvalid, match="damaged or incomplete"):
        _listing(zip_of({"a.fit": b"x" * 5000})[:-30])


def test_a_locked_entry_is_refused():
    data = bytearray(zip_of({"a.fit": b"x" * 10}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    listing = _listing(bytes(data))
    (entry,) = listing.entries()
    with pytest.raises(ActivityFileInvalid, match="password"):
        _unpacked(listing, entry)


def test_overlapping_entries_are_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.fit", b"y" * 5000)
        info = archive.infolist()[0]
        for number in range(10):
            copy = zipfile.ZipInfo(f"b{number}.fit")
            copy.header_offset, copy.compress_size, copy.file_size, copy.CRC = 0, info.compress_size, 5000, info.CRC
            archive.filelist.append(copy)
    with pytest.raises(ActivityFileInvalid, match="overlap"):
        _listing(buffer.getvalue())


def test_names_are_shown_without_control_characters():
    (entry,) = _listing(zip_of({"a\x1b[31m\u202e.fit": b"x"})).entries()
    assert entry.path == "a\ufffd[31m\ufffd.fit"
