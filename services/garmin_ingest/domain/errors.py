"""The failures that this service declares."""

from __future__ import annotations

import uuid

from shared.errors import Kind, ServiceError


class ActivityFileInvalid(ServiceError):
    """A file that is no readable FIT, TCX or GPX recording; the message says what is wrong and, if known, where."""

    code = "ACTIVITY_FILE_INVALID"
    kind = Kind.INVALID

    def __init__(self, reason: str, *, offset: int | None = None, too_much: bool = False) -> None:
        """``offset`` is the position in bytes, counted from the start of the (unpacked) file.

        ``too_much`` says that the file was not read to its end, as it holds more than a recording has.
        """
        where = "" if offset is None else f" (at byte {offset})"
        details = () if offset is None else ({"issue": reason, "offset": offset},)
        super().__init__(f"This file cannot be read as an activity: {reason}{where}.", details=details)
        self.reason = reason
        self.offset = offset
        self.too_much = too_much


class GarminConnectFailed(ServiceError):
    """Garmin refused the credentials, the key or the code: only the runner can put that right."""

    code = "GARMIN_CONNECT_FAILED"
    kind = Kind.INVALID


class GarminMfaRequired(ServiceError):
    """Garmin asks for a code; ``details`` carry the ``challengeId`` that it belongs to."""

    code = "GARMIN_MFA_REQUIRED"
    kind = Kind.CONFLICT

    def __init__(self, message: str, *, challenge_id: uuid.UUID) -> None:
        super().__init__(message, details=({"challengeId": str(challenge_id)},))


class GarminNotConnected(ServiceError):
    code = "GARMIN_NOT_CONNECTED"
    kind = Kind.CONFLICT


class GarminRateLimited(ServiceError):
    """Garmin asks for patience; ``retry_after_s`` says how much where Garmin does."""

    code = "GARMIN_RATE_LIMITED"
    kind = Kind.UNAVAILABLE


class GarminUnavailable(ServiceError):
    """Garmin is down, answers what it never should, or the breaker before it is open."""

    code = "GARMIN_UNAVAILABLE"
    kind = Kind.UNAVAILABLE
