"""The failures that this service declares."""

from __future__ import annotations

from shared.errors import Kind, ServiceError


class ActivityFileInvalid(ServiceError):
    """A file that is no readable FIT, TCX or GPX recording; the message says what is wrong and, if known, where."""

    code = "ACTIVITY_FILE_INVALID"
    kind = Kind.INVALID

    def __init__(self, reason: str, *, offset: int | None = None) -> None:
        """``offset`` is the position in bytes, counted from the start of the (unpacked) file."""
        where = "" if offset is None else f" (at byte {offset})"
        details = () if offset is None else ({"issue": reason, "offset": offset},)
        super().__init__(f"This file cannot be read as an activity: {reason}{where}.", details=details)
        self.reason = reason
        self.offset = offset
