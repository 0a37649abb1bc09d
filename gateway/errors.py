"""What only the gateway refuses."""

from __future__ import annotations

from shared.errors import Kind, ServiceError


class MissingToken(ServiceError):
    code = "AUTH_MISSING_TOKEN"
    kind = Kind.UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__("Log in and send the access token as Authorization: Bearer.")
