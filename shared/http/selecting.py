"""``fields=`` of the lists: which members of the items the client wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import StringConstraints

from shared.errors import ValidationFailed
from shared.http.parsing import ApiModel

CommaSeparated = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def selected(items: Sequence[dict[str, Any]], fields: str | None, *, of: type[ApiModel]) -> Sequence[dict[str, Any]]:
    """Only the named top-level members of each item, all where ``fields`` is None.

    ``items`` are of the model ``of``, by alias. Raises ValidationFailed for a member that the model does not have.
    """
    if fields is None:
        return items
    names = [name.strip() for name in fields.split(",")]
    known = {field.alias or name for name, field in of.model_fields.items()}
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        issue = f"{unknown[:40]!r} is not a field of these items; known are {', '.join(sorted(known))}"
        raise ValidationFailed.of_field("fields", issue)
    return [{name: item[name] for name in names} for item in items]
