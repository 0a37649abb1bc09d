"""Which passwords are taken: 12 to 128 characters, no composition rule, no common ones.

NIST SP 800-63B, section 3.1.1: length counts, composition rules do not, known bad choices are refused. Nothing is
truncated; text is brought to NFC so that the same password typed on two keyboards is the same password.
"""

from __future__ import annotations

import re
import unicodedata

MIN_LENGTH = 12
MAX_LENGTH = 128

# What long common passwords are built from; one that is little more than these is the first thing tried.
_COMMON_PARTS = (
    "password", "passwort", "passw0rd", "qwerty", "qwertz", "azerty", "asdf", "zxcv", "letmein",
    "welcome", "iloveyou", "admin", "login", "secret", "dragon", "monkey", "football", "baseball",
    "superman", "batman", "sunshine", "princess", "master", "shadow", "trustno", "hello", "summer",
    "winter", "spring", "autumn", "running", "runner", "marathon", "garmin", "pace", "pace42",
    "abc", "changeme", "default", "test", "user", "uiop", "hjkl", "my", "the",
    "is", "you",
)  # fmt: skip
_SEQUENCES = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)
_LEET = str.maketrans("013457@$!", "oieastasi")
# Fewer characters than this beside the common parts add next to nothing to the guessing.
_MIN_OWN_CHARACTERS = 4


def normalize(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def problem(password: str, *, email: str) -> str | None:
    """Why a normalised password is not taken, as the end of a sentence, or None."""
    if len(password) < MIN_LENGTH:
        return f"must have at least {MIN_LENGTH} characters"
    if len(password) > MAX_LENGTH:
        return f"must have at most {MAX_LENGTH} characters"
    if _is_common(password.casefold(), email.casefold()):
        return "is too easy to guess; take a few unrelated words"
    return None


def _is_common(password: str, email: str) -> bool:
    if len(set(password)) < 5 or _is_repetition(password) or any(password in sequence * 2 for sequence in _SEQUENCES):
        return True
    local_part = email.partition("@")[0]
    parts = sorted([*_COMMON_PARTS, *([local_part] if len(local_part) > 3 else [])], key=len, reverse=True)
    return any(_own_characters(form, parts) < _MIN_OWN_CHARACTERS for form in (password, password.translate(_LEET)))


def _is_repetition(password: str) -> bool:
    return re.fullmatch(r"(.{1,6}?)\1+.{0,5}", password, re.DOTALL) is not None


def _own_characters(password: str, parts: list[str]) -> int:
    """How many different characters are left without common parts, digits and punctuation."""
    rest = re.sub("|".join(re.escape(part) for part in parts), "", password)
    return len({character for character in rest if character.isalpha()})
