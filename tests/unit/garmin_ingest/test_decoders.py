"""The versions of the decoders, as the ledger keeps them."""

import re
from typing import get_args

import pytest

from services.garmin_ingest.domain.decoders import version_of
from services.garmin_ingest.domain.models import FileFormat


@pytest.mark.parametrize("file_format", get_args(FileFormat))
def test_every_format_has_a_version_that_names_it(file_format):
    assert re.fullmatch(rf"{file_format}/[1-9][0-9]*", version_of(file_format))


def test_a_format_that_nobody_reads_has_none():
    with pytest.raises(KeyError):
        version_of("html")
