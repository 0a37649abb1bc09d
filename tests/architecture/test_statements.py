"""What our SQL may do only in places that see to its end."""

from __future__ import annotations

import re

from tests.architecture.project import name_of, python_files

# A connection goes from one request to the next as it is, so nothing may outlive a transaction on one; Database.session
# is for what has to.
_OUTLIVES_A_TRANSACTION = re.compile(
    r"pg_(?:try_)?advisory_(?:lock|unlock)|\bSET\s+(?:SESSION\b|\w+\s+TO\b)|\bset_config\(|\bWITH\s+HOLD\b"
    r"|\bTEMP(?:ORARY)?\s+TABLE\b|\bLISTEN\s+\w"
)


def test_what_outlives_a_transaction_is_said_in_sessions_alone():
    texts = {name_of(path): path.read_text() for path in python_files("services", "shared", "gateway")}
    lasting = {name: text for name, text in texts.items() if _OUTLIVES_A_TRANSACTION.search(text)}
    assert lasting.keys() == {f"services/garmin_ingest/storage/{name}.py" for name in ("turns", "webhook_notices")}
    assert [name for name, text in lasting.items() if ".session()" not in text] == []


def test_the_statements_meant_are_found():
    lasting = ["SELECT pg_advisory_lock(1)", "SET SESSION a = 1", "SET search_path TO a", "LISTEN news"]
    passing = ["SELECT pg_advisory_xact_lock(1)", "SET LOCAL a = 1", "UPDATE run SET name = $1"]
    assert [bool(_OUTLIVES_A_TRANSACTION.search(text)) for text in lasting + passing] == [True] * 4 + [False] * 3
