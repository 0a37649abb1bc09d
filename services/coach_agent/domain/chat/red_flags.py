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
    r"|\bdizz(y|iness)\b|\blight ?headed(ness)?\b|\bgiddy\b"
    r"|\bvision (went|goes|is|was|got) (black|blurry|blurred|dark)\b"
    r"|\bheart (is |was |keeps |kept |just )?(races|raced|racing|flutters|fluttered|fluttering|pounds|pounding|"
    r"skips|skipped|skipping|stops|stopped)\b"
    r"|\b(cant|cannot|can not|could not|couldnt|unable to|trouble|difficulty|hard to|struggl(e|ed|ing) (to|for)) "
    r"(catch my |my )?(breath|breathe|breathing)\b|\bgasp(ed|ing)?( for)? (air|breath)\b"
    r"|\blips (went|turned|are|were|go|turn) (blue|grey|gray)\b|\b(worst|sudden|severe) (\w+ )?headache\b"
    r"|\bstopped sweating\b|\bconfused\b.{0,20}\bheat\b|\b(calf|leg)\b.{0,20}\bswollen\b.{0,20}\b(red|hot|warm)\b"
    r"|\bshort(ness)? of breath at rest\b|\bcough(ed|ing)? (up )?blood\b|\bblood in (my )?(urine|pee|stool)\b"
    r"|\b(arm|face|leg)s? (went|goes|is|are|was|feels?|felt) numb\b|\bnumb(ness)?\b.{0,20}\b(arm|face)\b"
    r"|\b(pain|ache)\b.{0,12}\b(left arm|jaw)\b|\b(left arm|jaw) (hurts?|aches?)\b"
    r"|\bheat ?stroke\b|\bseizure\b|\bslurred\b"
)


def is_red_flag(raw: str, mended: str) -> bool:
    """Looks at the words as typed and as mended, so that a slip of the fingers hides nothing."""
    return _RED_FLAG.search(raw) is not None or _RED_FLAG.search(mended) is not None
