"""What goes in and out over HTTP about the runner's notes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from pydantic import Field, StringConstraints

from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from services.coach_agent.domain.insights.notes import LONGEST_TEXT, NewNote
from shared.http.parsing import ApiModel
from shared.http.selecting import CommaSeparated


class NoteBody(ApiModel):
    """Without ``to`` the note holds until it is closed."""

    kind: NoteKind
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
    first_day: dt.date = Field(alias="from")
    last_day: dt.date | None = Field(None, alias="to")

    @property
    def new(self) -> NewNote:
        return NewNote(self.kind, self.text, self.first_day, self.last_day)


class NoteEndBody(ApiModel):
    """``to`` is the last day on which the note holds; null opens it again."""

    last_day: dt.date | None = Field(alias="to")


class NoteQuery(ApiModel):
    """``open`` leaves out the notes that are over."""

    open_only: bool = Field(default=False, alias="open")
    cursor: uuid.UUID | None = None
    limit: int = Field(50, ge=1, le=200)
    fields: CommaSeparated | None = None


class NoteAnswer(ApiModel):
    id: uuid.UUID
    kind: NoteKind
    text: str
    first_day: dt.date = Field(alias="from")
    last_day: dt.date | None = Field(alias="to")
    noted_at: dt.datetime

    @classmethod
    def of(cls, note: ContextNote) -> NoteAnswer:
        return cls(
            id=note.note_id,
            kind=note.kind,
            text=note.text,
            first_day=note.first_day,
            last_day=note.last_day,
            noted_at=note.noted_at,
        )


class NoteList(ApiModel):
    items: list[NoteAnswer]
    next_cursor: uuid.UUID | None
