"""Which passwords are taken: 12 to 128 characters, no composition rule, no common ones.

NIST SP 800-63B, section 3.1.1: length counts, composition rules do not, known bad choices are refused. Nothing is
truncated; text is brought to NFC so that the same password typed on two keyboards is the same password. Common is only
what is so as a whole: a password that merely contains "password" or "runner" is its owner's affair.
"""

from __future__ import annotations

import re
import unicodedata

MIN_LENGTH = 12
MAX_LENGTH = 128

# What people take who are asked for a longer password: a word of the short lists, filled up with digits.
_WORDS = (
    "password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "mypassword", "qwerty", "qwertz", "azerty",
    "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "iloveyou", "letmein", "welcome", "admin",
    "administrator", "changeme", "trustno1", "dragon", "monkey", "master", "shadow", "football", "baseball",
    "superman", "sunshine", "princess", "starwars", "abc", "abcd", "abcdef",
)  # fmt: skip
_TAILS = (
    "", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890",
    "!", "1!", "123!", "1234!",
)  # fmt: skip
_PHRASES = (
    "iloveyousomuch", "iloveyouforever", "iloveyoubaby", "thisismypassword", "adminpassword", "passwordadmin",
    "letmeinplease", "qwertyqwerty1", "correcthorsebatterystaple", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv", "qazwsxedcrfv", "zaq12wsxcde3", "qwerasdfzxcv", "1234qwerasdf", "1234qwerasdfzxcv",
    "a1b2c3d4e5f6", "abcd1234efgh", "123456qwerty", "123456789qwerty", "123456789abc", "1234567890abc",
)  # fmt: skip
_COMMON = frozenset(word + tail for word in _WORDS for tail in _TAILS).union(_PHRASES)
# Alphabet, digits and the rows of keyboards, each going round and round.
_SEQUENCES = tuple(
    sequence * 3
    for line in (
        "0123456789",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
    )
    for sequence in (line, line[::-1])
)
# A unit of up to ten characters, then itself again and again; the last one may be cut short.
_UNIT = re.compile(r"(.{1,10}?)\1+", re.DOTALL)


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
    return (
        password in _COMMON
        or password in {email, email.partition("@")[0]}
        or any(password in sequence for sequence in _SEQUENCES)
        or _is_repetition(password)
    )


def _is_repetition(password: str) -> bool:
    repeated = _UNIT.match(password)
    return repeated is not None and repeated[1].startswith(password[repeated.end() :])
