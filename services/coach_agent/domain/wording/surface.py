"""What a text must look like: plain English prose, no markup, no links, no characters that hide something."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind

_PUNCTUATION = frozenset(" \n.,;:!?'\"()-\u2013\u2014\u2019\u2018“”…/&+%°")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|org|net|io|dev|app|ai|co|info)\b|mailto:|@|\]\(", re.IGNORECASE)
_MARKUP = re.compile(r"[<>`*_#|\[\]\\~^=$]|&#?\w+;")
_ORNAMENT = re.compile(r"[&+/]|[^\w\s{}]{4,}|:\w+:")
# A sentence that another one is glued to would be judged by the facts of both.
_GLUED = re.compile(r"[.!?\u2026][\"')\u201d\u2019\]]*[^\W\d_]")
_BULLET = re.compile(r"^- ")
# Of some six words of English at least one is one of these; a sentence of another language has none.
_FUNCTION_WORDS = frozenset(
    {
        *("the", "a", "an", "and", "or", "but", "of", "to", "in", "at", "for", "with", "on", "your", "you", "it", "is"),
        *("was", "were", "are", "be", "by", "from", "this", "that", "as", "so", "not", "no", "if", "then", "than"),
        *("its", "will", "can", "should", "into", "over", "under", "after", "before", "between", "while", "during"),
        *("keep", "let", "stay", "hold", "how", "what"),
    }
)
_LEAST_WORDS = 5


def surface_of(words: str) -> Iterator[Rejection]:
    """What speaks against a sentence by its looks; ``words`` are those without its slots."""
    if "{" in words or "}" in words:
        yield Rejection(RejectionKind.SLOT, "Braces are for slots of the form {fact:id} only.")
    if _LINK.search(words) or _ORNAMENT.search(words) or _MARKUP.search(_BULLET.sub("", words.lstrip())):
        yield Rejection(RejectionKind.MARKUP, "Write plain text: no links, no markup, no symbols.")
    if _GLUED.search(words):
        yield Rejection(RejectionKind.MARKUP, "Put a space after the end of each sentence.")
    if any(not _is_plain(character) for character in words if character not in "{}"):
        yield Rejection(RejectionKind.MARKUP, "Use plain Latin letters and ordinary punctuation only.")
    spoken = re.findall(r"[^\W\d_]+", words.casefold())
    if len(spoken) >= _LEAST_WORDS and not _FUNCTION_WORDS.intersection(spoken):
        yield Rejection(RejectionKind.LANGUAGE, "Write in English.")


def _is_plain(character: str) -> bool:
    if character in _PUNCTUATION or character.isascii():
        return character.isprintable() or character == "\n"
    # Combining marks, letters of other scripts and of mathematics, invisible and directional characters are out.
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")
