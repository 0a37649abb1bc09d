"""What a developer reads when a field is refused."""

import datetime as dt
import enum
import uuid
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from shared.errors import ValidationFailed
from shared.http.parsing import ApiModel, validate


class Unit(enum.StrEnum):
    KILOMETRES = "km"
    MILES = "mi"


class Form(ApiModel):
    day: dt.date = dt.date(2026, 11, 20)
    since: Annotated[dt.date, Field(ge=dt.date(1990, 1, 1))] = dt.date(2026, 11, 20)
    until: Annotated[dt.date, Field(le=dt.date(2100, 1, 1))] = dt.date(2026, 11, 20)
    weight: Annotated[float, Field(le=400.0)] = 70.0
    at: dt.datetime | None = None
    count: Annotated[int, Field(ge=3, le=7)] = 3
    distance_m: Annotated[float, Field(gt=0)] = 1.0
    charts: bool = False
    owner: uuid.UUID | None = None
    text: Annotated[str, Field(min_length=1, max_length=5)] = "a"
    secret: Annotated[str, Field(min_length=12)] = "a long secret"
    unit: Unit = Unit.KILOMETRES
    theme: Literal["light", "dark"] = "light"
    names: tuple[str, ...] = ()


class Needed(ApiModel):
    goal: str


@pytest.mark.parametrize(
    ("fields", "issue"),
    [
        ({"day": "abc"}, "must be a date such as 2026-11-20"),
        ({"day": "2026-13-01"}, "must be a date such as 2026-11-20"),
        ({"day": ""}, "must be a date such as 2026-11-20"),
        ({"since": "1989-12-31"}, "must be 1990-01-01 or later"),
        ({"until": "2100-01-02"}, "must be 2100-01-01 or earlier"),
        ({"weight": 500.5}, "must be 400 or less"),
        ({"at": "noon"}, "must be a time such as 2026-11-20T06:41:00Z"),
        ({"count": "many"}, "must be a whole number"),
        ({"count": 4.5}, "must be a whole number"),
        ({"count": 8}, "must be 7 or less"),
        ({"count": 2}, "must be 3 or more"),
        ({"distanceM": "10k"}, "must be a number"),
        ({"distanceM": 0}, "must be more than 0"),
        ({"charts": "maybe"}, "must be true or false"),
        ({"owner": "nope"}, "must be an id such as 019ab3c2-5f00-7a31-9d1c-3f2a6c5b8e10"),
        ({"text": 5}, "must be text"),
        ({"text": ""}, "must not be empty"),
        ({"text": "abcdef"}, "must have at most 5 characters"),
        ({"secret": "short"}, "must have at least 12 characters"),
        ({"unit": "furlong"}, "must be 'km' or 'mi'"),
        ({"theme": "blue"}, "must be 'light' or 'dark'"),
        ({"names": "Ada"}, "must be a list"),
        ({"colour": 1}, "is not a field of this request"),
    ],
)
def test_a_refused_field_says_what_it_must_be(fields: dict[str, Any], issue: str):
    with pytest.raises(ValidationFailed) as refused:
        validate(Form, fields)
    assert list(refused.value.details) == [{"field": next(iter(fields)), "issue": issue}]
    assert refused.value.message == f"{next(iter(fields))}: {issue}"


def test_what_is_missing_is_required():
    with pytest.raises(ValidationFailed) as refused:
        validate(Needed, {})
    assert list(refused.value.details) == [{"field": "goal", "issue": "is required"}]
