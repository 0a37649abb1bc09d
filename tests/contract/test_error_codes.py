"""The table of codes in docs/api.md and the code that raises them say the same.

A client decides by code. One that is declared twice, that the table does not name, or that it names with another
status, is one that no client can rely on.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import defaultdict
from pathlib import Path

import gateway
import services
import shared
from shared.errors import RelayedError, ServiceError
from shared.http.envelope import STATUS_OF_KIND

API_MD = Path(__file__).parents[2] / "docs" / "api.md"
# Said by the parts that can be given by any service, and by every service's use of them.
DECLARED_TWICE_ON_PURPOSE = {
    "VALIDATION_ERROR": "one code, of two kinds: 422 for input that does not fit, 400 for no JSON"
}


# Named inside an answer that is useful all the same, and so without a status.
IN_ANSWERS = {"WEATHER_UNAVAILABLE"}


def table() -> dict[str, set[int]]:
    """Code → statuses, as docs/api.md has them."""
    rows = re.findall(r"^\| ([A-Z_]+) \| ([\d, ]+) \|", API_MD.read_text(), re.MULTILINE)
    return {code: {int(status) for status in statuses.split(",")} for code, statuses in rows}


def declared() -> dict[str, set[type[ServiceError]]]:
    """Code → the classes that declare it (not those that inherit it), over all modules of the product."""
    for package in (shared, services, gateway):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if (
                not module.name.endswith("__main__")
                and ".migrations" not in module.name
                and "alembic" not in module.name
            ):
                importlib.import_module(module.name)
    found: dict[str, set[type[ServiceError]]] = defaultdict(set)
    waiting = [ServiceError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if "code" in vars(error) and error is not RelayedError:
            found[error.code].add(error)
    return found


def test_every_code_is_in_the_table_with_its_statuses():
    in_code = {code: {STATUS_OF_KIND[error.kind] for error in errors} for code, errors in declared().items()}
    assert {code: statuses for code, statuses in in_code.items() if code not in IN_ANSWERS} == table()


def test_a_code_that_is_no_answer_by_itself_is_in_the_table_without_a_status():
    assert set(re.findall(r"^\| ([A-Z_]+) \| in an answer \|", API_MD.read_text(), re.MULTILINE)) == IN_ANSWERS
    assert declared().keys() >= IN_ANSWERS


def test_each_code_is_declared_once():
    twice = {code for code, errors in declared().items() if len(errors) > 1}
    assert twice == DECLARED_TWICE_ON_PURPOSE.keys()
