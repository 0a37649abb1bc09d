"""Reading XML that a stranger wrote: streamed, without entities or external references, and cleared as it is read."""

from __future__ import annotations

import datetime as dt
import io
import math
import xml.etree.ElementTree as ET  # only the types and ParseError; parsing goes through defusedxml
from collections.abc import Iterator

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from services.garmin_ingest.domain.errors import ActivityFileInvalid

# The deepest element of either format is about ten levels down.
_DEEPEST = 64
# What may be held in memory at once, and what may pass through: a recording holds a few hundred elements beside its
# samples, and two million samples are three weeks of them.
_MOST_HELD = 100_000
_MOST_DROPPED = 2_000_000


def closed_elements(data: bytes, drop: frozenset[str]) -> Iterator[tuple[list[str], ET.Element]]:
    """Each element as it closes, with the local names of the elements around it, outermost first.

    Elements named in ``drop`` are taken out of the tree once the caller has seen them, which keeps memory flat. Raises
    ActivityFileInvalid for anything that is no well-formed XML, naming the line, for documents with a DTD or entities,
    and for ones that hold more than any recording does.
    """
    try:
        yield from _walk(data, drop)
    except ET.ParseError as error:
        line, column = error.position
        raise ActivityFileInvalid(f"the XML breaks off or is malformed in line {line}, column {column + 1}") from error
    except DefusedXmlException as error:
        raise ActivityFileInvalid("it declares a DTD or entities, which a recording never needs") from error
    except (ValueError, LookupError) as error:
        raise ActivityFileInvalid("its character encoding cannot be read") from error


def _walk(data: bytes, drop: frozenset[str]) -> Iterator[tuple[list[str], ET.Element]]:
    path: list[str] = []
    open_elements: list[ET.Element] = []
    held = [0]
    dropped = 0
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            path.append(local_name(element))
            open_elements.append(element)
            held.append(1)
            if len(path) > _DEEPEST:
                raise ActivityFileInvalid("its elements are nested deeper than any recording's")
            continue
        name = path.pop()
        open_elements.pop()
        yield path, element
        below = held.pop()
        if name in drop and open_elements:
            # The parser reads ahead: the element need not be its parent's last child by now.
            open_elements[-1].remove(element)
            dropped += 1
        else:
            held[-1] += below
        if held[-1] > _MOST_HELD or dropped > _MOST_DROPPED:
            raise ActivityFileInvalid("it holds more elements than any recording")


def local_name(element: ET.Element) -> str:
    """The name without its namespace: exporters disagree about namespaces far more than about names."""
    return str(element.tag).rpartition("}")[2]


def child(element: ET.Element, *names: str) -> ET.Element | None:
    """The element down that path of local names, None where a step is missing."""
    found: ET.Element | None = element
    for name in names:
        found = next((item for item in (found if found is not None else ()) if local_name(item) == name), None)
    return found


def text(element: ET.Element | None) -> str | None:
    content = None if element is None or element.text is None else element.text.strip()
    return content or None


def number(element: ET.Element | None) -> float:
    """The element's number, NaN where it is absent or not a finite number."""
    content = text(element)
    return parse_number(content)


def parse_number(content: str | None) -> float:
    try:
        value = float(content) if content is not None and len(content) < 64 else math.nan
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def unix_time(content: str | None) -> float:
    """ISO 8601 to seconds since 1970, NaN where it is no time; without a zone it is taken for UTC."""
    if content is None or len(content) > 64:
        return math.nan
    try:
        moment = dt.datetime.fromisoformat(content.strip())
    except ValueError:
        return math.nan
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()


def offset_of(content: str | None) -> int | None:
    """The UTC offset in seconds that an ISO 8601 time carries; None for ``Z`` and for a time without one."""
    if content is None or len(content) > 64 or content.rstrip().upper().endswith("Z"):
        return None
    try:
        offset = dt.datetime.fromisoformat(content.strip()).utcoffset()
    except ValueError:
        return None
    return None if offset is None else int(offset.total_seconds())
