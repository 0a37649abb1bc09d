"""What auth may refuse, in words for the person who reads them."""

from __future__ import annotations

from shared.errors import Conflict, ExpiredToken, Kind, ServiceError


class EmailTaken(Conflict):
    """Sign-up with an e-mail that has an account."""

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail already. Log in instead.")


class InvalidCredentials(ServiceError):
    """Unknown e-mail and wrong password alike."""

    code = "AUTH_INVALID_CREDENTIALS"
    kind = Kind.UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__("E-mail or password is not right.")


class SessionEnded(ExpiredToken):
    """A refresh token whose session has expired or was ended."""

    def __init__(self) -> None:
        super().__init__("This session has ended. Log in again.")


class TokenReused(ServiceError):
    """A rotated refresh token came back: somebody has a copy, so nobody keeps the session."""

    code = "AUTH_TOKEN_REUSED"
    kind = Kind.UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__("This session was used from two places and has been ended for safety. Log in again.")
