"""What is wrong with a field, in the words of the API: what it must be, and how it may look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_DATE: Final = "must be a date such as 2026-11-20"
_TIME: Final = "must be a time such as 2026-11-20T06:41:00Z"
_WHOLE: Final = "must be a whole number"
_NUMBER: Final = "must be a number"
_TRUTH: Final = "must be true or false"
_ID: Final = "must be an id such as 019ab3c2-5f00-7a31-9d1c-3f2a6c5b8e10"
# By the types of pydantic's errors; what stands in braces is of the error's context.
_WORDS: Final = {
    "missing": "is required",
    "union_tag_not_found": "is required",
    "union_tag_invalid": "must be one of {expected_tags}",
    "extra_forbidden": "is not a field of this request",
    "date_type": _DATE, "date_parsing": _DATE, "date_from_datetime_parsing": _DATE, "date_from_datetime_inexact": _DATE,
    "datetime_type": _TIME, "datetime_parsing": _TIME, "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE, "int_parsing_size": _WHOLE,
    "float_type": _NUMBER, "float_parsing": _NUMBER, "finite_number": _NUMBER,
    "bool_type": _TRUTH, "bool_parsing": _TRUTH,
    "uuid_type": _ID, "uuid_parsing": _ID, "uuid_version": _ID,
    "string_type": "must be text",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} entries",
    "list_type": "must be a list", "tuple_type": "must be a list",
    "dict_type": "must be an object", "model_type": "must be an object", "model_attributes_type": "must be an object",
    "greater_than_equal": "must be {ge} or more", "less_than_equal": "must be {le} or less",
    "greater_than": "must be more than {gt}", "less_than": "must be less than {lt}",
    "enum": "must be {expected}", "literal_error": "must be {expected}",
}  # fmt: skip


def issue_of(error: Mapping[str, Any]) -> str:
    """The sentence, without its field, for one of pydantic's errors; its own where there are no words here."""
    context = {name: _shown(value) for name, value in error.get("ctx", {}).items()}
    if error["type"] == "string_too_short":
        least = context["min_length"]
        return "must not be empty" if least == 1 else f"must have at least {least} characters"
    # Bounds of dates come as text.
    if isinstance(context.get("ge"), str):
        return f"must be {context['ge']} or later"
    if isinstance(context.get("le"), str):
        return f"must be {context['le']} or earlier"
    words = _WORDS.get(error["type"])
    if words is not None:
        return words.format(**context)
    message = str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _shown(value: Any) -> Any:
    """A bound as people write it: 3 and not 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
