"""A cursor is the last item of a page, in a form that nobody is tempted to build."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import struct
import uuid

from shared.errors import ValidationFailed

_LAYOUT = struct.Struct(">q16s")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def to_cursor(moment: dt.datetime, item_id: uuid.UUID) -> str:
    packed = _LAYOUT.pack((moment - _EPOCH) // _MICROSECOND, item_id.bytes)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def from_cursor(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    """Raises ValidationFailed for what is no cursor of ours."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        microseconds, raw_id = _LAYOUT.unpack(packed)
        return _EPOCH + microseconds * _MICROSECOND, uuid.UUID(bytes=raw_id)
    except (binascii.Error, struct.error, ValueError, OverflowError):
        issue = "is not a cursor; use the nextCursor of the page before"
        raise ValidationFailed.of_field("cursor", issue) from None
