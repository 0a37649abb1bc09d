"""Which decoder read a file: the ledger keeps its version, so that a better one knows what to read again."""

from __future__ import annotations

# The number goes up whenever the same bytes come out as other figures.
_VERSIONS = {"fit": "fit/2", "tcx": "tcx/1", "gpx": "gpx/1"}


def version_of(file_format: str) -> str:
    """The version of the decoder of ``fit``, ``tcx`` or ``gpx`` files; KeyError for any other format."""
    return _VERSIONS[file_format]


def current_versions() -> list[str]:
    """The versions of all decoders: what any other read may come out differently today."""
    return sorted(_VERSIONS.values())
