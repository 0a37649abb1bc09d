"""What goes in and out over HTTP."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from services.auth.domain.models import Account, FeedEntry, Session, SignedIn
from shared.http.parsing import ApiModel
from shared.zones import known_zones

# The pattern browsers use for <input type="email"> (HTML Living Standard), with a dot in the domain.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w](?:[\w-]{0,61}[\w])?(?:\.[\w](?:[\w-]{0,61}[\w])?)+")


def _plausible_email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("must be an e-mail address")
    return text


def _known_zone(name: str) -> str:
    if name not in known_zones():
        raise ValueError("must be an IANA time zone such as Europe/Berlin")
    return name


Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_plausible_email)]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
DisplayName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
# Bounded here so that nobody makes us normalise a megabyte; how long a password may be is the domain's to say.
Password = Annotated[str, Field(max_length=1024, repr=False)]


class SignUpBody(ApiModel):
    email: Email = Field(repr=False)
    password: Password
    display_name: DisplayName | None = Field(None, repr=False)
    timezone: Zone = "UTC"


class LogInBody(ApiModel):
    email: Annotated[str, Field(max_length=254, repr=False)]
    password: Password
    code: Annotated[str, Field(max_length=16)] | None = Field(None, repr=False)


class RefreshBody(ApiModel):
    refresh_token: Annotated[str, Field(max_length=256, repr=False)]


class ProfileBody(ApiModel):
    display_name: DisplayName | None = Field(None, repr=False)
    timezone: Zone | None = None


class UserAnswer(ApiModel):
    id: uuid.UUID
    email: str = Field(repr=False)
    email_verified: bool
    display_name: str | None = Field(repr=False)
    timezone: str
    roles: list[str]
    created_at: datetime

    @classmethod
    def of(cls, account: Account) -> UserAnswer:
        return cls(
            id=account.user_id,
            email=account.email,
            email_verified=False,
            display_name=account.display_name,
            timezone=account.zone,
            roles=sorted(account.roles),
            created_at=account.created_at,
        )


class TokensAnswer(ApiModel):
    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int


class RefreshedAnswer(ApiModel):
    tokens: TokensAnswer

    @classmethod
    def of(cls, signed_in: SignedIn) -> RefreshedAnswer:
        tokens = signed_in.tokens
        return cls(
            tokens=TokensAnswer(
                access_token=tokens.access_token,
                refresh_token=tokens.refresh_token,
                expires_in=tokens.expires_in_s,
            )
        )


class SignedInAnswer(ApiModel):
    user: UserAnswer
    tokens: TokensAnswer

    @classmethod
    def of(cls, signed_in: SignedIn) -> SignedInAnswer:
        return cls(user=UserAnswer.of(signed_in.account), tokens=RefreshedAnswer.of(signed_in).tokens)


class SessionItem(ApiModel):
    id: uuid.UUID
    device: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool

    @classmethod
    def of(cls, session: Session, current_id: uuid.UUID | None) -> SessionItem:
        return cls(
            id=session.session_id,
            device=session.device,
            created_at=session.created_at,
            last_used_at=session.rotated_at,
            expires_at=session.expires_at,
            current=session.session_id == current_id,
        )


class SessionList(ApiModel):
    items: list[SessionItem]
    next_cursor: uuid.UUID | None


class PageQuery(ApiModel):
    cursor: uuid.UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class FeedQuery(ApiModel):
    after: int = Field(0, ge=0)


class FeedItem(ApiModel):
    sequence: int
    kind: str
    user_id: uuid.UUID
    session_id: uuid.UUID | None
    roles: list[str]
    zone: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, entry: FeedEntry) -> FeedItem:
        return cls(
            sequence=entry.sequence,
            kind=entry.kind,
            user_id=entry.user_id,
            session_id=entry.session_id,
            roles=sorted(entry.roles),
            zone=entry.zone,
            recorded_at=entry.recorded_at,
        )


class FeedAnswer(ApiModel):
    items: list[FeedItem]
