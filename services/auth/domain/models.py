"""Accounts, sessions, tokens: the values auth deals in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ADMIN_ROLE = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in. ``zone`` is an IANA time zone name."""

    user_id: uuid.UUID
    email: str = field(repr=False)
    display_name: str | None = field(repr=False)
    zone: str
    roles: frozenset[str]
    created_at: datetime
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in on one device: the family of refresh tokens that descend from it.

    ``generation`` counts rotations; ``salt`` goes into each token; ``device`` is what the client calls itself.
    """

    session_id: uuid.UUID
    user_id: uuid.UUID
    salt: bytes = field(repr=False)
    generation: int
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    device: str


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_s: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    account: Account
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """New values; None leaves a field as it is."""

    display_name: str | None = field(default=None, repr=False)
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line of the revocation feed.

    ``session_revoked`` ends a session; ``claims_changed`` gives the roles and zone that count from now on, whatever an
    access token issued before says.
    """

    sequence: int
    kind: Literal["session_revoked", "claims_changed"]
    user_id: uuid.UUID
    session_id: uuid.UUID | None
    roles: frozenset[str]
    zone: str | None
    recorded_at: datetime
