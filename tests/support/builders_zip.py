"""ZIP files: honest ones, and bombs that are small until somebody unpacks them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

_MEBIBYTE = 1024 * 1024
_DEFLATED = 8
_VERSION = 20


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of ``{name: content}``, deflated, with folders where a name has them; the same bytes every time."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def zip_bomb(*, entries: int = 40, entry_mebibytes: int = 60, declared_bytes: int | None = None) -> bytes:
    """A few MB that unpack to ``entries`` files of zeros; by default 2.3 GiB, each file below 64 MiB.

    ``declared_bytes`` is the size that the directory claims for each entry, where it should lie.
    """
    packed, crc = _packed_zeros(entry_mebibytes)
    size = entry_mebibytes * _MEBIBYTE if declared_bytes is None else declared_bytes
    # Version, flags, method, time, date, CRC, sizes: the part that a local header and the directory share.
    shared = struct.pack("<HHHHHIII", _VERSION, 0, _DEFLATED, 0, 0x21, crc, len(packed), size)
    body, directory = bytearray(), bytearray()
    for number in range(entries):
        name = f"run-{number:04}.fit".encode()
        directory += b"PK\x01\x02" + struct.pack("<H", _VERSION) + shared
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + shared + struct.pack("<HH", len(name), 0) + name + packed
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), len(body), 0)
    return bytes(body + directory + end)


def _packed_zeros(mebibytes: int) -> tuple[bytes, int]:
    """Raw deflate of that many MiB of zeros, and their CRC-32."""
    packer, packed, crc, block = zlib.compressobj(9, zlib.DEFLATED, -15), bytearray(), 0, bytes(_MEBIBYTE)
    for _ in range(mebibytes):
        packed += packer.compress(block)
        crc = zlib.crc32(block, crc)
    return bytes(packed + packer.flush()), crc
