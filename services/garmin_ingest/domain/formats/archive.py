"""Packed files: .gz around one recording, and ZIPs of many. Nothing is unpacked before its claimed sizes are judged."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from services.garmin_ingest.domain.errors import ActivityFileInvalid

MIB = 1024 * 1024
LARGEST_FILE = 64 * MIB
LARGEST_ZIP = 2 * 1024 * MIB
# A Garmin account export of twenty years holds some tens of thousands of entries.
_MOST_ENTRIES = 200_000
# Recordings shrink to a tenth, the most repetitive XML to a fiftieth; what shrinks more was made to.
_HIGHEST_RATIO = 200
_RECORDING_SUFFIXES = frozenset({".fit", ".tcx", ".gpx"})
# All recordings of a ZIP together; ten times the largest ZIP that is taken.
_LARGEST_TOTAL = 20 * 1024 * MIB
_IGNORED_FOLDERS = frozenset({"__MACOSX"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a ZIP that may be a recording or (``nested``) another ZIP of them.

    ``key`` finds it again; ``path`` only names it for people.
    """

    key: str
    path: str
    nested: bool


def gunzip(data: bytes) -> bytes:
    """The content of a .gz file; raises ActivityFileInvalid for a damaged one or one larger than LARGEST_FILE."""
    unpacked = bytearray()
    rest = data
    while rest[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        try:
            unpacked += stream.decompress(rest, LARGEST_FILE + 1 - len(unpacked))
        except zlib.error as error:
            raise ActivityFileInvalid("the gzip packing is damaged", offset=len(data) - len(rest)) from error
        if len(unpacked) > LARGEST_FILE:
            raise ActivityFileInvalid(f"it unpacks to more than {LARGEST_FILE // MIB} MiB")
        if not stream.eof:
            raise ActivityFileInvalid("the gzip packing breaks off", offset=len(data))
        rest = stream.unused_data
    return bytes(unpacked)


class ZipListing:
    """A ZIP whose table of contents has been judged; entries are read one at a time.

    Raises ActivityFileInvalid on opening for something that is no ZIP, for too many entries, and for entries that
    share their bytes or claim more than fits a disk; on reading for one that shrinks more than any recording does.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise ActivityFileInvalid("it is a ZIP file that is damaged or incomplete") from error
        infos = self._zip.infolist()
        if len(infos) > _MOST_ENTRIES:
            raise ActivityFileInvalid(f"the ZIP has more than {_MOST_ENTRIES:,} entries")
        file_size = file.seek(0, 2)
        if sum(info.compress_size for info in infos) > file_size:
            raise ActivityFileInvalid("the ZIP's entries overlap each other")
        candidates = [(index, info) for index, info in enumerate(infos) if _is_candidate(info)]
        if sum(info.file_size for _, info in candidates) > _LARGEST_TOTAL:
            raise ActivityFileInvalid(f"the ZIP unpacks to more than {_LARGEST_TOTAL // MIB // 1024} GiB")
        self._infos = {str(index): info for index, info in candidates}

    def entries(self) -> list[Entry]:
        """What may be recordings, in the order of the archive."""
        return [
            Entry(key, _printable(info.filename), PurePosixPath(info.filename).suffix.lower() == ".zip")
            for key, info in self._infos.items()
        ]

    def chunks(self, key: str, *, largest: int) -> Iterator[bytes]:
        """The bytes of one entry, up to a MiB at a time.

        Raises ActivityFileInvalid where it is damaged, locked, packed too tightly, or larger than ``largest`` bytes.
        """
        unpacked = 0
        with self._open(key, largest=largest) as stream:
            while chunk := _guarded(stream, MIB):
                unpacked += len(chunk)
                if unpacked > largest:
                    raise ActivityFileInvalid(f"it unpacks to more than {largest // MIB} MiB")
                yield chunk

    def _open(self, key: str, *, largest: int) -> BinaryIO:
        info = self._infos.get(key)
        if info is None:
            raise ActivityFileInvalid("this entry of the ZIP is damaged")
        if info.flag_bits & 0x1:
            raise ActivityFileInvalid("it is locked with a password")
        if info.file_size > largest:
            raise ActivityFileInvalid(f"it unpacks to more than {largest // MIB} MiB")
        if info.file_size > MIB and info.file_size > _HIGHEST_RATIO * max(info.compress_size, 1):
            raise ActivityFileInvalid("it is packed more tightly than any recording")
        try:
            return self._zip.open(info)  # type: ignore[return-value]  # ZipExtFile reads bytes as BinaryIO does
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
            raise ActivityFileInvalid("this entry of the ZIP is damaged") from error

    def close(self) -> None:
        self._zip.close()


def _is_candidate(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if info.is_dir() or path.name.startswith("._") or _IGNORED_FOLDERS.intersection(path.parts):
        return False
    suffix = path.suffix.lower()
    if suffix == ".gz":
        # Of packed files only those that are called a recording, or nothing: exports also pack tables and logs.
        suffix = PurePosixPath(path.stem).suffix.lower() or ".fit"
    return suffix in _RECORDING_SUFFIXES or suffix == ".zip"


def _printable(name: str) -> str:
    """The last 200 characters of a path without control characters: it is shown, and never used to open anything."""
    return "".join(char if char.isprintable() else "\ufffd" for char in name)[-200:]


def _guarded(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError) as error:
        raise ActivityFileInvalid("this entry of the ZIP is damaged") from error
