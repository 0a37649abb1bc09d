"""Signs of an emergency: whatever else a message asks, these come first (DOMAIN "An answer")."""

from __future__ import annotations

import re

_RED_FLAG = re.compile(
    r"\bchest\b(?! strap| band| belt| monitor).{0,20}\b(pains?|painful|tight|tightness|pressure|hurts?|"
    r"hurting|aches?|burning|discomfort)\b"
    r"|\b(pains?|pressure|tightness|tight|ache|burning|discomfort)\b.{0,20}\bchest\b(?! strap| band| belt| monitor)"
    r"|\b(faint(ed|ing|s)?|feint(ed|ing)?)\b|\bpass(ed|ing)? out\b|\bblack(ed|ing)? out\b|\bcollapsed?\b|"
    r"\bunconscious\b"
    r"|\bblackout\b|\blost consciousness\b|\bpalpitat\w*\b|\b(irregular|skipping) (heart ?)?beats?\b|"
    r"\birregular heart ?beat\b"
    r"|\bheart (is |was |keeps )?(racing|fluttering|pounding) (at|while) rest\b|\bheart (is |was |"
    r"keeps )?(racing|fluttering)\b"
    r"|\b(cant|cannot|can not|could not|couldnt|unable to|trouble|difficulty|hard to) (breath|breathe|breathing)\b"
    r"|\bshort(ness)? of breath at rest\b|\bcough(ed|ing)? (up )?blood\b|\bblood in (my )?(urine|pee|stool)\b"
    r"|\b(arm|face|leg)s? (went|goes|is|are|was|feels?|felt) numb\b|\bnumb(ness)?\b.{0,20}\b(arm|face)\b"
    r"|\b(pain|ache)\b.{0,12}\b(left arm|jaw)\b|\bheat ?stroke\b|\bseizure\b|\bslurred\b"
)


def is_red_flag(raw: str, mended: str) -> bool:
    """Looks at the words as typed and as mended, so that a slip of the fingers hides nothing."""
    return _RED_FLAG.search(raw) is not None or _RED_FLAG.search(mended) is not None
