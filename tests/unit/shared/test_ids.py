from __future__ import annotations

import time
import uuid

from shared.ids import uuid7


def test_ids_have_version_7_and_the_rfc_variant():
    for _ in range(1000):
        made = uuid7()
        assert made.version == 7
        assert made.variant == uuid.RFC_4122


def test_ids_sort_by_the_time_they_were_made():
    made = [uuid7(unix_ms=milliseconds) for milliseconds in range(1_700_000_000_000, 1_700_000_001_000)]
    assert made == sorted(made)
    assert [str(each) for each in made] == sorted(str(each) for each in made)


def test_an_id_tells_its_millisecond():
    assert uuid7(unix_ms=0x0123_4567_89AB).bytes[:6].hex() == "0123456789ab"
    before, made, after = time.time_ns() // 1_000_000, uuid7(), time.time_ns() // 1_000_000
    assert before <= int.from_bytes(made.bytes[:6]) <= after


def test_ids_of_one_millisecond_differ():
    assert len({uuid7(unix_ms=1) for _ in range(10_000)}) == 10_000
