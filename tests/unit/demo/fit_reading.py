"""FIT files read back by fitdecode at its strictest: every checksum and every definition has to be right."""

import io
from collections import defaultdict

import fitdecode


def messages(data):
    """``{name: [{field: value}, ...]}`` in file order, without the fields fitdecode expands from others."""
    found = defaultdict(list)
    for name, fields in sequence(data):
        found[name].append(fields)
    return found


def sequence(data):
    """``[(name, {field: value}), ...]`` as the messages stand in the file."""
    with fitdecode.FitReader(
        io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as reader:
        return [
            (frame.name, {field.name: field.value for field in frame.fields})
            for frame in reader
            if frame.frame_type == fitdecode.FIT_FRAME_DATA
        ]
