"""Numbers that hide in words: a text of a model may hold none, in whatever dress.

Digits of any script, Roman numerals, words for cardinals, ordinals, fractions and multiples, also in the languages a
model is likely to slip into. What only looks like one ("the second half", "half marathon", "one of your") is let by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_CARDINALS = (
    r"zero|nought|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?"
)
_ORDINALS = (
    r"third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|twentieth|thirtieth|fortieth"
    r"|fiftieth|sixtieth|seventieth|eightieth|ninetieth|hundredth|thousandth"
)
_MULTIPLES = (
    r"half|halves|halv(?:ed|ing)|quarters?|thirds|dozens?|scores? of|couple|pair|trio|decades?|century|centuries"
    r"|fortnight\w*|twice|thrice|doubl(?:e|ed|es|ing|y)|tripl(?:e|ed|es|ing)|quadrupl\w+|quintupl\w+|\w+fold"
    r"|percent|per cent|percentage points?"
)
_WORDS = re.compile(rf"\b(?:{_CARDINALS}|{_ORDINALS}|{_MULTIPLES})\b")
_INNER = re.compile(rf"(?:{_CARDINALS})(?:{_CARDINALS})")
_FOREIGN = re.compile(
    r"\b(?:eins|zwei|drei|vier|funf|fuenf|sechs|sieben|acht|neun|zehn|elf|zwolf|\w+zehn|zwanzig|\w{3,}zig|hundert|tausend"
    r"|doppelt|dreimal|zweimal|deux|trois|quatre|cinq|sept|huit|neuf|onze|douze|vingt|trente|quarante|cinquante"
    r"|soixante|cent|mille|dos|tres|cuatro|cinco|siete|ocho|nueve|diez|veinte|treinta|cuarenta|cincuenta|cien|ciento"
    r"|mil|quattro|cinque|sette|nove|dieci|venti|trenta|cento|twee|drie|vijf|zeven|negen|tien|honderd)\b"
)
_ONE = re.compile(
    r"\bone\b(?![ -](?:of|thing|before|after|to|that|for|more thing|you|which|and only|at a time)\b)"
    r"|\bone(?=[ -](?:of (?:every|each)|in\b))"
)
_AS_PRONOUN = re.compile(
    r"(?:\b(?:this|that|the|which|each|every|last|next|previous|easy|hard|long|no|any|another|good|steady|new|longer|"
    r"shorter|slower|easier|recovery|tempo|latest|earlier|later|a|right)[ -])one\b"
)
_SECOND = re.compile(r"\bsecond\b(?! (?:half|quarter|part|wind|look|opinion|thought|nature)\b)|\bseconds\b")
_FIRST = re.compile(r"\bfirst (?:km|kilomet\w+|miles?|minutes?|hours?|days?|weeks?|months?|years?|times?|\w+ runs?)\b")
_ONCE = re.compile(r"\bdaily\b|\bonce (?:a|an|per|every|each|in)\b")
# In lower case "mix", "mild" and "I" are words; there only the small numerals that are none are looked for.
_ROMAN = re.compile(r"(?<![\w'\u2019-])(?=[IVXLCDM])M*(?:C[MD]|D?C*)(?:X[CL]|L?X*)(?:I[XV]|V?I*)(?![\w'\u2019-])")
_SMALL_ROMAN = re.compile(r"\b(?:ii|iii|iv|vi|vii|viii|ix|xi|xii|xiii|xiv|xv|xvi|xx|xxi|xxx)\b")
# "An hour" is sixty minutes, and "that one kilometre" is no pronoun.
_A_UNIT = re.compile(
    r"\b(?:an?|another|single|full|whole) (?:\w+ )?(?:hours?|minutes?|kilomet\w+|km|miles?|met(?:re|er)s?)\b"
    r"|\b(?:an?|another) (?:weeks?|months?|years?|days?)\b(?! (?:for|of|to|like|when|that|without|with)\b)"
)
_ONE_UNIT = re.compile(
    r"\bone (?:\w+ )?(?:hour|minute|kilomet\w+|km|mile|metre|meter|day|week|month|year|run|session)s?\b"
)
_ONE_LEFT = re.compile(
    r"\b(?:run|held|hold|cost you|do|took|take) one\b|\b(?:of|at|to|by) one\b(?! (?:time|point|run)\b)"
)
_FEW = re.compile(
    r"\b(?<!last )(?<!past )(?<!next )(?:few|several|handful|nil|naught|brace)\b"
    r"|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ties\b"
)
_MEASURES = (_A_UNIT, _ONE_UNIT, _ONE_LEFT, _FEW)
_SPACED = re.compile(r"(?<!\w)(?:\w[\s.\-_·]){2,}\w(?!\w)")
_NAMES = re.compile(r"\bhalf[- ]?marathons?\b|\b(?:first|second|other|each|either|opening|closing|latter) half\b")
_PORTIONS = re.compile(r"\b(?:first|second|third|last|final|opening|closing) quarters?\b|\b(?:both|two) halves\b")
_THE_OTHER = re.compile(r"(?<=\bthe )second\b(?! (?:half|quarter)\b)")
_BOTH_HALVES = re.compile(r"\b(?:(?:the|both|between|across|your)(?: the)? halves|from half to half)\b")


def numbers_in(words: str) -> tuple[str, ...]:
    """Each number in a sentence whose slots have been taken out, as it is written there."""
    return tuple(dict.fromkeys(_found(words)))


def _found(words: str) -> Iterator[str]:
    for character in words:
        if character.isnumeric() or unicodedata.category(character) in {"Nd", "Nl", "No"}:
            yield character
    for match in _ROMAN.finditer(words):
        if match[0] not in {"", "I"}:
            yield match[0]
    plain = _plain(words)
    if _NAMES.search(plain):
        # "... in the first half and ... in the second".
        plain = _THE_OTHER.sub(" ", plain)
    for pattern in (_SMALL_ROMAN, _SECOND, _FIRST, _ONCE, _FOREIGN, _SPACED, *_MEASURES):
        yield from (match[0] for match in pattern.finditer(plain))
    yield from (match[0] for match in _ONE.finditer(_AS_PRONOUN.sub(" ", plain)))
    counted = _BOTH_HALVES.sub(" ", _PORTIONS.sub(" ", _NAMES.sub(" ", plain)))
    # A hyphen or a soft joint inside of a word may hide it ("twen-ty") or reveal it ("sixty-five").
    for text in (counted, re.sub(r"(?<=\w)[-'\u2019_](?=\w)", "", counted)):
        yield from (match[0] for match in _WORDS.finditer(text))
        yield from (match[0] for match in _INNER.finditer(text))


def _plain(words: str) -> str:
    """Lower case, without accents and in the plainest form of each character."""
    decomposed = unicodedata.normalize("NFKD", words)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
