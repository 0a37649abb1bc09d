"""The process that decodes: the path of a file in, what is in it out, both as JSON behind their length.

A file that makes its decoder crash, spin or swallow the memory ends this process and no other. It ends when stdin ends,
and so never outlives its parent; it is given no setting and no secret. An import is patient and a request is not, so it
gives way to whoever else wants the processor.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from pydantic import TypeAdapter

from services.garmin_ingest.clients.reader import read_path
from services.garmin_ingest.domain.reading import Reading
from shared import logs

LENGTH = struct.Struct(">I")
# The promise is 2 s and 256 MiB a file, on top of what the interpreter takes; well past it something is wrong.
_MOST_CPU_S = 20.0
_MOST_BYTES = 1024**3
_NICENESS = 5

_reading = TypeAdapter(Reading)


def question(file: Path, zone_name: str, now: dt.datetime) -> bytes:
    return orjson.dumps({"file": str(file), "zone": zone_name, "now": now})


def to_reading(answer: bytes) -> Reading:
    parsed: dict[str, Any] = orjson.loads(answer)
    for activity in parsed["activities"]:
        activity["block"] = base64.b64decode(activity["block"])
    return _reading.validate_python(parsed)


def main() -> None:
    questions, answers = sys.stdin.buffer, _answers()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, _MOST_BYTES))
    os.nice(_NICENESS)
    logs.configure("garmin_ingest", "INFO")
    while length := questions.read(LENGTH.size):
        answer = _answer(questions.read(LENGTH.unpack(length)[0]))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _answers() -> BinaryIO:
    """Standard output for answers alone: what anything else prints goes to the log."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _answer(asked: bytes) -> bytes:
    parsed = orjson.loads(asked)
    # The signal that comes when the time is up ends the process.
    signal.setitimer(signal.ITIMER_PROF, _MOST_CPU_S)
    reading = read_path(Path(parsed["file"]), parsed["zone"], dt.datetime.fromisoformat(parsed["now"]))
    signal.setitimer(signal.ITIMER_PROF, 0)
    return orjson.dumps(reading, default=_block)


def _block(value: bytes) -> str:
    return base64.b64encode(value).decode()


if __name__ == "__main__":
    main()
